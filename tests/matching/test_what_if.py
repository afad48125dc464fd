"""What would happen if an indicator asked for more or less, against counting again."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.drafts.what_if import LOOSER, TIGHTER, Step, what_if
from matching.indicators import Claim, judge_all
from matching.sources import IndicatorLine
from park.core.levels import Level
from park.quantities import Verdict, from_fields


def line(
    value: str, comparator: str = "le", unit: str = "mm", value_max: str | None = None
) -> IndicatorLine:
    return IndicatorLine(
        "厚度公差",
        f"厚度公差 {comparator} {value} {unit}",
        Level.PUBLIC,
        comparator=comparator,
        value=Decimal(value),
        value_max=None if value_max is None else Decimal(value_max),
        unit=unit,
    )


def offers(*lines: IndicatorLine) -> list[list[Claim]]:
    return [[read_line(one)] for one in lines]


def read_line(one: IndicatorLine) -> IndicatorLine:
    """With its number, as it is read when an entry is saved."""
    quantity = from_fields(one.comparator, one.value, one.value_max, one.unit)
    return replace(one, quantity=quantity)


def steps_of(asked: IndicatorLine, claimed: list[list[Claim]]) -> list[tuple[str, int]]:
    found = what_if(asked, claimed)
    assert found is not None
    return [(format(one.value, "f"), one.count) for one in found.steps]


def test_a_wider_tolerance_finds_those_that_promise_it() -> None:
    claimed = offers(line("0.010"), line("10", unit="μm"), line("0.01"), line("0.05"))
    found = what_if(line("0.008"), claimed)
    assert found is not None
    assert (found.met, found.speaking) == (0, 4)
    assert [(one.value, one.count) for one in found.steps] == [
        (Decimal("0.01"), 3),
        (Decimal("0.05"), 4),
    ]


def test_what_one_could_ask_beyond_is_shown_too() -> None:
    claimed = offers(line("0.002"), line("0.004"), line("0.02"))
    assert steps_of(line("0.01"), claimed) == [("0.002", 1), ("0.02", 3)]


def test_at_least_goes_the_other_way() -> None:
    claimed = offers(line("90", "ge", "%"), line("95", "ge", "%"), line("99", "ge", "%"))
    assert steps_of(line("97", "ge", "%"), claimed) == [("90", 3), ("95", 2)]


def test_either_end_of_a_range_may_move() -> None:
    claimed = offers(line("3", "range", "mm", "5"), line("4", "range", "mm", "7"))
    found = what_if(line("4", "range", "mm", "6"), claimed)
    assert found is not None
    assert found.met == 0
    assert Step(Decimal(3), Decimal(6), 1) in found.steps
    assert Step(Decimal(4), Decimal(7), 1) in found.steps


def test_words_alone_have_no_what_if() -> None:
    assert what_if(replace(line("1"), comparator="", value=None), offers(line("1"))) is None


def test_who_says_nothing_of_it_is_not_counted() -> None:
    other = replace(line("0.01"), name="表面粗糙度", text="表面粗糙度 ≤ 0.01 mm")
    found = what_if(line("0.008"), [*offers(other), []])
    assert found is not None
    assert (found.met, found.speaking, found.steps) == (0, 0, [])


values = st.decimals(Decimal("0.001"), Decimal(1000), places=3)
claims = st.lists(
    st.builds(
        line,
        values.map(str),
        st.sampled_from(["le", "ge", "eq", "range", "about"]),
        st.sampled_from(["mm", "μm", "m", "mmHg", "%"]),
        values.map(str),
    ),
    max_size=12,
)


@given(
    st.builds(
        line,
        values.map(str),
        st.sampled_from(["le", "ge", "lt", "gt", "eq", "range", "about"]),
        st.sampled_from(["mm", "μm", "mmHg"]),
        values.map(str),
    ),
    claims,
)
@settings(max_examples=300, deadline=None)
def test_every_step_holds_when_counted_again(
    asked: IndicatorLine, claimed: list[IndicatorLine]
) -> None:
    given = offers(*claimed)

    def count(one: IndicatorLine) -> int:
        asks = [read_line(one)]
        return sum(judge_all(asks, offer)[0].verdict is Verdict.MET for offer in given)

    found = what_if(asked, given)
    assert found is not None
    assert found.met == count(asked)
    assert len(found.steps) <= LOOSER + TIGHTER
    for step in found.steps:
        changed = replace(asked, value=step.value, value_max=step.value_max)
        assert step.count == count(changed) != found.met


@given(st.builds(line, values.map(str), st.just("le")), claims)
@settings(deadline=None)
def test_who_allows_more_never_finds_fewer(
    asked: IndicatorLine, claimed: list[IndicatorLine]
) -> None:
    found = what_if(asked, offers(*claimed))
    assert found is not None
    counts = [one.count for one in found.steps]
    assert counts == sorted(counts)


@pytest.mark.parametrize("unit", ["", "张", "no such unit"])
def test_unknown_units_are_compared_with_themselves_only(unit: str) -> None:
    assert steps_of(line("10", "ge", unit), offers(line("8", "ge", unit))) == [("8", 1)]
    assert steps_of(line("10", "ge", unit), offers(line("8", "ge", "mm"))) == []


def test_half_of_a_name_is_too_little_to_choose_values_from() -> None:
    silver = replace(line("0.01", "le", "ppm"), name="银含量")
    carbon = replace(line("80", "le", "ppm"), name="碳含量")
    found = what_if(silver, offers(carbon))
    assert found is not None
    assert (found.speaking, found.steps) == (0, [])


def test_what_lies_a_thousand_times_apart_is_no_alternative() -> None:
    assert steps_of(line("0.01"), offers(line("9"), line("11"))) == [("9", 1)]
