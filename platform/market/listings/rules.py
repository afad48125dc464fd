"""What a content must be like (pure): values in, verdict out; no ORM, no clock.

Types and limits of single fields are in `cleaning`; here are the rules about a whole entry.
"""

from collections.abc import Mapping, Set
from datetime import date
from typing import Any

from market.listings.cleaning import clean_field
from market.listings.content import FIELDS, LAST_DAY, MONEY_PAIRS, Content, blank_of
from market.listings.kinds import ClosingReason, Comparator, ListingKind
from park.core import text_rules
from park.core.text_rules import Problems

Terms = Mapping[str, Set[str]]
"""The codes a vocabulary knows, by vocabulary."""

NOTE_LIMIT = 2000


def clean_content(
    kind: ListingKind,
    raw: Mapping[str, Any],
    problems: Problems,
    *,
    base: Content,
    terms: Terms,
    today: date,
) -> Content:
    """`base` with the fields of `raw` put in, cleaned. Fields that are not given stay as they are.

    A last day in the past is wrong when it is given anew, not when it merely passed meanwhile.
    The content is to be stored only if no problem was noted.
    """
    fields = FIELDS[kind]
    text_rules.unknown_fields(raw, fields, problems)
    content = dict(base)
    for name, field in fields.items():
        if name in raw:
            known = terms.get(field.vocabulary, frozenset()) | _codes_in(base[name])
            content[name] = clean_field(field, raw[name], problems, codes=known, fields=fields)
    if not problems.fields:
        _check_money(kind, content, problems)
        last_day = LAST_DAY[kind]
        if content[last_day] != base[last_day]:
            check_last_day(kind, content, problems, today)
    return content


def _codes_in(value: object) -> frozenset[str]:
    """What an entry already says stays sayable when staff retire a term."""
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list):
        return frozenset(item for item in value if isinstance(item, str))
    return frozenset()


def _check_money(kind: ListingKind, content: Content, problems: Problems) -> None:
    low, high = MONEY_PAIRS[kind]
    if content[low] is not None and content[high] is not None and content[low] > content[high]:
        problems.add(high, "below_minimum")


def check_last_day(kind: ListingKind, content: Content, problems: Problems, today: date) -> None:
    value = content[LAST_DAY[kind]]
    if value is not None and date.fromisoformat(value) < today:
        problems.add(LAST_DAY[kind], "date_in_past")


def missing_fields(kind: ListingKind, content: Content) -> list[str]:
    """What the minimum of a need or capability still lacks, as field paths in form order."""
    required = _NEED_MINIMUM if kind is ListingKind.NEED else _CAPABILITY_MINIMUM
    missing = [name for name in required if content[name] == blank_of(FIELDS[kind][name])]
    if kind is ListingKind.NEED:
        if content["budget_min"] is None and content["budget_max"] is None:
            missing.append("budget_max")
        if not content["contact_phone"] and not content["contact_email"]:
            missing.append("contact_phone")
    missing += _missing_in_indicators(content["indicators"])
    if (
        kind is ListingKind.CAPABILITY
        and content["indicators"]
        and not any(line["evidence"] for line in content["indicators"])
    ):
        missing.append("indicators.0.evidence")
    return missing


_NEED_MINIMUM = (
    "title", "kind", "chain", "problem", "indicators", "due_on", "ip_stance", "contact_name",
)  # fmt: skip
_CAPABILITY_MINIMUM = (
    "title", "kind", "chain", "maturity", "description", "indicators", "capacity_now",
    "valid_until",
)  # fmt: skip


def _missing_in_indicators(lines: list[dict[str, Any]]) -> list[str]:
    """A comparison without its number says nothing; a range needs both ends."""
    missing = []
    for position, line in enumerate(lines):
        wanted = ["name"]
        if line["comparator"] == Comparator.TEXT:
            wanted.append("text")
        else:
            wanted.append("value")
        if line["comparator"] == Comparator.RANGE:
            wanted.append("value_max")
        missing += [f"indicators.{position}.{key}" for key in wanted if line[key] in ("", None)]
    return missing


def changed_fields(kind: ListingKind, old: Content, new: Content) -> list[str]:
    return [name for name in FIELDS[kind] if old[name] != new[name]]


def needs_review(kind: ListingKind, changed: list[str]) -> bool:
    """Whether a change of these fields of a published entry waits for staff."""
    return any(FIELDS[kind][name].needs_review for name in changed)


def is_expired(last_day: date | None, today: date) -> bool:
    """Past its last day. An entry without one does not expire."""
    return last_day is not None and last_day < today


def check_closing(reason: str, note: str, problems: Problems) -> None:
    """Nothing closes without a reason, and `other` is none without words."""
    text_rules.choice(reason, "reason", problems, choices=ClosingReason.values, is_required=True)
    if reason == ClosingReason.OTHER and not note:
        problems.add("note", "required")
