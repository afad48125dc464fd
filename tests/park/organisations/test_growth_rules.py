"""Published conditions against what is on file: unknown stays unknown."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.organisations.facts import SPECS, FactOnFile, FactShape
from park.organisations.kinds import FactKey
from park.organisations.rules import FactBook, Verdict, is_sound, judge

TODAY = date(2026, 11, 24)
SEEDS = import_module("park.organisations.migrations.0003_seed_ladders")
SEEDED = [condition[4] for ladder in SEEDS.LADDERS for step in ladder[3] for condition in step[5]]
RD_RATIO = next(rule for rule in SEEDED if rule["kind"] == "ratio_by_band")


def fact(key: str, value: Any, year: int | None = None) -> FactOnFile:
    value = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return FactOnFile(FactKey(key), year, value, True)


def verdict(rule: dict, *facts: FactOnFile) -> Verdict:
    return judge(rule, FactBook(facts), TODAY).verdict


@pytest.mark.parametrize("rule", SEEDED)
def test_every_seeded_rule_is_sound_and_unknown_without_facts(rule: dict) -> None:
    assert is_sound(rule)
    assert verdict(rule) is Verdict.UNKNOWN


def test_limits_include_their_ends() -> None:
    rule = {"kind": "at_most", "fact": "employees", "value": 500}
    assert verdict(rule, fact("employees", 500, 2025)) is Verdict.MET
    assert verdict(rule, fact("employees", 501, 2025)) is Verdict.NOT_MET
    rule = {"kind": "more_than", "fact": "innovation_score", "value": 70}
    assert verdict(rule, fact("innovation_score", 70, 2025)) is Verdict.NOT_MET


def test_the_newest_year_counts() -> None:
    rule = {"kind": "at_most", "fact": "employees", "value": 500}
    facts = (fact("employees", 900, 2023), fact("employees", 120, 2025))
    assert verdict(rule, *facts) is Verdict.MET


@pytest.mark.parametrize(
    ("founded", "expected"),
    [
        (date(2025, 11, 24), Verdict.MET),
        (date(2025, 11, 25), Verdict.NOT_MET),
        (date(2024, 2, 29), Verdict.MET),
    ],
)
def test_an_age_in_months(founded: date, expected: Verdict) -> None:
    rule = {"kind": "age_at_least", "fact": "founded_on", "months": 12}
    assert verdict(rule, fact("founded_on", founded)) is expected


def test_a_share_is_of_one_year() -> None:
    rule = {"kind": "share_at_least", "fact": "rd_staff", "of": "employees", "percent": 10}
    assert verdict(rule, fact("rd_staff", 9, 2024), fact("employees", 100, 2025)) is Verdict.UNKNOWN
    assert verdict(rule, fact("rd_staff", 10, 2025), fact("employees", 100, 2025)) is Verdict.MET
    assert verdict(rule, fact("rd_staff", 9, 2025), fact("employees", 100, 2025)) is Verdict.NOT_MET
    assert verdict(rule, fact("rd_staff", 0, 2025), fact("employees", 0, 2025)) is Verdict.UNKNOWN


class TestResearchRatio:
    def years(self, *rows: tuple[int, int, int]) -> list[FactOnFile]:
        return [
            one
            for year, spend, revenue in rows
            for one in (fact("rd_spend", spend, year), fact("revenue", revenue, year))
        ]

    def test_over_three_years_by_the_last_years_band(self) -> None:
        rows = self.years((2023, 2_000_000, 40_000_000), (2024, 2_000_000, 40_000_000))
        last = self.years((2025, 2_000_000, 50_000_000))
        assert verdict(RD_RATIO, *rows, *last) is Verdict.NOT_MET  # 4.6 % of what asks for 5 %
        last = self.years((2025, 2_000_000, 50_000_001))
        assert verdict(RD_RATIO, *rows, *last) is Verdict.MET  # the next band asks for 4 %

    def test_a_gap_is_unknown_and_named(self) -> None:
        rows = self.years((2023, 1, 1), (2025, 2_000_000, 40_000_000))
        judged = judge(RD_RATIO, FactBook((*rows, fact("revenue", 5, 2024))), TODAY)
        assert (judged.verdict, judged.missing) == (Verdict.UNKNOWN, (FactKey.RD_SPEND,))

    def test_a_young_firm_is_judged_by_the_years_it_has(self) -> None:
        rows = self.years((2025, 3_000_000, 40_000_000))
        assert verdict(RD_RATIO, *rows) is Verdict.UNKNOWN
        assert verdict(RD_RATIO, *rows, fact("founded_on", date(2025, 3, 1))) is Verdict.MET

    def test_what_it_was_computed_from_is_told(self) -> None:
        rows = self.years((2025, 3_000_000, 40_000_000))
        judged = judge(RD_RATIO, FactBook((*rows, fact("founded_on", date(2025, 3, 1)))), TODAY)
        assert judged.computed == 7.5
        assert set(rows) <= set(judged.used)


def test_one_of_needs_one_and_all_of_needs_all() -> None:
    yes = {"kind": "is_true", "fact": "core_ip"}
    no = {"kind": "is_true", "fact": "no_incidents"}
    open_ = {"kind": "by_hand"}
    facts = (fact("core_ip", True), fact("no_incidents", False))
    for kind, rules, expected in (
        ("one_of", [no, yes], Verdict.MET),
        ("one_of", [no, open_], Verdict.UNKNOWN),
        ("one_of", [no], Verdict.NOT_MET),
        ("all_of", [yes, no], Verdict.NOT_MET),
        ("all_of", [yes, open_], Verdict.UNKNOWN),
        ("all_of", [yes], Verdict.MET),
    ):
        assert verdict({"kind": kind, "rules": rules}, *facts) is expected


@pytest.mark.parametrize(
    "rule",
    [
        None,
        {},
        {"kind": "magic"},
        {"kind": "at_most", "fact": "employees"},
        {"kind": "at_most", "fact": "employees", "value": "500"},
        {"kind": "at_most", "fact": "employees", "value": 5, "more": 1},
        {"kind": "at_most", "fact": "founded_on", "value": 5},
        {"kind": "is_true", "fact": "employees"},
        {"kind": "share_at_least", "fact": "ip_class_1", "of": "employees", "percent": 1},
        {"kind": "ratio_by_band", "fact": "rd_spend", "of": "revenue", "years": 3, "bands": []},
        {
            "kind": "ratio_by_band", "fact": "rd_spend", "of": "revenue", "years": 3,
            "bands": [{"up_to": 5, "percent": 1}],
        },
        {"kind": "one_of", "rules": []},
    ],
)  # fmt: skip
def test_a_broken_rule_is_refused(rule: Any) -> None:
    assert not is_sound(rule)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
fields = st.sampled_from(["kind", "fact", "of", "value", "percent", "months", "years", "rules"])
kinds = st.sampled_from(["at_most", "share_at_least", "one_of", "ratio_by_band", "age_at_least"])


@given(st.dictionaries(fields, json | kinds | st.sampled_from(FactKey.values)))
def test_any_rule_is_judged_or_refused(rule: Any) -> None:
    if is_sound(rule):
        judge(rule, FactBook(()), TODAY)


@st.composite
def any_fact(draw: st.DrawFn) -> FactOnFile:
    spec = SPECS[draw(st.sampled_from(list(FactKey)))]
    value = draw(
        st.booleans()
        if spec.shape is FactShape.FLAG
        else st.dates(date(1990, 1, 1), TODAY)
        if spec.shape is FactShape.DAY
        else st.decimals(0, 10**12, places=2)
    )
    year = draw(st.integers(2021, 2026)) if spec.is_yearly else None
    return FactOnFile(spec.key, year, value, True)


@given(st.lists(any_fact(), max_size=30), st.sampled_from(SEEDED))
def test_any_facts_get_a_verdict_and_one_by_hand_never_does(facts: list, rule: dict) -> None:
    judged = judge(rule, FactBook(tuple(facts)), TODAY)
    assert set(judged.used) <= set(facts)
    if rule["kind"] == "by_hand":
        assert judged.verdict is Verdict.UNKNOWN
