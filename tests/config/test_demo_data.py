"""The demonstration files: complete, consistent, plainly examples, and nobody's real data."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from config.demo import data
from market.listings.content import FIELDS, empty_content
from market.listings.kinds import CapabilityKind, ListingKind, NeedKind
from market.listings.rules import clean_content, missing_fields
from park.core.text_rules import Problems

TODAY = date(2026, 11, 24)
CONTENT_OF = {
    ListingKind.NEED: ("needs", data.need_content),
    ListingKind.CAPABILITY: ("capabilities", data.capability_content),
}


def rows(name: str) -> dict[str, data.Row]:
    return {row["key"]: row for row in data.read(name)}


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    return [text for item in value for text in texts(item)] if hasattr(value, "__iter__") else []


@pytest.mark.parametrize("name", data.FILES)
def test_keys_are_unique(name: str) -> None:
    assert len(rows(name)) == len(data.read(name))


def test_there_is_as_much_as_a_first_start_should_show() -> None:
    counts = {name: len(data.read(name)) for name in data.FILES}
    assert counts == {
        "organisations": 15, "needs": 60, "capabilities": 100, "instruments": 12, "people": 12,
        "growth": 3,
    }  # fmt: skip
    assert {row["kind"] for row in data.read("needs")} == set(NeedKind.values)
    assert {row["kind"] for row in data.read("capabilities")} == set(CapabilityKind.values)


@pytest.mark.parametrize("name", ["needs", "capabilities", "instruments", "people", "growth"])
def test_every_entry_belongs_to_an_example_organisation_or_to_nobody(name: str) -> None:
    known = set(rows("organisations"))
    if name == "people":
        known.add(None)
    assert {row["organisation"] for row in data.read(name)} <= known


def test_organisations_and_people_are_plainly_examples() -> None:
    for row in data.read("organisations"):
        assert row["name"].startswith("示例·")
        assert row["name_en"].startswith("Example ")
    assert all(row["name"].startswith("示例·") for row in data.read("people"))


@pytest.mark.parametrize("kind", list(ListingKind))
def test_every_entry_would_pass_the_form_and_the_submission(kind: ListingKind) -> None:
    name, content_of = CONTENT_OF[kind]
    known = {
        "chain": {row["chain"] for row in data.read(name)},
        "key_area": {"industrial_upgrading", "tech_breakthrough", "new_infrastructure"},
        "region": {"xingang", "huangshi", "wuhan"},
    }
    problems: dict[str, Any] = {}
    for key, row in rows(name).items():
        content = content_of(row, TODAY)
        assert set(content) <= set(FIELDS[kind])
        found = Problems()
        cleaned = clean_content(
            kind, content, found, base=empty_content(kind), terms=known, today=TODAY
        )
        if found.fields or (missing := missing_fields(kind, cleaned)):
            problems[key] = found.fields or missing
    assert problems == {}


def test_every_need_names_capabilities_of_others_that_should_answer_it() -> None:
    capabilities = rows("capabilities")
    for need in data.read("needs"):
        assert 1 <= len(need["expects"]) <= 3
        for key in need["expects"]:
            assert capabilities[key]["organisation"] != need["organisation"], need["key"]


def test_no_answer_repeats_the_title_of_its_need() -> None:
    capabilities = rows("capabilities")
    for need in data.read("needs"):
        for key in need["expects"]:
            assert need["title"] not in capabilities[key]["title"]
            assert need["problem"] != capabilities[key]["description"]


def test_no_text_carries_a_telephone_number_or_a_mail_address() -> None:
    for name in data.FILES:
        for text in texts(data.read(name)):
            if not text.startswith("http"):
                assert not re.search(r"1[3-9]\d{9}|\d{3,4}-\d{7,8}|\S@\S", text), text


def test_quotations_say_so_and_keep_their_address() -> None:
    quoted = [row for row in data.read("capabilities") if row["source_address"]]
    assert {row["organisation"] for row in quoted} == {"station"}
    assert all(row["description"].startswith("公开资料摘录") for row in quoted)
    assert all(not row["source_address"] for row in data.read("capabilities") if row not in quoted)


def test_people_have_no_contact_data() -> None:
    for row in data.read("people"):
        assert not {"contact_phone", "contact_email"} & set(data.person_content(row))


def test_newer_entries_come_out_later() -> None:
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    newer = {"key": "n001", "published_days_ago": 1}
    older = {"key": "n001", "published_days_ago": 2}
    assert data.published_at(older, now) < data.published_at(newer, now) < now
