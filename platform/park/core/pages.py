"""Keyset pages: a signed cursor names the last row seen, so a page costs the same at any depth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet

from park.core.errors import DomainError

T = TypeVar("T")
M = TypeVar("M", bound=Model)
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursor of the next ones; None when these are the last."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(purpose: str, *key: datetime | UUID | int) -> str:
    """`purpose` names the list and its order: a cursor serves no other."""
    values = [part if isinstance(part, int) else str(part) for part in key]
    return signing.dumps(values, salt=f"cursor:{purpose}")


def decode_cursor(purpose: str, cursor: str) -> list[Any]:
    """The key as written by `encode_cursor`, as text. Raises invalid_cursor."""
    try:
        return signing.loads(cursor, salt=f"cursor:{purpose}")
    except (signing.BadSignature, UnicodeError) as error:
        raise DomainError("invalid_cursor") from error


def decode_time_cursor(purpose: str, cursor: str) -> tuple[datetime, UUID]:
    at, pk = decode_cursor(purpose, cursor)
    return datetime.fromisoformat(at), UUID(pk)


def newest_first(
    rows: "QuerySet[M, M]", *, by: str, purpose: str, cursor: str | None, limit: int
) -> Page[M]:
    """A page of rows by (`by`, id), both descending. `by` is a time that is never null here."""
    limit = max(1, min(limit, MAX_LIMIT))
    purpose = f"{purpose}:-{by}"
    if cursor:
        at, pk = decode_time_cursor(purpose, cursor)
        # The first condition alone can be answered by an index; the second only settles ties.
        rows = rows.filter(**{f"{by}__lte": at}).filter(Q(**{f"{by}__lt": at}) | Q(pk__lt=pk))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], encode_cursor(purpose, getattr(last, by), last.pk))


def highest_first(
    rows: "QuerySet[M, M]", *, by: str, purpose: str, cursor: str | None, limit: int
) -> Page[M]:
    """A page of rows by one unique column, descending: a number, or an id that grows with time."""
    limit = max(1, min(limit, MAX_LIMIT))
    purpose = f"{purpose}:-{by}"
    if cursor:
        (last,) = decode_cursor(purpose, cursor)
        rows = rows.filter(**{f"{by}__lt": last})
    found = list(rows.order_by(f"-{by}")[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    return Page(found[:limit], encode_cursor(purpose, getattr(found[limit - 1], by)))
