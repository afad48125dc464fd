"""Sessions and API tokens."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Input, Output, choice
from park.accounts.models import TokenScope


class Credentials(Input):
    username: Annotated[str, Field(min_length=1, max_length=150)]
    # White space belongs to a password.
    password: Annotated[
        str, StringConstraints(min_length=1, max_length=256, strip_whitespace=False)
    ]


class SessionUser(Output):
    id: UUID
    username: str
    display_name: str
    staff_roles: list[str]
    is_staff: bool


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
    demo: bool
    """Whether demonstration accounts exist."""


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
