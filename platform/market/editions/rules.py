"""Rules of rounds and editions (pure): values in, verdict out; no ORM, no clock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from market.editions.states import RoundStatus
from market.listings.kinds import CapabilityKind, ListingKind, NeedKind
from park.core import text_rules
from park.core.text_rules import Problems

NOTICE_LIMIT = 5000
NOTE_LIMIT = 2000
TITLE_LIMIT = 80
ROUND_TITLE_LIMIT = 120
NEAR = timedelta(days=3)
WAITED = timedelta(days=7)
KINDS = {ListingKind.NEED: NeedKind, ListingKind.CAPABILITY: CapabilityKind}
USUAL_TITLES = {ListingKind.NEED: "技术需求清单", ListingKind.CAPABILITY: "科技成果与能力清单"}

_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """As lists are numbered: 一, 十二, 一百零三; digits from a thousand on."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


def heading_of(title: str, number: int | None) -> str:
    """“第三批技术需求清单”; a draft has no number yet."""
    return title if number is None else f"第{chinese_number(number)}批{title}"


def clean_round(
    list_kind: ListingKind,
    raw: Mapping[str, Any],
    problems: Problems,
    *,
    terms: Mapping[str, Collection[str]],
) -> dict[str, Any]:
    """The fields of a round that are given, cleaned. Store them only if no problem was noted."""
    cleaned: dict[str, Any] = {}
    for name, value in raw.items():
        match name:
            case "title":
                cleaned[name] = text_rules.text(
                    value, name, problems, limit=ROUND_TITLE_LIMIT, is_required=True, is_line=True
                )
            case "notice":
                cleaned[name] = text_rules.text(value, name, problems, limit=NOTICE_LIMIT)
            case "kinds":
                choices = KINDS[list_kind].values
                cleaned[name] = text_rules.choices_list(value, name, problems, choices=choices)
            case "chains" | "key_areas":
                known = terms["chain" if name == "chains" else "key_area"]
                cleaned[name] = text_rules.choices_list(
                    value, name, problems, choices=known, unknown="unknown_code"
                )
            case "opens_at" | "deadline":
                cleaned[name] = _moment(value, name, problems)
            case _:
                problems.add(name, "unknown_field")
    return cleaned


def _moment(value: Any, name: str, problems: Problems) -> datetime | None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        problems.add(name, "wrong_type" if value is not None else "required")
        return None
    return value


def check_period(opens_at: datetime, deadline: datetime, problems: Problems) -> None:
    if deadline <= opens_at:
        problems.add("deadline", "not_after_start")


@dataclass(frozen=True, slots=True)
class Period:
    """What is handed in from `starts_at` to before `ends_at` counts to a round."""

    starts_at: datetime
    ends_at: datetime


def collecting_period(opens_at: datetime, deadline: datetime, closed_at: datetime | None) -> Period:
    """A round that was closed early takes nothing more."""
    return Period(opens_at, deadline if closed_at is None else min(deadline, closed_at))


def reminders(
    status: str, opens_at: datetime, deadline: datetime, closed_at: datetime | None, now: datetime
) -> list[str]:
    """What somebody should look at, as codes."""
    match status:
        case RoundStatus.DRAFT if opens_at <= now:
            return ["should_be_open"]
        case RoundStatus.OPEN if deadline <= now:
            return ["deadline_passed"]
        case RoundStatus.OPEN if deadline - now <= NEAR:
            return ["deadline_near"]
        case RoundStatus.CLOSED if closed_at and now - closed_at > WAITED:
            return ["not_frozen"]
    return []


def usual_order(entries: Sequence[Any], chain_positions: Mapping[str, int]) -> list[Any]:
    """By industry chain as the vocabulary has them, then by time, as real lists are.

    An entry has `content["chain"]`, `published_at` and `listing_id`.
    """

    def key(entry: Any) -> tuple[Any, ...]:
        chain = entry.content["chain"] or ""
        known = chain in chain_positions
        return (
            not known,
            chain_positions.get(chain, 0),
            chain,
            entry.published_at is None,
            entry.published_at.timestamp() if entry.published_at else 0.0,
            str(entry.listing_id),
        )

    return sorted(entries, key=key)


def shows_hidden(content: Mapping[str, Any], hidden: Collection[str]) -> bool:
    """Whether a frozen content holds something that is not public any more."""
    return any(content.get(name) not in (None, "", []) for name in hidden)
