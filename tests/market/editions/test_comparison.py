"""Two editions beside each other: pure, so every verdict has its case."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from market.editions.comparison import (
    Entry,
    LineVerdict,
    Outcome,
    Verdict,
    changed_fields,
    compare,
    compare_lines,
    counted,
)

A, B, C, D = (UUID(int=number) for number in range(1, 5))


def line(name: str = "纯度", value: float = 99.9) -> dict[str, Any]:
    return {"name": name, "comparator": "ge", "value": value}


def entry(listing_id: UUID, position: int = 1, **content: Any) -> Entry:
    return Entry(listing_id, position, {"title": "甲", "indicators": [], **content}, "示例企业")


def test_every_verdict_has_its_entries() -> None:
    older = [entry(A), entry(B), entry(C), entry(D)]
    newer = [entry(A), entry(B, title="乙"), entry(new := uuid4())]
    outcomes = {
        A: Outcome("ongoing"),
        C: Outcome("closed", "matched_here", {"contract": 1}),
        D: Outcome("expired"),
    }
    found = compare(older, newer, outcomes)
    assert [(one.listing_id, one.verdict) for one in found] == [
        (A, Verdict.UNCHANGED),
        (B, Verdict.CHANGED),
        (new, Verdict.NEW),
        (C, Verdict.CLOSED),
        (D, Verdict.LEFT),
    ]
    assert found[3].outcome == Outcome("closed", "matched_here", {"contract": 1})
    assert found[1].outcome.code == "gone"
    assert counted(found) == {
        "new": 1, "changed": 1, "unchanged": 1, "closed": 1, "left": 1,
    }  # fmt: skip


def test_changed_fields_carry_old_and_new() -> None:
    (change,) = changed_fields({"title": "甲", "budget_max": 1}, {"title": "甲", "budget_max": 2})
    assert (change.field, change.old, change.new) == ("budget_max", 1, 2)


def test_a_field_that_only_one_edition_knows_counts_as_empty_in_the_other() -> None:
    assert changed_fields({}, {"benchmark": None}) == []
    (change,) = changed_fields({"benchmark": "x"}, {})
    assert (change.old, change.new) == ("x", None)


def test_field_levels_are_not_compared() -> None:
    assert changed_fields({"field_levels": {"a": "own"}}, {"field_levels": {}}) == []


def test_indicators_are_compared_line_by_line() -> None:
    old = [line("纯度", 99.9), line("氧含量", 5), line("密度", 1)]
    new = [line("纯度", 99.99), line("密度", 1), line("硬度", 3)]
    found = [(one.verdict, one.old, one.new) for one in compare_lines(old, new)]
    assert found == [
        (LineVerdict.CHANGED, old[0], new[0]),
        (LineVerdict.UNCHANGED, old[2], new[1]),
        (LineVerdict.ADDED, None, new[2]),
        (LineVerdict.REMOVED, old[1], None),
    ]


def test_two_indicators_of_one_name_are_taken_in_their_order() -> None:
    old, new = [line("温度", 1), line("温度", 2)], [line("温度", 1), line("温度", 3)]
    assert [one.verdict for one in compare_lines(old, new)] == [
        LineVerdict.UNCHANGED,
        LineVerdict.CHANGED,
    ]


def test_indicators_that_are_hidden_now_count_as_removed() -> None:
    assert [one.verdict for one in compare_lines([line()], None)] == [LineVerdict.REMOVED]


lines = st.lists(
    st.builds(line, st.sampled_from(["纯度", "密度", "温度"]), st.integers(0, 3)), max_size=5
)


@given(lines)
def test_equal_indicators_are_no_change(found: list[dict[str, Any]]) -> None:
    assert compare_lines(found, list(found)) == []


@given(lines, lines)
def test_every_line_is_told_once(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    changes = compare_lines(old, new)
    if changes:
        assert [one.new for one in changes if one.new is not None] == new
        told = [one.old for one in changes if one.old is not None]
        assert sorted(map(str, told)) == sorted(map(str, old))


@given(st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)))
def test_an_edition_and_its_successor_share_every_entry_once(old: set[int], new: set[int]) -> None:
    found = compare(
        [entry(UUID(int=number)) for number in old], [entry(UUID(int=number)) for number in new], {}
    )
    assert len(found) == len(old | new)
    assert {one.listing_id.int for one in found if one.verdict is Verdict.NEW} == new - old
    assert {one.listing_id.int for one in found if one.verdict is Verdict.LEFT} == old - new
