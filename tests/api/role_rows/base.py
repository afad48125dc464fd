"""What a row says, the pieces that rows of several areas are made of, and what follows from a row.

A row names four roles; `expected` tells what the other ten get. Nothing is taken on trust: the test
asks in every role, so a rule that does not hold for an operation fails until its row says so.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from park.accounts.models import StaffRole
from tests.api.world import World

SIGN_IN = "401 not_authenticated"
FORBIDDEN = "403 not_allowed"
ABSENT = "404 not_found"

STAFF = tuple(role.value for role in StaffRole)
"""Each with the one staff role; `administrator` is the row's `staff`."""
TOKENS = ("member_read_token", "member_write_token", "staff_read_token", "staff_write_token")
ROLES = ("visitor", "stranger", "viewer", "member", "owner", *STAFF, *TOKENS)

REVIEWERS = frozenset({StaffRole.MODERATOR})
EQUIPMENT_OFFICERS = frozenset({StaffRole.EQUIPMENT_OFFICER})
TALENT_OFFICERS = frozenset({StaffRole.TALENT_OFFICER})
BROKERS = frozenset({StaffRole.BROKER})
READERS = REVIEWERS | BROKERS
"""Who see what firms handed in."""
IMPORTERS = REVIEWERS | EQUIPMENT_OFFICERS


@dataclass(frozen=True)
class Upload:
    """A body that is a form with files; `query` goes into the address."""

    files: dict[str, tuple[str, bytes]]
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What each role gets for one operation on something of the member's firm."""

    visitor: str
    stranger: str
    member: str
    """An editor of the firm."""
    staff: str
    """An administrator."""
    path: Callable[[World], dict[str, Any]] = lambda world: {}
    """Makes what the operation is about and names it for the path."""
    body: Callable[[World], Any] = lambda world: None
    query: dict[str, str] | Callable[[World], dict[str, str]] = field(default_factory=dict)
    viewer: str | None = None
    owner: str | None = None
    only_for: Collection[str] | None = None
    """The staff roles that get what an administrator gets. Unset: all where something is read, or
    where even a stranger may; else none, so that a row lets a role in and never a default."""
    other_staff: str | Mapping[str, str] = FORBIDDEN
    """What the other staff get, or each of them."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    auth: frozenset[str]
    """The names of the ways to sign in that its description lists; empty: it asks for none."""

    @property
    def is_read(self) -> bool:
        return self.method == "get"


def expected(row: Row, role: str, operation: Operation) -> str:
    """The answer that follows for a role from what the row says."""
    match role:
        case "visitor" | "stranger" | "member":
            return getattr(row, role)
        case "owner":
            return row.owner or row.member
        case "viewer":
            return row.viewer or _as_viewer(row, operation)
        case StaffRole.ADMINISTRATOR:
            return row.staff
        case _ if role in STAFF:
            return _as_staff(row, role, operation)
        case _:
            who, scope, _ = role.split("_")
            return _with_token(row, getattr(row, who), scope, operation)


def _as_viewer(row: Row, operation: Operation) -> str:
    """Viewers read what the firm's editors read, and write nothing in the firm's name."""
    is_firms_own = _succeeds(row.member) and not _succeeds(row.stranger)
    return FORBIDDEN if is_firms_own and not operation.is_read else row.member


def _as_staff(row: Row, role: str, operation: Operation) -> str:
    if row.only_for is not None:
        is_meant = role in row.only_for
    else:
        is_meant = operation.is_read or not _succeeds(row.staff) or _succeeds(row.stranger)
    if is_meant:
        return row.staff
    return row.other_staff if isinstance(row.other_staff, str) else row.other_staff[role]


def _succeeds(answer: str) -> bool:
    return answer.startswith("2")


def _with_token(row: Row, in_session: str, scope: str, operation: Operation) -> str:
    """A token does what its owner does, a read token only where nothing is written."""
    if not operation.auth:
        return row.visitor
    if "Token" not in operation.auth:
        return SIGN_IN
    return FORBIDDEN if scope == "read" and not operation.is_read else in_session


def query_of(row: Row, world: World) -> dict[str, str]:
    return row.query(world) if callable(row.query) else row.query


def everybody(status: str = "200", **more: Any) -> Row:
    return Row(status, status, status, status, **more)


def in_name_of_firm(content: Callable[[], dict[str, Any]]) -> Callable[[World], Any]:
    return lambda world: {"organisation_id": str(world.firm.pk), "content": content()}


def constant(body: Any) -> Callable[[World], Any]:
    return lambda world: body
