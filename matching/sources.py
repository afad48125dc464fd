"""What matching knows of a noun: how to load its entries as items with passages.

Each noun registers one source a kind in `AppConfig.ready`; matching never imports a noun.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from park.core.levels import Level
from park.quantities import Quantity


class Side(StrEnum):
    NEED = "need"
    OFFER = "offer"

    @property
    def other(self) -> "Side":
        return Side.OFFER if self is Side.NEED else Side.NEED


@dataclass(frozen=True, slots=True)
class Passage:
    """The whole text of one field, or one line of a list. Matching cuts long ones itself.

    `field` is a stable name that the front end can label: title, problem, goals, indicator,
    description, skill… `ordinal` counts within the field.
    """

    field: str
    level: Level
    text: str
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator, as entered in a form or as read from a text; `must` is False for a
    nice-to-have.

    A noun gives those of its forms, without the last four fields; `matching.text_indicators` adds
    what the passages say. `comparator` is one of ge, le, gt, lt, eq, range, about, or "" when only
    text is known. Also give it as a passage of the field `indicator` with the same `ordinal`, so
    that words and meaning find it; `text` is the line as a person would read it
    ("纯度 ≥ 99.9999 %").
    """

    name: str
    text: str
    level: Level
    ordinal: int = 0
    comparator: str = ""
    value: Decimal | None = None
    value_max: Decimal | None = None
    unit: str = ""
    must: bool = True
    field: str = "indicator"
    """The passage's: `text` stands there from `start` to `end`, in characters."""
    start: int = 0
    end: int = 0
    quantity: Quantity | None = None
    """In base units, read once on saving; None when the line has no number, or more than one."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What filters and facts about an item need. None and empty mean unknown, never a default."""

    sub_kind: str = ""
    """The noun's own kind: scenario, technology… for needs; product, service… for capabilities."""
    chains: tuple[str, ...] = ()
    key_areas: tuple[str, ...] = ()
    region: str = ""
    budget_min: Decimal | None = None
    """In yuan: what a need can spend, or what an offer asks."""
    budget_max: Decimal | None = None
    maturity: int | None = None
    """TRL 1–9: what a need asks at least, or what an offer has."""
    expires_on: date | None = None
    """The last day on which the item may be suggested."""


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One entry of a noun as matching sees it: the published revision, nothing else."""

    kind: str
    side: Side
    object_id: UUID
    title: str
    updated_at: datetime
    organisation_id: UUID | None = None
    is_searchable: bool = True
    """False for what is not (or no longer) published: it leaves the index and all suggestions."""
    passages: Sequence[Passage] = ()
    indicators: Sequence[IndicatorLine] = ()
    facets: Facets = field(default_factory=Facets)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose eyes a search has: own organisations see all levels of their own, staff see all."""

    organisation_ids: frozenset[UUID] = frozenset()
    sees_all: bool = False

    def may_read(self, level: Level, organisation_id: UUID | None) -> bool:
        return (
            level is Level.PUBLIC
            or self.sees_all
            or (organisation_id is not None and organisation_id in self.organisation_ids)
        )


VISITOR = Viewer()


class Source(Protocol):
    """The door between a noun and matching."""

    @property
    def kind(self) -> str:
        """need, capability, instrument, person…"""
        ...

    @property
    def side(self) -> Side: ...

    def load(self, object_ids: Iterable[UUID]) -> list[SourceItem]:
        """The entries as published now; unpublished ones absent or `is_searchable=False`."""
        ...

    def all_ids(self) -> Iterable[UUID]:
        """Every entry that is searchable now, for a rebuild."""
        ...


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Makes a kind matchable. The same kind twice is a mistake in the wiring."""
    known = _sources.get(source.kind)
    if known is not None and type(known) is not type(source):
        raise ValueError(f"two sources for the kind {source.kind!r}")
    _sources[source.kind] = source


def get_source(kind: str) -> Source:
    """Raises KeyError for an unknown kind: kinds come from code, never from a user."""
    return _sources[kind]


def all_sources() -> Mapping[str, Source]:
    return dict(_sources)
