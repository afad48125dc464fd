"""What files may be for: limits of each purpose, and whose word counts. Nouns register theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from park.accounts.actors import Actor
from park.core.errors import NotFound
from park.files.media import Media
from park.files.models import FileVisibility


@dataclass(frozen=True, slots=True)
class FileOwner:
    """What an actor is to the object that files belong to."""

    organisation_id: UUID | None
    sees_private: bool
    """Of the object's organisation, or staff."""
    can_write: bool
    """May add and remove files right now: allowed by policy and by state."""


@dataclass(frozen=True, slots=True)
class FilePurpose:
    code: str
    object_kind: str
    """As the audit trail calls the object."""
    media: frozenset[Media]
    max_bytes: int
    max_count: int
    visibilities: tuple[FileVisibility, ...]
    """The first is what a file gets when nobody says otherwise."""
    find_owner: Callable[[Actor, UUID], FileOwner]
    """Raises NotFound for an object that the actor may not see."""
    check_write: Callable[[Actor, UUID], FileOwner]
    """Locks the object, inside a transaction. Raises not_found, not_allowed, wrong_state."""


_purposes: dict[str, FilePurpose] = {}


def register(purpose: FilePurpose) -> None:
    _purposes[purpose.code] = purpose


def get_purpose(code: str) -> FilePurpose:
    """Raises NotFound."""
    found = _purposes.get(code)
    if found is None:
        raise NotFound("file_purpose")
    return found


def all_purposes() -> dict[str, FilePurpose]:
    return dict(_purposes)
