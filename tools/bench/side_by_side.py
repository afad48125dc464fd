"""The same files and the same model in txtai, in one run: quality, indexing time, query latency.

txtai is no dependency of this project: it gets a throwaway environment under the data folder that
sees this one's packages (torch and faiss are not downloaded again) and runs as its own process.
"""

import json
import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.bench.matching import Bench

REQUIREMENT = "txtai==9.14.0"
SHARED = ("torch", "transformers", "tokenizers", "huggingface-hub", "numpy", "faiss-cpu")
"""Never another version than this environment's."""
LIMIT = 100
SAMPLE = 200
"""Entries whose sentences are embedded as well, to say what the whole service embeds."""


def compare_with_txtai(bench: "Bench") -> list[str]:
    """Prints the tables; returns what txtai does better."""
    python = make_environment(bench.data_folder / "bench" / "txtai")
    if python is None:
        return []
    offers = [[row["id"], f"{row['title']}。{row['text']}"] for row in bench.capabilities]
    judged = [row for row in bench.needs if row["id"] in bench.both]
    with Child(python) as child:
        opened = child.ask(do="open", model=str(bench.encoder.folder))
        print(f"txtai {opened['version']}, the same model folder; {len(offers)} offers")
        ours = Ours(bench)
        theirs = child.ask(do="index", entries=offers)
        show_indexing(bench, ours, theirs, len(offers))
        ranked: dict[str, dict[str, list[str]]] = {"default": {}, "bigrams": {}}
        times: dict[str, list[float]] = {"ours": [], "default": [], "bigrams": []}
        # One that warms both is not counted.
        for number, row in enumerate([judged[0], *judged]):
            query = f"{row['title']}。{row['text']}"
            start = time.perf_counter()
            ours.ask(row)
            taken = {"ours": time.perf_counter() - start}
            for words in ranked:
                answer = child.ask(do="search", text=query, limit=LIMIT, words=words)
                ranked[words][row["id"]] = answer["names"]
                taken[words] = answer["seconds"]
            if number:
                for name, value in taken.items():
                    times[name].append(value)
    return show(bench, ranked, times, (ours.cpu, theirs["cpu"]))


def make_environment(folder: Path) -> Path | None:
    """The interpreter of an environment with txtai; None, and a sentence why, without one."""
    python = folder / "venv" / "bin" / "python"
    wanted = REQUIREMENT.partition("==")[2]
    if python.is_file() and _installed(python) == wanted:
        return python
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(folder / "venv")],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        print(f"not compared: no environment can be made ({made.stderr.strip()[-300:]})")
        return None
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
    constraints = folder / "constraints.txt"
    constraints.write_text("".join(f"{one}\n" for one in _constraints()))
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-input", "--retries=2", "--constraint", str(constraints), REQUIREMENT]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode != 0 or _installed(python) != wanted:
        print(f"not compared: {REQUIREMENT} cannot be installed ({done.stderr.strip()[-300:]})")
        return None
    return python


def _constraints() -> list[str]:
    found = []
    for name in SHARED:
        try:
            found.append(f"{name}=={version(name).partition('+')[0]}")
        except PackageNotFoundError:
            continue
    return found


