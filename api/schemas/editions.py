"""Collection rounds, numbered editions and their comparison."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import Code, Input, Moment, Note, Output, Version, choice
from api.schemas.listings import CapabilityContent, IndicatorOut, ListingOrganisation, NeedContent
from market.editions.comparison import Verdict
from market.editions.models import EditionFile
from market.editions.services.freezing import MOST_ENTRIES
from market.editions.states import EditionStatus, RoundStatus

ListKind = Literal["need", "capability"]
Form = choice(EditionFile.Form.values, is_blank_allowed=False)
Codes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=60)]
RoundTitle = Annotated[str, Field(max_length=120)]
Notice = Annotated[str, Field(max_length=5000)]
Title = Annotated[str, Field(max_length=80)]


class RoundContentIn(Input):
    title: RoundTitle = ""
    notice: Notice = ""
    kinds: Codes = []
    """Of the list; any when empty, as for chains and key areas."""
    chains: Codes = []
    key_areas: Codes = []
    opens_at: Moment | None = None
    deadline: Moment | None = None


class NewRound(Input):
    list_kind: ListKind
    content: RoundContentIn


class RoundEdit(Input):
    version: Version
    content: RoundContentIn


class RoundFilters(Input):
    status: choice(RoundStatus.values) = ""  # type: ignore[valid-type]
    list_kind: choice(["need", "capability"]) = ""  # type: ignore[valid-type]


class Round(Output):
    id: UUID
    list_kind: ListKind
    status: str
    version: int
    title: str
    notice: str
    kinds: list[str]
    chains: list[str]
    key_areas: list[str]
    opens_at: datetime
    deadline: datetime
    closed_at: datetime | None
    is_collecting: bool
    """Open, begun, and before its deadline: what is handed in now counts to it."""
    is_example: bool
    reminders: list[str]
    """What staff should look at; empty for others."""
    counts: dict[str, int] | None
    """How many entries count to it, by their state; for staff, not in lists."""
    edition_id: UUID | None
    """The edition made of it; for staff."""
    allowed_actions: list[str]


class RoundEntry(Output):
    id: UUID
    title: str
    organisation: ListingOrganisation
    status: str
    submitted_at: datetime | None
    how: Literal["period", "chosen", "left_out"]


class RoundChoiceIn(Input):
    is_included: bool


class NewEdition(Input):
    """Of a closed round, or of all that is published of a list."""

    round_id: UUID | None = None
    list_kind: ListKind | None = None
    title: Title = ""
    note: Note = ""


class EditionContentIn(Input):
    title: Title = ""
    note: Note = ""


class EditionEdit(Input):
    version: Version
    content: EditionContentIn


class VersionSeen(Input):
    version: Version
    """The one that the reader saw: nobody issues what somebody else just changed."""


class Arrangement(Input):
    version: Version
    entry_ids: Annotated[list[UUID], Field(max_length=MOST_ENTRIES)]
    """In their order; entries that are not named are left out."""


class WithdrawalRequest(Input):
    reason: Note


class EditionFilters(Input):
    status: choice(EditionStatus.values) = ""  # type: ignore[valid-type]
    list_kind: choice(["need", "capability"]) = ""  # type: ignore[valid-type]


class EditionFileRow(Output):
    form: Literal["pdf", "xlsx"]
    status: Literal["waiting", "working", "ready", "failed"]
    progress: int
    """Percent."""
    size: int
    digest: str
    """SHA-256, hexadecimal; blank until it is ready."""


class EditionRef(Output):
    id: UUID
    number: int | None
    heading: str
    list_kind: ListKind
    status: str
    issued_at: datetime | None
    frozen_at: datetime


class RoundRef(Output):
    id: UUID
    title: str


class Edition(EditionRef):
    title: str
    note: str
    version: int
    round: RoundRef | None
    withdrawn_at: datetime | None
    withdrawal_reason: str
    is_readable: bool
    """False for one that was taken back, except for staff."""
    is_example: bool
    entry_count: int
    left_out_count: int
    files: list[EditionFileRow]
    outdated: list[UUID]
    """Entries of a draft that must be refreshed or left out before it is issued."""
    allowed_actions: list[str]


class EditionEntry(Output):
    id: UUID
    position: int | None
    listing_id: UUID
    revision_number: int
    organisation_name: str
    published_at: datetime | None
    content: NeedContent | CapabilityContent
    """As it was public when the edition was frozen; null where it was not."""


class EntryQuery(Input):
    left_out: bool = False
    """What staff left out of a draft, instead of what is in it."""


class ComparisonQuery(Input):
    other_id: UUID
    verdict: choice([verdict.value for verdict in Verdict]) = ""  # type: ignore[valid-type]
    q: Annotated[str, Field(max_length=100)] = ""
    """A part of the title or of the organisation's name."""


class EntryFieldChange(Output):
    field: str
    old: Any
    new: Any


class LineChange(Output):
    verdict: Literal["added", "removed", "changed", "unchanged"]
    old: IndicatorOut | None
    new: IndicatorOut | None


class Outcome(Output):
    code: Literal["ongoing", "expired", "in_review", "closed", "gone"]
    reason: str
    """Why it was closed; a code of `closing_reasons`."""
    counts: dict[str, int]
    """intent, contract, paid, accepted: each counted for itself, and only where it is counted."""


class ComparedEntry(Output):
    verdict: Literal["new", "changed", "unchanged", "closed", "left"]
    listing_id: UUID
    title: str
    organisation_name: str
    chain: Code
    old_position: int | None
    new_position: int | None
    fields: list[EntryFieldChange]
    lines: list[LineChange]
    """All indicators, when one of them differs."""
    outcome: Outcome


class Comparison(Output):
    older: EditionRef
    newer: EditionRef
    counts: dict[str, int]
    """Of all entries, by verdict, whatever is filtered."""
    items: list[ComparedEntry]
