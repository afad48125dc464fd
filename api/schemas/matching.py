"""Suggestions with their reasons, and search results."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field

from api.schemas.base import Amount, Code, Input, Maturity, OrganisationRef, Output, choice

FeedbackReasonCode = Literal[
    "fits",
    "in_contact",
    "worth_knowing",
    "other_matter",
    "indicators_short",
    "not_mature",
    "too_dear",
    "too_far",
    "unavailable",
    "known_already",
    "other",
]
FEEDBACK_REASONS = get_args(FeedbackReasonCode)
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


class PlacedSpan(Span):
    """With the words around it in its field; both are empty when the text has changed since."""

    before: str
    after: str


class Agreement(Output):
    """A sentence of this entry and the sentence of the other one that agrees with it."""

    own: PlacedSpan
    other: PlacedSpan
    strength: float


class IndicatorValue(Output):
    """As the side wrote it, in its own unit."""

    sign: Literal["ge", "gt", "le", "lt", "about", ""]
    text: str
    change: Literal["up", "down", ""]
    """What is meant is a change of this direction by, or to, the value."""


class IndicatorSide(PlacedSpan):
    value: IndicatorValue | None


class Question(Output):
    """One sentence to the offering side, ready to send."""

    zh: str
    en: str


class IndicatorVerdict(Output):
    """A line of the matrix: what the need asks, and the best claim of the offer."""

    name: str
    verdict: Literal["met", "not_met", "partly", "unknown"]
    must: bool
    own: IndicatorSide | None
    other: IndicatorSide | None
    question: Question | None
    """Set where the verdict is unknown."""


class OneQuestion(Question):
    """The question whose answer would decide most. None when a must is violated."""

    indicator: int
    """Its line in `indicators`."""
    to: Literal["own", "other"]
    """Whose entry it asks about."""
    band_if_met: Literal["strong", "good", "possible", ""]
    open_musts: int
    """Musts that would stay unknown: 0 when this answer settles them."""


class BandOutcome(Output):
    """Of so many introductions in this band, so many were signed."""

    introductions: int
    signed: int


class Feedback(Output):
    is_useful: bool
    reason: FeedbackReasonCode
    note: str
    given_at: datetime


class FeedbackInput(Input):
    is_useful: bool
    reason: choice(FEEDBACK_REASONS, is_blank_allowed=False)  # type: ignore[valid-type]
    """Why; it has to go with `is_useful`."""
    note: Annotated[str, Field(max_length=500)] = ""


class Suggestion(Output):
    id: UUID
    band: Literal["strong", "good", "possible"]
    other: SuggestedEntry
    reasons: list[Reason]
    agreeing: list[Agreement]
    indicators: list[IndicatorVerdict]
    """Violated musts first."""
    question: OneQuestion | None
    outcome: BandOutcome | None
    """Only from 30 introductions in the band on."""
    may_judge: bool
    """Whether this reader may say if it is useful: editors of either side, brokers, moderators."""
    feedback: Feedback | None
    """The reader's own."""
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
