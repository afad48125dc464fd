"""What an entry consists of (pure): its fields, their types, limits and levels."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models

from market.listings.kinds import CapabilityKind, IpStance, ListingKind, NeedKind
from park.core.levels import Level

Content = dict[str, Any]
"""A whole content as JSON knows it: text, lists, numbers in yuan, ISO dates, null for unknown."""

LINE_LIMIT = 120
TEXT_LIMIT = 10_000
MAX_INDICATORS = 50


class FieldShape(StrEnum):
    LINE = "line"
    PARAGRAPHS = "paragraphs"
    CHOICE = "choice"
    TERM = "term"
    TERMS = "terms"
    WORDS = "words"
    MONEY = "money"
    DATE = "date"
    MATURITY = "maturity"
    EMAIL = "email"
    INDICATORS = "indicators"
    LEVELS = "levels"


ANY_LEVEL = frozenset(Level)
# Contact data is disclosed by an accepted introduction, never by a setting.
CONTACT_LEVELS = frozenset({Level.MATCHED, Level.OWN})
ALWAYS_PUBLIC = frozenset({Level.PUBLIC})


@dataclass(frozen=True, slots=True)
class ContentField:
    name: str
    shape: FieldShape
    limit: int = 0
    """Characters of a text, of one word of a list, or how many lines; 0 where neither applies."""
    max_items: int = 0
    choices: type[models.TextChoices] | None = None
    vocabulary: str = ""
    needs_review: bool = False
    """A change of it in a published entry waits for staff; any other change is a correction."""
    default_level: Level = Level.PUBLIC
    levels: frozenset[Level] = ANY_LEVEL
    """What the owner may set its level to."""


def _line(name: str, limit: int = LINE_LIMIT, **more: Any) -> ContentField:
    return ContentField(name, FieldShape.LINE, limit, **more)


def _paragraphs(name: str) -> ContentField:
    return ContentField(name, FieldShape.PARAGRAPHS, TEXT_LIMIT, needs_review=True)


def _contact(name: str, shape: FieldShape, limit: int) -> ContentField:
    return ContentField(name, shape, limit, default_level=Level.MATCHED, levels=CONTACT_LEVELS)


_HEAD = (
    _line("title", levels=ALWAYS_PUBLIC),
    ContentField(
        "chain", FieldShape.TERM, 60, vocabulary="chain", needs_review=True, levels=ALWAYS_PUBLIC
    ),
    ContentField("key_areas", FieldShape.TERMS, 60, max_items=10, vocabulary="key_area"),
    ContentField("region", FieldShape.TERM, 60, vocabulary="region"),
    ContentField("keywords", FieldShape.WORDS, 40, max_items=20),
)
_TAIL = (
    _contact("contact_name", FieldShape.LINE, 60),
    _contact("contact_phone", FieldShape.LINE, 40),
    _contact("contact_email", FieldShape.EMAIL, 120),
    ContentField("indicators", FieldShape.INDICATORS, max_items=MAX_INDICATORS, needs_review=True),
    ContentField("field_levels", FieldShape.LEVELS, needs_review=True, levels=ALWAYS_PUBLIC),
)


def _kind(choices: type[models.TextChoices]) -> ContentField:
    return ContentField(
        "kind", FieldShape.CHOICE, choices=choices, needs_review=True, levels=ALWAYS_PUBLIC
    )


_NEED = (
    *_HEAD,
    _kind(NeedKind),
    _paragraphs("problem"),
    _paragraphs("goals"),
    ContentField("budget_min", FieldShape.MONEY),
    ContentField("budget_max", FieldShape.MONEY),
    ContentField("due_on", FieldShape.DATE),
    ContentField("ip_stance", FieldShape.CHOICE, choices=IpStance, needs_review=True),
    ContentField("maturity_wanted", FieldShape.MATURITY),
    _paragraphs("solver_conditions"),
    _paragraphs("benchmark"),
    _paragraphs("prospects"),
    *_TAIL,
)
_CAPABILITY = (
    *_HEAD,
    _kind(CapabilityKind),
    ContentField("maturity", FieldShape.MATURITY, needs_review=True),
    _paragraphs("description"),
    _paragraphs("innovation"),
    _paragraphs("applications"),
    _line("ip_status", 200, needs_review=True),
    _line("capacity_now", 200),
    ContentField("price_min", FieldShape.MONEY),
    ContentField("price_max", FieldShape.MONEY),
    ContentField("valid_until", FieldShape.DATE),
    *_TAIL,
)

FIELDS: Mapping[ListingKind, Mapping[str, ContentField]] = {
    ListingKind.NEED: {field.name: field for field in _NEED},
    ListingKind.CAPABILITY: {field.name: field for field in _CAPABILITY},
}

MONEY_PAIRS = {
    ListingKind.NEED: ("budget_min", "budget_max"),
    ListingKind.CAPABILITY: ("price_min", "price_max"),
}
LAST_DAY = {ListingKind.NEED: "due_on", ListingKind.CAPABILITY: "valid_until"}
"""The date after which an entry is expired: derived, never stored."""
MAIN_TEXT = {ListingKind.NEED: "problem", ListingKind.CAPABILITY: "description"}
MATURITY = {ListingKind.NEED: "maturity_wanted", ListingKind.CAPABILITY: "maturity"}


def empty_content(kind: ListingKind) -> Content:
    return {name: blank_of(field) for name, field in FIELDS[kind].items()}


def blank_of(field: ContentField) -> Any:
    """How the unknown is written in a field of this type."""
    match field.shape:
        case FieldShape.TERMS | FieldShape.WORDS | FieldShape.INDICATORS:
            return []
        case FieldShape.LEVELS:
            return {}
        case FieldShape.MONEY | FieldShape.DATE | FieldShape.MATURITY:
            return None
        case _:
            return ""


def level_of(kind: ListingKind, name: str, field_levels: Mapping[str, str]) -> Level:
    """The level of a field. A stored level that is not allowed (any more) never opens a field."""
    field = FIELDS[kind][name]
    if name not in field_levels:
        return field.default_level
    try:
        level = Level(field_levels[name])
    except ValueError:
        return Level.OWN if field.levels != ALWAYS_PUBLIC else Level.PUBLIC
    return level if level in field.levels else field.default_level
