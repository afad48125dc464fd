"""Organisations, their members, growth and verification."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import Code, Day, Input, OrganisationRef, Output, Version, choice
from market.listings.states import Status
from park.accounts.models import StaffRole
from park.organisations.kinds import (
    AliasSource,
    FactKey,
    MembershipRole,
    OrganisationKind,
)

Line = Annotated[str, Field(max_length=120)]
Reason = Annotated[str, Field(max_length=1000)]
Role = choice(MembershipRole.values, is_blank_allowed=False)
Secret = Annotated[str, Field(min_length=1, max_length=200)]


class OrganisationRow(Output):
    id: UUID
    name: str
    name_en: str
    short_name: str
    kind: str
    chains: list[str]
    region: str
    about: str
    status: Literal["unverified", "verified", "rejected"]
    has_credit_code: bool
    is_example: bool


class OrganisationFilters(Input):
    q: Annotated[str, Field(max_length=120)] = ""
    """Part of a name, present or former."""
    kind: choice(OrganisationKind.values) = ""  # type: ignore[valid-type]
    chain: Code = ""
    region: Code = ""


class TierRow(Output):
    """A verified tier that holds."""

    step: str
    name_zh: str
    name_en: str
    granted_on: date
    expires_on: date | None


class AliasRow(Output):
    id: UUID
    name: str
    source: str
    merged_id: UUID | None


class FieldChange(Output):
    old: Any
    new: Any


class ChangeRow(Output):
    """A change of identity that waits for staff, or the last one they declined."""

    id: UUID
    changes: dict[str, FieldChange]
    status: str
    reason: str
    created_at: datetime


class OrganisationInside(Output):
    """For its members and staff."""

    credit_code: str
    contact_name: str
    contact_phone: str
    contact_email: str
    version: int
    status_reason: str
    change: ChangeRow | None
    aliases: list[AliasRow]


class OrganisationDetail(OrganisationRow):
    former_names: list[str]
    tiers: list[TierRow]
    my_role: str
    """Blank for who is no member."""
    allowed_actions: list[str]
    inside: OrganisationInside | None


class ProfileIn(Input):
    """Every field may be left out; an edit names what changes."""

    name: Line = ""
    kind: choice(OrganisationKind.values) = ""  # type: ignore[valid-type]
    credit_code: Annotated[str, Field(max_length=60)] = ""
    name_en: Annotated[str, Field(max_length=160)] = ""
    short_name: Annotated[str, Field(max_length=40)] = ""
    chains: Annotated[list[Code], Field(max_length=40)] = []
    region: Code = ""
    about: Annotated[str, Field(max_length=5000)] = ""
    contact_name: Annotated[str, Field(max_length=60)] = ""
    contact_phone: Annotated[str, Field(max_length=40)] = ""
    contact_email: Line = ""


class NewOrganisation(Input):
    profile: ProfileIn
    is_another: bool = False
    """None of those with a like name is meant."""


class OrganisationEdit(Input):
    version: Version
    profile: ProfileIn


class ReasonRequest(Input):
    reason: Reason = ""


class NewAlias(Input):
    name: Line
    source: choice([AliasSource.FORMER_NAME, AliasSource.OTHER], is_blank_allowed=False) = (  # type: ignore[valid-type]
        AliasSource.OTHER
    )


class MemberRow(Output):
    user_id: UUID
    display_name: str
    username: str
    role: str
    since: datetime


class MemberList(Output):
    items: list[MemberRow]


class RoleRequest(Input):
    role: Role  # type: ignore[valid-type]


class JoinMessage(Input):
    message: Reason = ""


class JoinRow(Output):
    id: UUID
    organisation: OrganisationRef
    display_name: str
    username: str
    message: str
    status: str
    role: str
    reason: str
    created_at: datetime


class JoinList(Output):
    items: list[JoinRow]


class NewInvitation(Input):
    email: Line
    role: Role  # type: ignore[valid-type]


class InvitationRow(Output):
    id: UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime
    is_expired: bool
    invited_by: str


class InvitationList(Output):
    items: list[InvitationRow]


class SecretRequest(Input):
    secret: Secret


class InvitationView(Output):
    """What who has the link may know of it."""

    organisation: OrganisationRef
    role: str
    email: str
    """Masked."""
    state: Literal["open", "used", "expired", "revoked"]
    expires_at: datetime
    is_for_me: bool
    """Whether the signed-in account has that address, verified."""


class Joined(Output):
    organisation: OrganisationRef
    role: str


class FactRow(Output):
    id: UUID
    key: str
    year: int | None
    value: float | bool | date
    source: str
    entered_by: str
    created_at: datetime
    is_verified: bool
    verified_by: str
    verified_at: datetime | None


class FactSpecRow(Output):
    key: str
    shape: Literal["count", "money", "score", "day", "flag"]
    is_yearly: bool


class FactList(Output):
    items: list[FactRow]
    keys: list[FactSpecRow]
    """What can be put on file, and of what shape."""


class NewFact(Input):
    key: choice(FactKey.values, is_blank_allowed=False)  # type: ignore[valid-type]
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    value: bool | float | date
    source: Annotated[str, Field(max_length=200)]


class UsedFact(Output):
    key: str
    year: int | None
    value: float | bool | date
    is_verified: bool


class ConditionRow(Output):
    id: UUID
    code: str
    text_zh: str
    text_en: str
    source: str
    since_on: date | None
    must_check: bool


class JudgedCondition(ConditionRow):
    """What a condition asks and what is on file. It never says who is eligible."""

    verdict: Literal["met", "not_met", "unknown"]
    used: list[UsedFact]
    missing: list[str]
    computed: float | None
    """A ratio in percent, or an age in months."""


class StepRow(Output):
    code: str
    name_zh: str
    name_en: str
    source: str
    valid_months: int | None


class HeldTierRow(Output):
    id: UUID
    step: str
    granted_on: date
    expires_on: date | None
    certificate_number: str
    evidence_note: str
    is_verified: bool
    verified_by: str
    holds: bool


class LadderRow(Output):
    code: str
    name_zh: str
    name_en: str
    steps: list[StepRow]
    tiers: list[HeldTierRow]
    held_step: str | None
    next_step: str | None
    conditions: list[JudgedCondition]


class Growth(Output):
    today: date
    ladders: list[LadderRow]


class NewTier(Input):
    step: Annotated[str, Field(min_length=1, max_length=40)]
    granted_on: Day
    expires_on: Day | None = None
    certificate_number: Annotated[str, Field(max_length=60)] = ""
    evidence_note: Annotated[str, Field(max_length=300)] = ""


class EditableCondition(ConditionRow):
    step: str
    rule: dict[str, Any]
    is_active: bool


class LadderConditions(Output):
    code: str
    name_zh: str
    name_en: str
    steps: list[StepRow]
    conditions: list[EditableCondition]


class LadderList(Output):
    items: list[LadderConditions]


class ConditionEdit(Input):
    text_zh: Reason = ""
    text_en: Reason = ""
    source: Annotated[str, Field(max_length=200)] = ""
    since_on: Day | None = None
    must_check: bool = False
    rule: dict[str, Any] = {}
    is_active: bool = True


class StationFilters(Input):
    origin: choice(["collected", "open"]) = ""  # type: ignore[valid-type]
    status: choice(Status.values) = ""  # type: ignore[valid-type]
    chain: Code = ""


class StationEntry(Output):
    listing_kind: Literal["need", "capability"]
    id: UUID
    title: str
    organisation: OrganisationRef
    origin: Literal["collected", "open"]
    status: str
    chain: str
    updated_at: datetime


class StationCounts(Output):
    collected: int
    open: int
    by_status: dict[str, int]


class WaitingOrganisation(OrganisationRow):
    credit_code: str
    proposed_by: str
    created_at: datetime
    similar: list[OrganisationRef]
    """Others with the same code or a like name."""


class WaitingChange(ChangeRow):
    organisation: OrganisationRef
    requested_by: str


class DoubleRow(OrganisationRow):
    credit_code: str
    created_at: datetime


class DoubleGroup(Output):
    organisations: list[DoubleRow]


class DoubleList(Output):
    items: list[DoubleGroup]


class MergeRequest(Input):
    source_id: UUID
    target_id: UUID


class MergePreview(Output):
    source: DoubleRow
    target: DoubleRow
    moves: dict[str, int]
    filled: list[str]
    obstacle: str


class StaffRow(Output):
    user_id: UUID
    username: str
    display_name: str
    roles: list[str]
    is_active: bool


class StaffList(Output):
    items: list[StaffRow]


Roles = Annotated[
    list[choice(StaffRole.values, is_blank_allowed=False)],  # type: ignore[valid-type]
    Field(max_length=len(StaffRole)),
]


class StaffRoles(Input):
    roles: Roles


class NewStaff(Input):
    login: Annotated[str, Field(min_length=1, max_length=150)]
    """A user name, or an e-mail address that only one account has."""
    roles: Roles
