"""The hand-made labels of quantities fit the real texts, which stay where CUOHE_EVAL_DATA says."""

import json
import math
import os
import re
from pathlib import Path
from typing import Any

import pytest

DATA = Path(os.environ.get("CUOHE_EVAL_DATA", ""))
with_data = pytest.mark.skipif(
    not os.environ.get("CUOHE_EVAL_DATA"), reason="CUOHE_EVAL_DATA names no folder of real texts"
)
LABELS = Path(__file__).parents[2] / "tools" / "labels"
SPLITS = ("dev", "held_out")
COMPARATORS = {"eq", "ge", "gt", "le", "lt", "range", "pm", "about", "change_by", "change_to"}
NUMERAL = re.compile(r"[0-9０-９一二两三四五六七八九十百千万亿]")
DIGIT = re.compile(r"[0-9０-９]")
Row = dict[str, Any]


def load(split: str) -> list[Row]:
    lines = (LABELS / f"quantities_{split}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def every_row() -> list[Row]:
    return [row for split in SPLITS for row in load(split)]


def every_quantity() -> list[tuple[str, Row]]:
    return [
        (f"{row['id']}:{quantity['start']}", quantity)
        for row in every_row()
        for quantity in row["quantities"]
    ]


@pytest.fixture(scope="module")
def texts() -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for file in ("needs.jsonl", "capabilities.jsonl"):
        for line in (DATA / "matching" / file).read_text("utf-8").splitlines():
            text = json.loads(line)
            found[file, text["id"]] = text
    return found


@with_data
def test_sentences_and_spans_lie_inside_the_texts(texts: dict[tuple[str, str], Row]) -> None:
    for row in every_row():
        field = texts[row["file"], row["id"]][row["field"]]
        where = f"{row['id']}:{row['start']}"
        assert row["field"] in ("title", "text"), where
        assert 0 <= row["start"] < row["end"] <= len(field), where
        sentence = field[row["start"] : row["end"]]
        assert sentence == sentence.strip(), where
        last = row["start"]
        for quantity in row["quantities"]:
            assert last <= quantity["start"] < quantity["end"] <= row["end"], where
            last = quantity["end"]


@with_data
def test_spans_hold_a_numeral_and_cut_none(texts: dict[tuple[str, str], Row]) -> None:
    for row in every_row():
        field = texts[row["file"], row["id"]][row["field"]]
        for quantity in row["quantities"]:
            span = field[quantity["start"] : quantity["end"]]
            where = f"{row['id']}:{quantity['start']} {span}"
            assert NUMERAL.search(span), where
            assert span == span.strip(), where
            before = field[quantity["start"] - 1 : quantity["start"]]
            after = field[quantity["end"] : quantity["end"] + 1]
            assert not (DIGIT.match(span) and DIGIT.match(before)), where
            assert not (DIGIT.match(span[-1]) and DIGIT.match(after)), where


@with_data
def test_labels_do_not_copy_the_texts(texts: dict[tuple[str, str], Row]) -> None:
    allowed = {"file", "id", "field", "start", "end", "split", "quantities"}
    for row in every_row():
        assert set(row) == allowed
        for quantity in row["quantities"]:
            copied = [str(quantity.get(key, "")) for key in ("unit", "of")]
            assert all(len(word) <= 12 for word in copied), copied


@with_data
def test_no_text_is_in_both_splits() -> None:
    ids = {split: {row["id"] for row in load(split)} for split in SPLITS}
    assert not ids["dev"] & ids["held_out"]
    for split in SPLITS:
        assert {row["split"] for row in load(split)} == {split}
    rows = every_row()
    assert len({(row["id"], row["field"], row["start"]) for row in rows}) == len(rows)
    sizes = [len(load(split)) for split in SPLITS]
    assert max(sizes) <= 1.2 * min(sizes)


@with_data
def test_there_are_enough_sentences_with_and_without_quantities() -> None:
    rows = every_row()
    assert sum(bool(row["quantities"]) for row in rows) >= 240
    assert sum(not row["quantities"] for row in rows) >= 40


@with_data
def test_values_are_sound() -> None:
    for where, quantity in every_quantity():
        assert quantity["comparator"] in COMPARATORS, where
        assert isinstance(quantity["is_indicator"], bool), where
        assert quantity["base_unit"], where
        for pair in (("low", "high"), ("base_low", "base_high")):
            low, high = (quantity[key] for key in pair)
            ends = [end for end in (low, high) if end is not None]
            assert ends, where
            assert all(isinstance(end, float) and math.isfinite(end) for end in ends), where
            assert len(ends) < 2 or low <= high, where
        for end in ("low", "high"):
            assert (quantity[end] is None) == (quantity[f"base_{end}"] is None), where


@with_data
def test_the_ends_fit_the_comparator() -> None:
    for where, quantity in every_quantity():
        low, high = quantity["low"], quantity["high"]
        match quantity["comparator"]:
            case "eq" | "about":
                assert low == high, where
            case "ge" | "gt":
                assert high is None, where
            case "le" | "lt":
                assert low is None, where
            case "range" | "pm":
                assert None not in (low, high), where
            case comparator:
                assert comparator in ("change_by", "change_to"), where
                assert quantity.get("change", "up") in ("up", "down"), where
        if "change" in quantity:
            assert quantity["comparator"] in ("change_by", "change_to"), where


@with_data
def test_one_unit_has_one_size() -> None:
    """Where a unit was turned into the same base unit twice, the factor was the same."""
    factors: dict[tuple[str, str], float] = {}
    for where, quantity in every_quantity():
        for end in ("low", "high"):
            if quantity[end]:
                key = (quantity["unit"], quantity["base_unit"])
                if key == ("吨", "t/a"):  # Per year in one sentence, per day in another.
                    continue
                factor = quantity[f"base_{end}"] / quantity[end]
                assert factors.setdefault(key, factor) == pytest.approx(factor), where
