"""Values that people send: kept when they are fine, else named by field and code."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.core import text_rules
from park.core.errors import DomainError
from park.core.text_rules import Problems


@given(value=st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P"])))
def test_ordinary_text_is_kept_as_it_is(value: str) -> None:
    problems = Problems()
    assert text_rules.text(value, "about", problems, limit=10_000) == value
    problems.raise_if_any()


@given(value=st.text(alphabet=st.characters()))
def test_text_that_passes_can_be_stored(value: str) -> None:
    problems = Problems()
    kept = text_rules.text(value, "about", problems, limit=100)
    assert len(kept) <= 100
    assert "\x00" not in kept
    kept.encode()


def test_all_faults_are_told_together() -> None:
    problems = Problems()
    text_rules.text("长" * 6, "title", problems, limit=5)
    text_rules.whole(11, "years", problems, least=0, most=10)
    text_rules.unknown_fields({"\ud800": 1}, ("title",), problems)
    with pytest.raises(DomainError) as error:
        problems.raise_if_any()
    assert error.value.code == "invalid_input"
    assert error.value.data["fields"] == [
        {"field": "title", "code": "too_long", "limit": 5},
        {"field": "years", "code": "out_of_range", "limit": 10},
        {"field": "?", "code": "unknown_field"},
    ]


@pytest.mark.parametrize(
    ("value", "kept", "codes"),
    [
        (None, None, []),
        (0.1, Decimal("0.10"), []),
        (450, Decimal("450.00"), []),
        ("12.5", Decimal("12.50"), []),
        (True, None, ["wrong_type"]),
        ("twelve", None, ["wrong_type"]),
        (float("inf"), None, ["not_finite"]),
        (Decimal("NaN"), None, ["not_finite"]),
        (-0.01, None, ["out_of_range"]),
        (10**400, None, ["out_of_range"]),
        (1.005, None, ["too_precise"]),
    ],
)
def test_money_is_exact_or_refused(value: object, kept: Decimal | None, codes: list) -> None:
    problems = Problems()
    found = text_rules.decimal(value, "price", problems, least=Decimal(0), most=Decimal(1000))
    assert found == kept
    assert [one["code"] for one in problems.fields] == codes


@pytest.mark.parametrize("value", ["a@b.cn", "wang.gong+x@lab.example.com", ""])
def test_addresses(value: str) -> None:
    problems = Problems()
    assert text_rules.email(value, "contact_email", problems) == value
    problems.raise_if_any()


@pytest.mark.parametrize("value", ["a", "a@b", "a b@c.cn", "a@b.cn, c@d.cn", "<a@b.cn>"])
def test_what_is_no_address(value: str) -> None:
    problems = Problems()
    text_rules.email(value, "contact_email", problems)
    assert [one["code"] for one in problems.fields] == ["invalid_email"]