def _installed(python: Path) -> str:
    code = "from importlib.metadata import version; print(version('txtai'))"
    done = subprocess.run(
        [str(python), "-I", "-c", code], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


class Child:
    """txtai's process."""

    def __init__(self, python: Path) -> None:
        self._python = python
        self._log = python.parents[2] / "log.txt"

    def __enter__(self) -> "Child":
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
        # -I: neither this folder nor PYTHONPATH may stand in for a library.
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._python), "-I", str(Path(__file__).with_name("txtai_child.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=environment,
            )
        return self

    def __exit__(self, *exc: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=60)

    def ask(self, **request: Any) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise SystemExit(
                f"txtai ended with {self._process.wait()}: {self._log.read_text()[-1000:]}"
            )
        return json.loads(line)


class Ours:
    """Our hybrid in this process: everything embedded anew, then index and words made."""

    def __init__(self, bench: "Bench") -> None:
        from matching.benchmark import VectorCache
        from matching.index.flat import FlatIndex
        from matching.index.protocol import ItemRows, Row
        from matching.lexical import MemoryLexicon, count, gather
        from matching.sources import Side
        from tools.bench.matching import entries, progress

        self._encoder = bench.encoder
        with entries([], bench.capabilities) as (_, offers), TemporaryDirectory() as folder:
            planned = [one for entry in offers for one in entry.passages]
            self.texts = len({one.text_hash for one in planned})
            self.roles = sorted({str(one.role) for one in planned})
            start, cpu = time.perf_counter(), time.process_time()
            # An empty cache: what was embedded by an earlier run must not help.
            cache = VectorCache(Path(folder), bench.encoder)
            cache.fill(planned, progress)
            self._index = FlatIndex(bench.encoder.model_id, bench.encoder.dimension)
            self._index.put(
                ItemRows(
                    entry.item_id,
                    "capability",
                    Side.OFFER,
                    None,
                    [Row(0, one.role, one.level) for one in entry.passages],
                    cache.vectors(entry.passages),
                )
                for entry in offers
            )
            documents = [entry.document for entry in offers]
            self._lexicon = MemoryLexicon(documents, gather(one.counts for one in documents))
            # Counting words is part of making the index; `entries` has done it once already.
            for row in bench.capabilities:
                count([row["title"], row["text"]])
            self.seconds, self.cpu = time.perf_counter() - start, time.process_time() - cpu

    def ask(self, row: Mapping[str, Any]) -> list[Any]:
        """One need as the service answers it: embedded, recalled, scored, put in order."""
        from matching.index.protocol import Filter, Role
        from matching.passages import plan_documents, plan_passages
        from matching.recall import Query, compare, find_candidates, gather_texts
        from matching.scoring import score, text_features
        from matching.sources import Side

        item = as_item(row, Side.NEED)
        planned = plan_passages(item)
        titles = [one.text for one in planned if one.role is Role.TITLE]
        wholes = [one.text for one in planned if one.role is Role.WHOLE]
        vectors = {
            Role.TITLE: self._encoder.encode_queries(titles),
            Role.WHOLE: self._encoder.encode_passages(wholes),
        }
        query = Query(vectors, plan_documents(item)[0].counts)
        only = Filter(side=Side.OFFER)
        candidates = find_candidates(query, self._index, self._lexicon, only)
        texts = gather_texts(candidates, self._index, self._lexicon, only)
        scores = {
            one: score(text_features(compare(query, texts[one], self._lexicon.statistics)))
            for one in candidates
        }
        return sorted(scores, key=lambda one: -scores[one])[:LIMIT]


def as_item(row: Mapping[str, Any], side: Any) -> Any:
    from datetime import UTC, datetime
    from uuid import NAMESPACE_URL, uuid5

    from matching.sources import Passage, SourceItem
    from park.core.levels import Level

    return SourceItem(
        "bench",
        side,
        uuid5(NAMESPACE_URL, row["id"]),
        row["title"],
        datetime.now(UTC),
        passages=[Passage("problem", Level.PUBLIC, row["text"])],
    )


def show_indexing(bench: "Bench", ours: Ours, theirs: Mapping[str, float], offers: int) -> None:
    print("indexing (on a busy machine processor seconds say more than those of the clock):")
    print(
        f"  ours {ours.seconds:.1f} s, processor {ours.cpu:.1f} s, for {ours.texts} texts"
        f" ({', '.join(ours.roles)} apart), {ours.texts / ours.cpu:.0f} texts a processor second"
    )
    print(
        f"  txtai {theirs['seconds']:.1f} s, processor {theirs['cpu']:.1f} s, for {offers} texts,"
        f" {offers / theirs['cpu']:.0f} texts a processor second"
    )
    texts, taken = embed_all_passages(bench)
    print(
        f"  ours with every sentence, as the service stores them: {texts / SAMPLE:.1f} texts an"
        f" offer, processor {taken / SAMPLE * offers:.0f} s for all (from {SAMPLE} offers,"
        f" {texts / taken:.0f} texts a processor second); txtai has no such passages"
    )


def embed_all_passages(bench: "Bench") -> tuple[int, float]:
    from matching.index.protocol import Role
    from matching.passages import plan_passages
    from matching.sources import Side

    step = max(1, len(bench.capabilities) // SAMPLE)
    planned = [
        one
        for row in bench.capabilities[::step][:SAMPLE]
        for one in plan_passages(as_item(row, Side.OFFER))
    ]
    titles = [one.text for one in planned if one.role is Role.TITLE]
    rest = [one.text for one in planned if one.role is not Role.TITLE]
    start = time.process_time()
    bench.encoder.encode_queries(titles)
    bench.encoder.encode_passages(rest)
    return len(planned), time.process_time() - start


def show(
    bench: "Bench",
    ranked: Mapping[str, Mapping[str, Sequence[str]]],
    times: Mapping[str, Sequence[float]],
    indexing: tuple[float, float],
) -> list[str]:
    """The table and whether ours is ahead of txtai's better variant, column by column."""
    from tools.bench.matching import mean, per_need

    rankings = {
        **{f"ours, {method}": ranking for method, ranking in bench.rankings().items()},
        "txtai, as it comes": ranked["default"],
        "txtai, bigrams": ranked["bigrams"],
    }
    quality = {
        name: [mean(per_need(ranking, qrels).values()) for qrels in (bench.qrels, bench.both)]
        for name, ranking in rankings.items()
    }
    medians = {name: statistics.median(values) for name, values in times.items()}
    columns = ("nDCG@10 dev", "nDCG@10 both", "indexing cpu s", "query ms")
    print(" " * 20 + "".join(name.rjust(16) for name in columns))
    served = f"ours, {list(bench.rankings())[-1]}"
    clock = {
        served: (indexing[0], medians["ours"]),
        "txtai, as it comes": (indexing[1], medians["default"]),
        "txtai, bigrams": (None, medians["bigrams"]),
    }
    for name, (dev, both) in quality.items():
        index_time, query_time = clock.get(name, (None, None))
        cells = [f"{dev:.3f}", f"{both:.3f}"]
        cells.append("" if index_time is None else f"{index_time:.1f}")
        cells.append("" if query_time is None else f"{query_time * 1000:.1f}")
        print(name.ljust(20) + "".join(cell.rjust(16) for cell in cells))
    best = [max(quality["txtai, as it comes"][n], quality["txtai, bigrams"][n]) for n in (0, 1)]
    fastest = min(medians["default"], medians["bigrams"])
    mine = quality[served]
    # Above 1 is better for us, in every column.
    ratios = {
        columns[0]: mine[0] / best[0],
        columns[1]: mine[1] / best[1],
        columns[2]: indexing[1] / indexing[0],
        columns[3]: fastest / medians["ours"],
    }
    behind = []
    for name, ratio in ratios.items():
        print(f"  {name}: {'ahead' if ratio >= 1 else 'behind'}, {ratio:.2f}×")
        if ratio < 1:
            behind.append(f"behind txtai in {name} ({ratio:.2f}×)")
    return behind
