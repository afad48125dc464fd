"""What belongs to organisations on any floor, so that a merge can move it.

Each app registers what it holds when it starts; this module knows none of their tables.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of one table that point at an organisation by one column."""

    name: str
    """A code for previews and the audit trail, such as `needs`."""
    model: type[models.Model]
    column: str
    moved: Callable[[Sequence[Any]], None] = lambda ids: None
    """Told which rows moved, inside the transaction."""

    def count(self, organisation_id: UUID) -> int:
        return self._rows(organisation_id).count()

    def move(self, source_id: UUID, target_id: UUID) -> int:
        ids = list(self._rows(source_id).values_list("pk", flat=True))
        self._all().filter(pk__in=ids).update(**{f"{self.column}_id": target_id})
        self.moved(ids)
        return len(ids)

    def _rows(self, organisation_id: UUID) -> "models.QuerySet[Any]":
        return self._all().filter(**{f"{self.column}_id": organisation_id})

    def _all(self) -> "models.QuerySet[Any]":
        """Past every default filter: a merge leaves nothing behind."""
        return self.model._base_manager.all()  # noqa: SLF001 - Django's documented name for it


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    _holdings[holding.name] = holding


def all_holdings() -> list[Holding]:
    return list(_holdings.values())
