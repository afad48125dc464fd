"""Broken characters are refused by code; everything that Chinese firms write is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.core.text_rules import Problems, text
from park.core.texts import as_line, as_paragraphs, character_problem

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("a\x00b", "nul_character"),
        ("a\ud800b", "invalid_character"),
        ("\udfff", "invalid_character"),
        ("a\x07b", "control_character"),
        ("a\x7fb", "control_character"),
        ("a\x9fb", "control_character"),
    ],
)
def test_broken_characters_are_named(broken: str, code: str) -> None:
    assert character_problem(broken) == code


@pytest.mark.parametrize(
    "fine", ["", "两行\n文字\t制表", "<script>alert(1)</script>", "𠮷野家 ≥99.9999 % μm", "🙂"]
)
def test_ordinary_text_is_fine(fine: str) -> None:
    assert character_problem(fine) is None


@given(ANY_TEXT)
def test_accepted_text_can_be_stored_and_sent(value: str) -> None:
    if character_problem(value) is None:
        assert "\x00" not in value
        value.encode("utf-8")


@given(ANY_TEXT)
def test_a_line_is_one_line_and_stable(value: str) -> None:
    line = as_line(value)
    assert len(line.splitlines()) <= 1
    assert as_line(line) == line


@given(ANY_TEXT)
def test_paragraphs_have_plain_line_ends_and_are_stable(value: str) -> None:
    paragraphs = as_paragraphs(value)
    assert "\r" not in paragraphs
    assert as_paragraphs(paragraphs) == paragraphs


@given(ANY_TEXT, st.integers(1, 40))
def test_text_is_within_its_limit_or_a_problem(value: str, limit: int) -> None:
    problems = Problems()
    cleaned = text(value, "field", problems, limit=limit)
    assert problems.fields or len(cleaned) <= limit
