"""Numbers, order, reminders and line breaks: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.editions import rules
from market.editions.printing.columns import money_band
from market.editions.printing.wrapping import NEVER_FIRST, NEVER_LAST, wrap
from market.editions.states import (
    EDITION_TRANSITIONS,
    ROUND_TRANSITIONS,
    EditionAction,
    EditionStatus,
    RoundAction,
    RoundStatus,
    next_edition_status,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "一百"),
        (101, "一百零一"), (110, "一百一十"), (235, "二百三十五"), (1000, "1000"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_lists_write_them(number: int, words: str) -> None:
    assert rules.chinese_number(number) == words


@given(st.sets(st.integers(1, 999), min_size=2, max_size=2))
def test_two_numbers_are_never_written_alike(numbers: set[int]) -> None:
    assert len({rules.chinese_number(number) for number in numbers}) == 2


def test_a_draft_has_no_number_in_its_heading() -> None:
    assert rules.heading_of("技术需求清单", None) == "技术需求清单"
    assert rules.heading_of("技术需求清单", 12) == "第十二批技术需求清单"


@dataclass
class Row:
    chain: str
    published_at: datetime | None = NOW
    listing_id: UUID = field(default_factory=uuid4)

    @property
    def content(self) -> dict[str, str]:
        return {"chain": self.chain}


def test_the_usual_order_is_by_chain_then_time_and_the_unknown_last() -> None:
    rows = [Row(""), Row("b", NOW), Row("a", NOW + DAY), Row("a", NOW), Row("b", None), Row("z")]
    found = rules.usual_order(rows, {"b": 0, "a": 1})
    assert [(row.chain, row.published_at) for row in found] == [
        ("b", NOW), ("b", None), ("a", NOW), ("a", NOW + DAY), ("", NOW), ("z", NOW),
    ]  # fmt: skip


@given(st.permutations([Row("a"), Row("b"), Row("a", None), Row("", NOW + DAY), Row("a")]))
def test_the_usual_order_does_not_depend_on_how_rows_come(rows: list[Row]) -> None:
    found = rules.usual_order(rows, {"a": 1})
    assert found == rules.usual_order(found[::-1], {"a": 1})


@pytest.mark.parametrize(
    ("status", "opens_in", "deadline_in", "closed_ago", "expected"),
    [
        ("draft", -DAY, 5 * DAY, None, ["should_be_open"]),
        ("draft", DAY, 5 * DAY, None, []),
        ("open", -DAY, 5 * DAY, None, []),
        ("open", -DAY, 2 * DAY, None, ["deadline_near"]),
        ("open", -2 * DAY, -DAY, None, ["deadline_passed"]),
        ("closed", -9 * DAY, -8 * DAY, 8 * DAY, ["not_frozen"]),
        ("closed", -9 * DAY, -8 * DAY, DAY, []),
        ("frozen", -9 * DAY, -8 * DAY, 8 * DAY, []),
    ],
)
def test_reminders_say_what_to_look_at(
    status: str,
    opens_in: timedelta,
    deadline_in: timedelta,
    closed_ago: timedelta | None,
    expected: list[str],
) -> None:
    closed_at = None if closed_ago is None else NOW - closed_ago
    found = rules.reminders(status, NOW + opens_in, NOW + deadline_in, closed_at, NOW)
    assert found == expected


def test_a_round_closed_early_takes_nothing_more() -> None:
    period = rules.collecting_period(NOW, NOW + 5 * DAY, NOW + DAY)
    assert (period.starts_at, period.ends_at) == (NOW, NOW + DAY)
    assert rules.collecting_period(NOW, NOW + DAY, NOW + 5 * DAY).ends_at == NOW + DAY


def test_what_was_issued_moves_only_to_withdrawn() -> None:
    moves = {
        action for action in EditionAction if next_edition_status(EditionStatus.ISSUED, action)
    }
    assert moves == {EditionAction.WITHDRAW}
    assert not any(next_edition_status(EditionStatus.WITHDRAWN, action) for action in EditionAction)


def test_every_state_is_reached_and_every_action_leads_somewhere() -> None:
    assert set(ROUND_TRANSITIONS) == set(RoundAction)
    assert set(EDITION_TRANSITIONS) == set(EditionAction)
    reached = {target for moves in ROUND_TRANSITIONS.values() for target in moves.values()}
    assert reached == set(RoundStatus)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (500000, 1200000.5, "50～120.00005万元"), (None, 300000, "不超过30万元"),
        (300000, None, "30万元起"), (300000, 300000, "30万元"), (None, None, "—"),
        (0, 1, "0～0.0001万元"),
    ],
)  # fmt: skip
def test_money_is_said_in_ten_thousands(low: Any, high: Any, words: str) -> None:
    assert money_band(low, high) == words


def by_characters(text: str) -> float:
    return float(len(text))


def lines_of(text: str, limit: int) -> Sequence[str]:
    return wrap(text, limit, by_characters)


@given(
    st.text(st.sampled_from("中文，。（）“”%abc 123\n、≥.…") | st.characters(), max_size=80),
    st.integers(4, 20),
)
def test_no_character_is_lost_and_no_line_is_too_long(text: str, limit: int) -> None:
    lines = lines_of(text, limit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line) <= limit for line in lines)


def test_a_line_neither_starts_with_a_closing_mark_nor_ends_with_an_opening_one() -> None:
    lines = lines_of("电解液中砷含量波动，人工取样滞后（每班一次）。", 9)
    assert not any(line[0] in NEVER_FIRST or line[-1] in NEVER_LAST for line in lines)


def test_words_and_numbers_stay_whole() -> None:
    assert lines_of("纯度达到99.9999%以上", 8) == ["纯度达到", "99.9999%", "以上"]
    assert lines_of("abcdefghijkl", 5) == ["abcde", "fghij", "kl"]
    assert lines_of("粒度小于100 μm即可", 8) == ["粒度小于", "100 μm即可"[:8]]
    assert lines_of("单证识别OCR、比对", 7) == ["单证识别", "OCR、比对"]
    assert lines_of("检出率 93 %以上", 6) == ["检出率", "93 %以上"]
    assert lines_of("", 5) == [""]
    assert lines_of("甲\n\n乙", 5) == ["甲", "", "乙"]
