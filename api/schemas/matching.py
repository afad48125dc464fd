"""Suggestions with their reasons, and search results."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field

from api.schemas.base import Amount, Code, Input, Maturity, OrganisationRef, Output, choice

EntryKind = Literal["need", "capability", "instrument", "person"]
KINDS = get_args(EntryKind)


class Span(Output):
    """A sentence of a field; `start` and `end` say where it stands in the field's text.

    In a field with several lines, such as indicators, `ordinal` says in which.
    """

    field: str
    ordinal: int
    text: str
    start: int
    end: int


class SuggestedEntry(Output):
    kind: EntryKind
    id: UUID
    title: str
    summary: str | None
    organisation: OrganisationRef | None
    is_example: bool


class Reason(Output):
    code: str
    data: dict[str, Any]


class Agreement(Output):
    """A sentence of this entry and the sentence of the other one that agrees with it."""

    own: Span
    other: Span
    strength: float


class IndicatorVerdict(Output):
    name: str
    verdict: Literal["met", "not_met", "partly", "unknown"]
    must: bool
    own_text: str
    other_text: str


class Suggestion(Output):
    id: UUID
    band: Literal["strong", "good", "possible"]
    other: SuggestedEntry
    reasons: list[Reason]
    agreeing: list[Agreement]
    indicators: list[IndicatorVerdict]
    computed_at: datetime


class SuggestionPage(Output):
    status: Literal["ready", "computing", "none_yet"]
    items: list[Suggestion]
    next_cursor: str | None


class SearchHit(Output):
    kind: EntryKind
    id: UUID
    title: str
    summary: str | None
    organisation: OrganisationRef | None
    chain: str
    region: str
    is_example: bool
    agreeing: Span | None


class SearchAnswer(Output):
    mode: Literal["meaning", "words"]
    """`words` when no worker answered in time and PostgreSQL's full text did instead."""
    items: list[SearchHit]
    took_ms: float


class SearchQuery(Input):
    q: Annotated[str, Field(min_length=1, max_length=500)]
    kind: Annotated[list[choice(KINDS, is_blank_allowed=False)], Field(max_length=4)] = []  # type: ignore[misc]
    """Any of these; all kinds when left out."""
    chain: Code = ""
    region: Code = ""
    key_area: Code = ""
    budget_max: Amount | None = None
    maturity_min: Maturity | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20
