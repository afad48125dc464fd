"""Needs and capabilities. In output a null field is unknown or, when named in `hidden_fields`,
not for this reader."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from api.schemas.base import (
    Amount,
    Code,
    Day,
    Input,
    Maturity,
    Note,
    OrganisationRef,
    Output,
    Version,
    choice,
)
from market.listings.content import MAX_INDICATORS, TEXT_LIMIT
from market.listings.kinds import CapabilityKind, Comparator, IpStance, NeedKind
from market.listings.states import Status
from park.core.levels import Level

Content = TypeVar("Content")
Title = Annotated[str, Field(max_length=120)]
LongText = Annotated[str, Field(max_length=TEXT_LIMIT)]
Short = Annotated[str, Field(max_length=200)]
Name = Annotated[str, Field(max_length=60)]
Phone = Annotated[str, Field(max_length=40)]
Email = Annotated[str, Field(max_length=120)]
Codes = Annotated[list[Code], Field(max_length=20)]
Keywords = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=20)]
LevelName = choice([level.value for level in Level], is_blank_allowed=False)
FieldLevels = Annotated[dict[Annotated[str, Field(max_length=40)], LevelName], Field(max_length=40)]


class IndicatorIn(Input):
    """One line of what is asked or claimed. A limit without a value is only text."""

    name: Annotated[str, Field(max_length=80)]
    comparator: choice(Comparator.values, is_blank_allowed=False) = Comparator.TEXT  # type: ignore[valid-type]
    value: float | None = None
    value_max: float | None = None
    unit: Annotated[str, Field(max_length=40)] = ""
    is_must: bool = True
    text: Annotated[str, Field(max_length=500)] = ""
    evidence: Annotated[str, Field(max_length=500)] = ""


Indicators = Annotated[list[IndicatorIn], Field(max_length=MAX_INDICATORS)]


class ListingContentIn(Input):
    """Every field may be left out: a draft is saved as one types, an edit names what changes."""

    title: Title = ""
    chain: Code = ""
    key_areas: Codes = []
    region: Code = ""
    keywords: Keywords = []
    contact_name: Name = ""
    contact_phone: Phone = ""
    contact_email: Email = ""
    indicators: Indicators = []
    field_levels: FieldLevels = {}


class NeedContentIn(ListingContentIn):
    kind: choice(NeedKind.values) = ""  # type: ignore[valid-type]
    problem: LongText = ""
    goals: LongText = ""
    budget_min: Amount | None = None
    budget_max: Amount | None = None
    due_on: Day | None = None
    ip_stance: choice(IpStance.values) = ""  # type: ignore[valid-type]
    maturity_wanted: Maturity | None = None
    solver_conditions: LongText = ""
    benchmark: LongText = ""
    prospects: LongText = ""


class CapabilityContentIn(ListingContentIn):
    kind: choice(CapabilityKind.values) = ""  # type: ignore[valid-type]
    maturity: Maturity | None = None
    description: LongText = ""
    innovation: LongText = ""
    applications: LongText = ""
    ip_status: Short = ""
    capacity_now: Short = ""
    price_min: Amount | None = None
    price_max: Amount | None = None
    valid_until: Day | None = None


class NewNeed(Input):
    organisation_id: UUID
    station_id: UUID | None = None
    """The station or platform that collects it in the firm's name."""
    content: NeedContentIn


class NeedEdit(Input):
    version: Version
    content: NeedContentIn


class NewCapability(Input):
    organisation_id: UUID
    station_id: UUID | None = None
    content: CapabilityContentIn


class CapabilityEdit(Input):
    version: Version
    content: CapabilityContentIn


class FieldAdvice(Input):
    field: Annotated[str, Field(min_length=1, max_length=40)]
    advice: Annotated[str, Field(min_length=1, max_length=500)]


class ReturnRequest(Input):
    edits: Annotated[list[FieldAdvice], Field(max_length=40)] = []
    note: Note = ""


class NoteRequest(Input):
    note: Note = ""


class ClosureRequest(Input):
    reason: Annotated[str, Field(min_length=1, max_length=30)]
    note: Note = ""


class IndicatorOut(Output):
    name: str
    comparator: str
    value: float | None
    value_max: float | None
    unit: str
    is_must: bool
    text: str
    evidence: str


class ListingContent(Output):
    title: str | None
    kind: str | None
    chain: str | None
    key_areas: list[str] | None
    region: str | None
    keywords: list[str] | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    indicators: list[IndicatorOut] | None


