"""What a content must be like: nothing that is stored is broken, nothing broken is a crash."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.listings.content import FIELDS, Content, empty_content, level_of
from market.listings.kinds import ListingKind
from market.listings.rules import (
    changed_fields,
    check_closing,
    clean_content,
    is_expired,
    missing_fields,
    needs_review,
)
from market.listings.visibility import hidden_fields, without
from park.core.levels import Level
from park.core.text_rules import Problems
from tests.factories import capability_content, need_content

NEED, CAPABILITY = ListingKind.NEED, ListingKind.CAPABILITY
TODAY = date(2026, 11, 23)
TERMS = {
    "chain": {"low_carbon_metallurgy", "copper_processing"},
    "key_area": {"industrial_upgrading"},
    "region": {"xingang", "wuhan"},
}


def clean(kind: ListingKind, raw: Any, base: Content | None = None) -> tuple[Content, list]:
    problems = Problems()
    base = base or empty_content(kind)
    content = clean_content(kind, raw, problems, base=base, terms=TERMS, today=TODAY)
    return content, problems.fields


def code_of(kind: ListingKind, field: str, value: Any) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in clean(kind, {field: value})[1]]


def complete(kind: ListingKind) -> Content:
    raw = need_content() if kind is NEED else capability_content()
    last_day = "due_on" if kind is NEED else "valid_until"
    content, faults = clean(kind, raw | {last_day: "2027-06-30"})
    assert faults == []
    return content


@pytest.mark.parametrize(
    ("field", "value", "faults"),
    [
        ("title", "x" * 121, [("title", "too_long")]),
        ("title", "x" * 1_000_000, [("title", "too_long")]),
        ("title", 7, [("title", "wrong_type")]),
        ("title", ["x"], [("title", "wrong_type")]),
        ("title", "a\x00b", [("title", "nul_character")]),
        ("problem", "a\ud800b", [("problem", "invalid_character")]),
        ("problem", "a\x1bb", [("problem", "control_character")]),
        ("problem", "x" * 10_001, [("problem", "too_long")]),
        ("kind", "wish", [("kind", "unknown_choice")]),
        ("kind", {}, [("kind", "unknown_choice")]),
        ("chain", "alchemy", [("chain", "unknown_code")]),
        ("key_areas", ["industrial_upgrading", "magic"], [("key_areas.1", "unknown_code")]),
        ("key_areas", "industrial_upgrading", [("key_areas", "wrong_type")]),
        ("keywords", ["x" * 41], [("keywords.0", "too_long")]),
        ("keywords", [str(n) for n in range(21)], [("keywords", "too_many")]),
        ("budget_min", -1, [("budget_min", "out_of_range")]),
        ("budget_min", 10**15, [("budget_min", "out_of_range")]),
        ("budget_min", 10**400, [("budget_min", "out_of_range")]),
        ("budget_min", float("nan"), [("budget_min", "not_finite")]),
        ("budget_min", float("inf"), [("budget_min", "not_finite")]),
        ("budget_min", "100", [("budget_min", "wrong_type")]),
        ("budget_min", True, [("budget_min", "wrong_type")]),
        ("budget_min", 0.001, [("budget_min", "too_precise")]),
        ("due_on", "2026-11-22", [("due_on", "date_in_past")]),
        ("due_on", "2027-02-30", [("due_on", "invalid_date")]),
        ("due_on", "20270101", [("due_on", "invalid_date")]),
        ("due_on", 20270101, [("due_on", "wrong_type")]),
        ("maturity_wanted", 0, [("maturity_wanted", "out_of_range")]),
        ("maturity_wanted", 10, [("maturity_wanted", "out_of_range")]),
        ("maturity_wanted", 3.5, [("maturity_wanted", "wrong_type")]),
        ("contact_email", "not an address", [("contact_email", "invalid_email")]),
        ("ip_stance", "mine", [("ip_stance", "unknown_choice")]),
        ("no_such_field", 1, [("no_such_field", "unknown_field")]),
        ("indicators", {}, [("indicators", "wrong_type")]),
        ("indicators", [{"name": "x"}] * 51, [("indicators", "too_many")]),
        ("indicators", ["x"], [("indicators.0", "wrong_type")]),
        ("indicators", [{"nmae": "x"}], [("indicators.0", "unknown_field")]),
        ("indicators", [{"comparator": "≥"}], [("indicators.0.comparator", "unknown_choice")]),
        ("indicators", [{}, {"value": "98"}], [("indicators.1.value", "wrong_type")]),
        ("indicators", [{"value": float("inf")}], [("indicators.0.value", "not_finite")]),
        ("indicators", [{"name": "x" * 81}], [("indicators.0.name", "too_long")]),
        ("indicators", [{"is_must": 1}], [("indicators.0.is_must", "wrong_type")]),
        (
            "indicators",
            [{"comparator": "range", "value": 5, "value_max": 1}],
            [("indicators.0.value_max", "below_minimum")],
        ),
        ("field_levels", [], [("field_levels", "wrong_type")]),
        ("field_levels", {"x": "own"}, [("field_levels", "unknown_field")]),
        ("field_levels", {"goals": "secret"}, [("field_levels.goals", "unknown_choice")]),
        ("field_levels", {"title": "own"}, [("field_levels.title", "level_not_allowed")]),
        ("field_levels", {"kind": "own"}, [("field_levels.kind", "level_not_allowed")]),
        ("field_levels", {"chain": "matched"}, [("field_levels.chain", "level_not_allowed")]),
        (
            "field_levels",
            {"contact_phone": "public"},
            [("field_levels.contact_phone", "level_not_allowed")],
        ),
    ],
)
def test_bad_input_is_named_by_field_and_code(
    field: str, value: Any, faults: list[tuple[str, str]]
) -> None:
    assert code_of(NEED, field, value) == faults


def test_too_long_names_the_limit() -> None:
    assert clean(NEED, {"title": "x" * 121})[1] == [
        {"field": "title", "code": "too_long", "limit": 120}
    ]


def test_all_faults_are_reported_together() -> None:
    _, faults = clean(NEED, {"title": 1, "kind": "wish", "indicators": [{"value": "a"}]})
    assert {fault["field"] for fault in faults} == {"title", "kind", "indicators.0.value"}


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("title", "  两个\n 空格 ", "两个 空格"),
        ("problem", "一\r\n二\r三 ", "一\n二\n三"),
        ("problem", "<script>alert('x')</script>", "<script>alert('x')</script>"),
        ("keywords", ["铜", "", "铜", " 6N "], ["铜", "6N"]),
        ("budget_max", 12.5, 12.5),
        ("budget_max", 12.0, 12),
        ("due_on", "", None),
        ("due_on", date(2027, 1, 2), "2027-01-02"),
        ("due_on", "2026-11-23", "2026-11-23"),
        ("title", None, ""),
        ("indicators", None, []),
        ("field_levels", {"goals": "own", "benchmark": "public"}, {"goals": "own"}),
        ("field_levels", {"contact_name": "own"}, {"contact_name": "own"}),
    ],
)
def test_good_input_is_stored_in_one_way(field: str, value: Any, stored: Any) -> None:
    content, faults = clean(NEED, {field: value})
    assert faults == []
    assert content[field] == stored


def test_a_second_number_is_kept_for_a_range_only() -> None:
    content, _ = clean(NEED, {"indicators": [{"comparator": "ge", "value": 1, "value_max": 2}]})
    assert content["indicators"][0]["value_max"] is None


def test_a_band_must_be_in_order_with_what_is_stored_already() -> None:
    base, _ = clean(NEED, {"budget_max": 100})
    assert clean(NEED, {"budget_min": 200}, base)[1] == [
        {"field": "budget_max", "code": "below_minimum"}
    ]
    assert clean(NEED, {"budget_min": 200, "budget_max": None}, base)[1] == []


def test_a_date_that_passed_meanwhile_does_not_block_other_edits() -> None:
    base = empty_content(NEED) | {"due_on": "2026-01-01"}
    assert clean(NEED, {"title": "新题目"}, base)[1] == []
    assert clean(NEED, {"due_on": "2026-01-01"}, base)[1] == []
    assert clean(NEED, {"due_on": "2026-01-02"}, base)[1] != []


def test_a_retired_term_may_stay_but_not_come_back() -> None:
    base = empty_content(NEED) | {"chain": "retired", "key_areas": ["old"]}
    assert clean(NEED, {"chain": "retired", "key_areas": ["old"]}, base)[1] == []
    assert clean(NEED, {"chain": "retired"})[1] != []


class TestMinimum:
    def test_complete_contents_lack_nothing(self) -> None:
        assert missing_fields(NEED, complete(NEED)) == []
        assert missing_fields(CAPABILITY, complete(CAPABILITY)) == []

    def test_an_empty_need_lacks_the_minimum_of_a_need(self) -> None:
        assert set(missing_fields(NEED, empty_content(NEED))) == {
            "title",
            "kind",
            "chain",
            "problem",
            "indicators",
            "budget_max",
            "due_on",
            "ip_stance",
            "contact_name",
            "contact_phone",
        }

    def test_an_empty_capability_lacks_the_minimum_of_a_capability(self) -> None:
        assert set(missing_fields(CAPABILITY, empty_content(CAPABILITY))) == {
            "title",
            "kind",
            "chain",
            "maturity",
            "description",
            "indicators",
            "capacity_now",
            "valid_until",
        }

    @pytest.mark.parametrize(
        ("line", "missing"),
        [
            ({"name": "纯度", "comparator": "ge"}, ["indicators.0.value"]),
            ({"name": "纯度", "comparator": "range", "value": 1}, ["indicators.0.value_max"]),
            ({"name": "纯度", "comparator": "text"}, ["indicators.0.text"]),
            ({"comparator": "eq", "value": 0}, ["indicators.0.name"]),
            ({"name": "纯度", "comparator": "eq", "value": 0}, []),
        ],
    )
    def test_a_comparison_needs_its_numbers(self, line: dict, missing: list[str]) -> None:
        content, faults = clean(NEED, {"indicators": [line]}, complete(NEED))
        assert faults == []
        assert missing_fields(NEED, content) == missing

    def test_one_end_of_the_budget_and_one_way_to_reach_somebody_are_enough(self) -> None:
        content = complete(NEED) | {"budget_min": None, "contact_phone": ""}
        assert missing_fields(NEED, content) == []

    def test_a_capability_claims_with_evidence(self) -> None:
        content = complete(CAPABILITY)
        content["indicators"][0]["evidence"] = ""
        assert missing_fields(CAPABILITY, content) == ["indicators.0.evidence"]


class TestReview:
    @pytest.mark.parametrize(
        "field", ["title", "keywords", "contact_phone", "region", "due_on", "budget_max"]
    )
    def test_corrections_take_effect(self, field: str) -> None:
        assert not needs_review(NEED, [field])

    @pytest.mark.parametrize("field", ["problem", "indicators", "field_levels", "kind", "goals"])
    def test_what_staff_judged_waits_for_them(self, field: str) -> None:
        assert needs_review(NEED, ["title", field])

    def test_description_and_maturity_of_a_capability_wait(self) -> None:
        assert needs_review(CAPABILITY, ["description"])
        assert needs_review(CAPABILITY, ["maturity"])

    def test_changed_fields_are_those_that_differ(self) -> None:
        old = complete(NEED)
        assert changed_fields(NEED, old, old | {"title": "别的", "goals": ""}) == ["title", "goals"]


@pytest.mark.parametrize(
    ("reason", "note", "fields"),
    [
        ("matched_here", "", []),
        ("other", "搬迁", []),
        ("other", "", ["note"]),
        ("", "", ["reason"]),
        ("because", "", ["reason"]),
    ],
)
def test_nothing_closes_without_a_reason(reason: str, note: str, fields: list[str]) -> None:
    problems = Problems()
    check_closing(reason, note, problems)
    assert [fault["field"] for fault in problems.fields] == fields


def test_an_entry_expires_after_its_last_day() -> None:
    assert not is_expired(TODAY, TODAY)
    assert is_expired(TODAY - timedelta(days=1), TODAY)
    assert not is_expired(None, TODAY)


NASTY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
NASTY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.decimals()
    | NASTY_TEXT
    | st.sampled_from(["copper_processing", "technology", "ge", "range", "own", "public"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            NASTY_TEXT | st.sampled_from(["name", "value", "text"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", list(ListingKind))
@settings(max_examples=300)
@given(data=st.data())
def test_whatever_is_sent_is_stored_whole_or_named(kind: ListingKind, data: st.DataObject) -> None:
    names = st.sampled_from([*FIELDS[kind]]) | NASTY_TEXT
    raw = data.draw(st.dictionaries(names, NASTY, max_size=6))
    content, faults = clean(kind, raw)
    if faults:
        for fault in faults:
            fault["field"].encode("utf-8")
        return
    assert set(content) == set(FIELDS[kind])
    # What is stored would be stored the same way again: nothing drifts from edit to edit.
    again, faults = clean(kind, content, content)
    assert (again, faults) == (content, [])
    missing_fields(kind, content)


LEVELS = st.dictionaries(
    st.sampled_from([*FIELDS[NEED]]) | NASTY_TEXT, st.sampled_from([*Level, "bogus"]), max_size=8
)


@given(LEVELS)
def test_no_stored_level_opens_contact_data_or_hides_what_is_always_public(levels: dict) -> None:
    assert level_of(NEED, "contact_phone", levels) is not Level.PUBLIC
    assert level_of(NEED, "title", levels) is Level.PUBLIC


@given(LEVELS)
def test_a_strangers_content_has_only_public_fields(levels: dict) -> None:
    content = complete(NEED) | {"field_levels": levels}
    hidden = hidden_fields(NEED, levels)
    seen = without(content, hidden)
    for name in FIELDS[NEED]:
        if name == "field_levels":
            assert seen[name] == {}
        elif level_of(NEED, name, levels) is Level.PUBLIC:
            assert seen[name] == content[name]
        else:
            assert seen[name] is None
