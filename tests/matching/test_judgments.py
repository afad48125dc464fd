"""The judged pairs of the repository are of real texts and add to those of the evaluation data."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(os.environ.get("CUOHE_EVAL_DATA", "")) / "matching"
MORE = Path(__file__).parents[2] / "tools" / "labels" / "qrels_more_dev.tsv"
with_data = pytest.mark.skipif(
    not os.environ.get("CUOHE_EVAL_DATA"), reason="CUOHE_EVAL_DATA names no folder of real texts"
)


def rows(path: Path) -> list[tuple[str, str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (row["need_id"], row["capability_id"], row["grade"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


def ids(path: Path) -> set[str]:
    return {json.loads(line)["id"] for line in path.read_text("utf-8").splitlines() if line}


@with_data
def test_every_judged_pair_is_of_a_real_need_and_capability() -> None:
    pairs = rows(MORE)
    assert pairs
    assert {need for need, _, _ in pairs} <= ids(DATA / "needs.jsonl")
    assert {capability for _, capability, _ in pairs} <= ids(DATA / "capabilities.jsonl")
    assert {grade for _, _, grade in pairs} <= {"0", "1", "2", "3"}


@with_data
def test_no_pair_is_judged_twice() -> None:
    pairs = [(need, capability) for need, capability, _ in rows(MORE)]
    assert [pair for pair, times in Counter(pairs).items() if times > 1] == []
    known = {(need, capability) for need, capability, _ in rows(DATA / "qrels_dev.tsv")}
    assert known.isdisjoint(pairs)
