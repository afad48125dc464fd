"""Bulk embedding against plain `SentenceTransformer.encode`, on the same texts."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAIRS = 5
TEXTS = 96


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A benchmark of the model needs no database; these only satisfy the settings.
    from matching import encoder

    ours = encoder.get_encoder()
    plain = encoder.open_plain(ours.folder)
    texts = _texts()
    prompted = ["passage: " + text for text in texts]

    def run_ours() -> None:
        ours.encode_passages(texts)

    def run_plain() -> None:
        plain.encode(prompted, show_progress_bar=False, prompt="")

    run_ours()
    run_plain()
    ratios = []
    for number in range(PAIRS):
        # Alternating order, so that a slow moment of the machine does not favour one side.
        first, second = (run_ours, run_plain) if number % 2 == 0 else (run_plain, run_ours)
        times = {first: _time(first), second: _time(second)}
        ratios.append(times[run_plain] / times[run_ours])
        print(
            f"  ours {times[run_ours]:.2f} s, plain {times[run_plain]:.2f} s,"
            f" {ratios[-1]:.2f}× as fast",
            flush=True,
        )
    print(
        f"{len(texts)} texts, runtime {ours.runtime.name}: median"
        f" {statistics.median(ratios):.2f}× as fast as SentenceTransformer.encode"
    )
    return 0


def _texts() -> list[str]:
    """Texts of the demonstration, made as long and as many as real ones."""
    rows = json.loads((ROOT / "platform/config/demo/data/capabilities.json").read_text("utf-8"))
    rows = rows if isinstance(rows, list) else rows["capabilities"]
    bodies = [f"{row['title']}。{row.get('description', '')}" for row in rows]
    return [
        (bodies[n % len(bodies)] + bodies[(n * 7 + 3) % len(bodies)])[:700] for n in range(TEXTS)
    ]


def _time(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
