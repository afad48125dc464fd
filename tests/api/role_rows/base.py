"""What a row says, and the pieces that rows of several areas are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api.world import World

SIGN_IN = "401 not_authenticated"
FORBIDDEN = "403 not_allowed"
ABSENT = "404 not_found"


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
    staff: str
    path: Callable[[World], dict[str, Any]] = lambda world: {}
    """Makes what the operation is about and names it for the path."""
    body: Callable[[World], Any] = lambda world: None
    query: dict[str, str] = field(default_factory=dict)


def everybody(status: str = "200", **more: Any) -> Row:
    return Row(status, status, status, status, **more)


def in_name_of_firm(content: Callable[[], dict[str, Any]]) -> Callable[[World], Any]:
    return lambda world: {"organisation_id": str(world.firm.pk), "content": content()}


def constant(body: Any) -> Callable[[World], Any]:
    return lambda world: body