class NeedContent(ListingContent):
    problem: str | None
    goals: str | None
    budget_min: float | None
    budget_max: float | None
    due_on: date | None
    ip_stance: str | None
    maturity_wanted: int | None
    solver_conditions: str | None
    benchmark: str | None
    prospects: str | None


class CapabilityContent(ListingContent):
    maturity: int | None
    description: str | None
    innovation: str | None
    applications: str | None
    ip_status: str | None
    capacity_now: str | None
    price_min: float | None
    price_max: float | None
    valid_until: date | None


class ListingOrganisation(OrganisationRef):
    kind: str


class PendingRevision(Output, Generic[Content]):
    """A change that waits for staff. An edit of the entry starts from its `content`."""

    number: int
    created_at: datetime
    changes: dict[str, Any]
    content: Content


class ReturnEdit(Output):
    field: str
    advice: str


class Listing(Output):
    id: UUID
    organisation: ListingOrganisation
    station: OrganisationRef | None
    """Who collected it; for its firm, that station and staff."""
    status: str
    is_expired: bool
    version: int
    is_incomplete: bool
    missing: list[str]
    hidden_fields: list[str]
    field_levels: dict[str, str]
    """Departures from the fields' own levels. Only the owner and staff get these, the return
    edits, the pending revision and the closing note."""
    return_edits: list[ReturnEdit]
    closing_note: str
    submitted_at: datetime | None
    published_at: datetime | None
    closed_at: datetime | None
    closing_reason: str
    updated_at: datetime
    is_example: bool
    source_note: str
    allowed_actions: list[str]


class Need(Listing):
    listing_kind: Literal["need"]
    content: NeedContent
    pending_revision: PendingRevision[NeedContent] | None


class Capability(Listing):
    listing_kind: Literal["capability"]
    content: CapabilityContent
    pending_revision: PendingRevision[CapabilityContent] | None


class ListingCard(Output):
    """A line of a list. A null is unknown or not for this reader."""

    id: UUID
    title: str
    kind: str
    chain: str
    key_areas: list[str] | None
    region: str | None
    organisation: OrganisationRef
    summary: str | None
    """The first 120 characters of the main text."""
    maturity: int | None
    status: str
    is_expired: bool
    is_example: bool
    published_at: datetime | None
    updated_at: datetime


# Both lists come from the same query, which calls money and last day by neutral names.
MoneyMin = Annotated[float | None, Field(validation_alias="money_min")]
MoneyMax = Annotated[float | None, Field(validation_alias="money_max")]
LastDay = Annotated[date | None, Field(validation_alias="last_day")]


class NeedCard(ListingCard):
    listing_kind: Literal["need"]
    budget_min: MoneyMin
    budget_max: MoneyMax
    due_on: LastDay


class CapabilityCard(ListingCard):
    listing_kind: Literal["capability"]
    price_min: MoneyMin
    price_max: MoneyMax
    valid_until: LastDay


class RevisionRow(Output):
    number: int
    status: str
    changes: dict[str, Any]
    author_name: str
    created_at: datetime
    reviewed_at: datetime | None
    review_note: str


class HistoryRow(Output):
    at: datetime
    actor_name: str
    action: str
    changes: dict[str, Any]
    note: str


class ReviewRow(Output):
    listing_kind: Literal["need", "capability"]
    id: UUID
    title: str
    organisation: OrganisationRef
    reason: Literal["submitted", "revision", "correction"]
    waiting_since: datetime
    revision_number: int | None


class ListingFilters(Input):
    q: Annotated[str, Field(max_length=100)] = ""
    """A part of the title; `/search` finds by meaning."""
    chain: Code = ""
    key_area: Code = ""
    region: Code = ""
    organisation_id: UUID | None = None
    mine: bool = False
    """Only the entries of one's own organisations, in any state."""
    status: choice(Status.values) = ""  # type: ignore[valid-type]
    """With `mine`, or for staff."""
    maturity: Maturity | None = None
    """At least this level."""


class NeedFilters(ListingFilters):
    kind: choice(NeedKind.values) = ""  # type: ignore[valid-type]
    budget_min: Amount | None = None
    budget_max: Amount | None = None


class CapabilityFilters(ListingFilters):
    kind: choice(CapabilityKind.values) = ""  # type: ignore[valid-type]
    price_min: Annotated[Amount | None, Field(serialization_alias="budget_min")] = None
    price_max: Annotated[Amount | None, Field(serialization_alias="budget_max")] = None
