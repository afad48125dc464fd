"""All benchmarks, one after the other, each in a process of its own. `python -m tools.bench`"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = {
    "embedding": "bulk embedding against plain sentence-transformers",
    "index": "the vector index from 1 000 to 1 000 000 vectors, against bare FAISS",
    "keeping_up": "searches while a load is embedded, and when a new entry is found",
    "publishing": "publishing one entry among 100 000 against embedding, bare search and an insert",
    "rematch": "all needs matched anew: recall against bare FAISS, pairs a second, growth",
    "imports": "a list of 50 000 needs against one of 5 000",
    "matching": "rankings against judged pairs, hard negatives and txtai",
    "quantities": "the reader of numbers and units against hand-made labels",
    "api": "the list endpoint against itself and against a bare django-ninja endpoint",
    "exports": "whole exports of 100 000 entries against those of 1 000",
}


def main() -> int:
    chosen = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    failed = []
    for name in chosen:
        print(f"\n{name}: {BENCHMARKS[name]}", flush=True)
        line = [sys.executable, "-m", f"tools.bench.{name}"]
        if subprocess.run(line, cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"\nnot within its limits: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
