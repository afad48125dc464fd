"""The reader of numbers and units against the hand-made labels, and how its time grows.

A find agrees with a label when their spans overlap and comparator and base values agree. Precision
counts every find, and finding an incidental quantity is no mistake; recall counts the indicators.
The texts stay where CUOHE_EVAL_DATA says (tools/labels/README.md).
"""

import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LABELS = ROOT / "tools" / "labels"
DATA = Path(os.environ.get("CUOHE_EVAL_DATA") or ROOT.parent / "shared" / "data")
PRECISION, RECALL = 0.95, 0.90
SHORT, LONG = 1_000, 100_000
MOST_GROWTH = 1.5
"""Reading a text a hundred times as long takes at most this many times a hundred times as long."""

Row = dict[str, Any]


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    from park.quantities import read

    within = True
    if (DATA / "matching").is_dir():
        texts = load_texts()
        print("split     measure                      precision  recall (indicators)  finds")
        for split in ("dev", "held_out"):
            rows = load_labels(split)
            figures = score(rows, texts, read)
            show(split, "values and comparators", figures)
            within &= figures[0] >= PRECISION and figures[1] >= RECALL
            without = score(rows, texts, lambda text: read(text, rates=False))
            show(split, "without rates from context", without)
            show(split, "spans only", score(rows, texts, read, agree=lambda find, label: True))
    else:
        print("no real texts: CUOHE_EVAL_DATA names no folder with matching/")
    growth = {name: measure_growth(read, text) for name, text in growing_texts().items()}
    for name, ratio in growth.items():
        print(f"{LONG} characters of {name}: {ratio:.0f}× the time of {SHORT}")
    return 0 if within and max(growth.values()) <= MOST_GROWTH * LONG / SHORT else 1


def show(split: str, name: str, figures: tuple[float, float, int]) -> None:
    precision, recall, finds = figures
    print(f"{split:<9} {name:<28} {precision:9.3f}  {recall:19.3f}  {finds:5}")


# --- agreement ---


def load_labels(split: str) -> list[Row]:
    lines = (LABELS / f"quantities_{split}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def load_texts() -> dict[tuple[str, str], Row]:
    found = {}
    for file in ("needs.jsonl", "capabilities.jsonl"):
        for line in (DATA / "matching" / file).read_text("utf-8").splitlines():
            text = json.loads(line)
            found[file, text["id"]] = text
    return found


def as_labelled(quantity: Any) -> tuple[str, float | None, float | None]:
    """Comparator and ends in the labels' base units."""
    low, high = (None if end is None else float(end) for end in (quantity.low, quantity.high))
    if quantity.dimension.startswith("tolerance:") and high is not None:
        low = -high
    if quantity.dimension.endswith("fraction"):  # ours is of 1, theirs of 100
        low, high = (None if end is None else end * 100 for end in (low, high))
    return str(quantity.comparator), low, high


def agrees(find: Any, label: Row) -> bool:
    comparator, low, high = as_labelled(find)
    return (
        comparator == label["comparator"]
        and _is_same(low, label["base_low"])
        and _is_same(high, label["base_high"])
    )


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-15)


def score(
    rows: Sequence[Row],
    texts: dict[tuple[str, str], Row],
    read: Callable[[str], Sequence[Any]],
    agree: Callable[[Any, Row], bool] = agrees,
) -> tuple[float, float, int]:
    """Precision over all finds, recall over the indicators, number of finds.

    A label answers one find and a find one label. The engine reads sentence by sentence; so here.
    """
    finds = right = wanted = met = 0
    for row in rows:
        sentence = texts[row["file"], row["id"]][row["field"]][row["start"] : row["end"]]
        free = list(read(sentence))
        finds += len(free)
        for label in row["quantities"]:
            wanted += label["is_indicator"]
            start, end = label["start"] - row["start"], label["end"] - row["start"]
            for find in free:
                if find.start < end and start < find.end and agree(find, label):
                    free.remove(find)
                    right += 1
                    met += label["is_indicator"]
                    break
    return right / finds if finds else 1.0, met / wanted if wanted else 1.0, finds


# --- time ---


def growing_texts() -> dict[str, Callable[[int], str]]:
    """Real prose in form, and what makes a careless reader slow."""
    prose = (
        "纯度不低于99.9999%,厚度公差≤0.008 mm,年产10万吨,由30 s降至15 s,控温25±2℃、3×10-6 S/cm；"
    )

    def repeat(part: str) -> Callable[[int], str]:
        return lambda size: (part * (size // len(part) + 1))[:size]

    return {
        "indicator sentences": repeat(prose),
        "digits": repeat("1"),
        "numbers in a list": repeat("1、"),
        "Chinese numerals": repeat("一万"),
        "blanks": repeat("1 "),
        "open comparators": repeat("不低于"),
        "slashes": repeat("1m/"),
        "brackets": repeat("(1±"),
        "powers": repeat("1×10"),
        "dashes": repeat("1-"),
    }


def measure_growth(read: Callable[[str], Any], text: Callable[[int], str]) -> float:
    """The long text's time over the short one's, median of five paired runs."""
    short, long = text(SHORT), text(LONG)
    ratios = []
    for run in range(6):
        start = time.perf_counter()
        for _ in range(10):
            read(short)
        middle = time.perf_counter()
        read(long)
        if run:  # the first warms both
            ratios.append((time.perf_counter() - middle) / ((middle - start) / 10))
    return statistics.median(ratios)


if __name__ == "__main__":
    sys.exit(main())
