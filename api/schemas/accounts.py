"""Sessions, profiles and API tokens."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import Input, Output, choice
from park.accounts.models import Language, TokenScope


class SessionUser(Output):
    id: UUID
    username: str
    display_name: str
    staff_roles: list[str]
    is_staff: bool
    email: str
    """Blank when none is known."""
    language: str
    """Of mails; blank when not said yet."""
    has_second_factor: bool
    must_set_up_second_factor: bool
    """Nothing but setting it up is possible before."""


class SessionMembership(Output):
    organisation_id: UUID
    organisation_name: str
    organisation_kind: str
    organisation_status: Literal["unverified", "verified", "rejected"]
    role: str


class SessionState(Output):
    user: SessionUser | None
    memberships: list[SessionMembership]
    csrf_token: str
    privacy_version: str
    """Of the notice that signing up agrees to."""
    demo: bool
    """Whether demonstration accounts exist."""


class ProfileChanges(Input):
    display_name: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    language: choice(Language.values) | None = None  # type: ignore[valid-type]


class NewToken(Input):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    scope: choice(TokenScope.values, is_blank_allowed=False) = TokenScope.READ  # type: ignore[valid-type]
    days: Annotated[int, Field(ge=1, le=366)] = 90


class TokenRow(Output):
    id: UUID
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class CreatedToken(TokenRow):
    secret: str
    """Shown this once; only its hash is kept."""


class TokenList(Output):
    items: list[TokenRow]
