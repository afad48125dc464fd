"""What a vector index offers, whoever stores the vectors: search by items, with filters inside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from matching.sources import Side, Viewer
from park.core.levels import Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Role(StrEnum):
    """What a vector stands for. The prompt follows from it (see `matching.passages`)."""

    TITLE = "title"
    WHOLE = "whole"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Row:
    """What the index knows of a vector besides the vector."""

    passage_id: int
    role: Role
    level: Level


@dataclass(frozen=True, slots=True)
class ItemRows:
    """All vectors of one item. Without rows the item is gone."""

    item_id: UUID
    kind: str
    side: Side
    organisation_id: UUID | None = None
    rows: Sequence[Row] = ()
    vectors: "Vectors | None" = None
    """(len(rows), dimension), rows of length 1."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be found. It is applied inside the search, so k results stay k results."""

    viewer: Viewer = field(default_factory=Viewer)
    side: Side | None = None
    kinds: frozenset[str] | None = None
    roles: frozenset[Role] | None = None
    not_organisation_id: UUID | None = None
    item_ids: frozenset[UUID] | None = None


class VectorIndex(Protocol):
    """Vectors of one model. Safe to search from several threads while it changes."""

    @property
    def model_id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def put(self, items: Iterable[ItemRows]) -> None:
        """Replaces all vectors of each item; an item without rows is removed."""
        ...

    def search(self, queries: "Vectors", k: int, only: Filter) -> list[dict[UUID, float]]:
        """For each query the k best items and the score of their best vector, best first."""
        ...

    def vectors_of(
        self, item_ids: Iterable[UUID], only: Filter
    ) -> dict[UUID, dict[Role, "Vectors"]]:
        """The readable vectors of the items, by role, in the order in which they were put."""
        ...
