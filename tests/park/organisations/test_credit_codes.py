"""GB 32100-2015: what is a code, and that no slip of one character goes unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.organisations.credit_codes import (
    ALPHABET,
    Fault,
    check_character,
    fault_of,
    normalised,
)

EXAMPLE = "91350100M000100Y43"
"""The example of the standard itself."""


@st.composite
def codes(draw: st.DrawFn) -> str:
    head = draw(st.text(ALPHABET, min_size=2, max_size=2))
    district = draw(st.text("0123456789", min_size=6, max_size=6))
    body = head + district + draw(st.text(ALPHABET, min_size=9, max_size=9))
    return body + check_character(body)


def test_the_standards_own_example() -> None:
    assert fault_of(EXAMPLE) is None
    assert check_character(EXAMPLE[:-1]) == "3"


@given(codes())
def test_a_code_with_its_check_character_is_sound(code: str) -> None:
    assert fault_of(code) is None
    assert normalised(code) == code


@given(codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_change_of_one_character_is_found(code: str, place: int, other: str) -> None:
    if other != code[place]:
        assert fault_of(code[:place] + other + code[place + 1 :]) is not None


@given(codes(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_found(code: str, place: int) -> None:
    left, right = code[place], code[place + 1]
    if left != right:
        assert fault_of(code[:place] + right + left + code[place + 2 :]) is not None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.LENGTH),
        (EXAMPLE[:-1], Fault.LENGTH),
        (EXAMPLE + "0", Fault.LENGTH),
        ("91350100M000100I43", Fault.CHARACTER),
        ("91350100M000100O43", Fault.CHARACTER),
        ("9135010XM000100Y43", Fault.CHARACTER),
        ("９1350１00M000一00Y43", Fault.CHARACTER),
        (EXAMPLE[:-1] + "4", Fault.CHECK_DIGIT),
    ],
)
def test_what_is_wrong_is_named(text: str, fault: Fault) -> None:
    assert fault_of(normalised(text)) == fault


@pytest.mark.parametrize(
    "text",
    [
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        " 91350100 M000-100Y4 3\u200b\n",
    ],
)
def test_the_ways_people_write_one(text: str) -> None:
    assert normalised(text) == EXAMPLE


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    fault_of(normalised(text))
