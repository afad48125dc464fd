"""Keeps an index in step with PostgreSQL, which has every vector and says what changed."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import structlog
from django.db import connection

from matching.index.cursor import Cursor, changes_since, own_transaction
from matching.index.protocol import ItemRows, Role, Row, VectorIndex
from matching.models import Item
from matching.sources import Side
from park.core.levels import Level

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

log = structlog.get_logger(__name__)

LOAD_CHUNK = 500
Progress = Callable[[int, int], None]


class FollowedIndex(VectorIndex, Protocol):
    """An index that remembers up to where it has read."""

    cursor: Cursor

    def following(self) -> AbstractContextManager[bool]:
        """Held while changes are read in; False when another process is at it for all."""
        ...


class FromTheFuture(Exception):
    """The index knows of transactions that this database has not had: it followed another one."""


class Follower:
    """Reads changes into one index. One thread at a time (see `matching.serving`)."""

    def __init__(self, index: FollowedIndex, unsettled: Iterable[UUID] = ()) -> None:
        self.index = index
        self._provisional: dict[UUID, int] = dict.fromkeys(unsettled, 0)
        """Items as a transaction sees them that may yet be undone, and its number."""

    @property
    def unsettled(self) -> list[UUID]:
        """What is to be read again by whoever opens a copy of the index."""
        return list(self._provisional)

    def sync(self, progress: Progress | None = None) -> None:
        with self.index.following() as is_ours:
            if not is_ours:
                return
            changes = changes_since(self.index.cursor)
            if changes.cursor.end < self.index.cursor.end:
                raise FromTheFuture
            own = {one: stamp for one, stamp in changes.items.items() if stamp == changes.own}
            ended = [
                one for one, number in self._provisional.items() if changes.cursor.covers(number)
            ]
            # What this very transaction wrote is given each time and read once.
            todo = {
                one: True
                for one, stamp in changes.items.items()
                if one not in own or self._provisional.get(one) != stamp
            } | dict.fromkeys(ended, True)
            # Noted before: a copy that is written meanwhile has to know.
            self._provisional |= own
            self._read(list(todo), progress)
            for one in ended:
                del self._provisional[one]
            self.index.cursor = changes.cursor

    def reload(self, item_ids: Sequence[UUID]) -> None:
        """Reads items as this transaction sees them, and again when it has ended."""
        number = own_transaction()
        if number is not None:
            self._provisional |= dict.fromkeys(item_ids, number)
        self._read(item_ids, None)

    def _read(self, item_ids: Sequence[UUID], progress: Progress | None) -> None:
        for start in range(0, len(item_ids), LOAD_CHUNK):
            chunk = item_ids[start : start + LOAD_CHUNK]
            self.index.put(load_rows(chunk, self.index.model_id, self.index.dimension))
            if progress is not None:
                progress(start + len(chunk), len(item_ids))


def load_rows(item_ids: Sequence[UUID], model_id: str, dimension: int) -> list[ItemRows]:
    """The vectors of items as the database has them. What is unsearchable, or is not there (any
    more), comes without rows; a vector that cannot be one of the model is left out."""
    import numpy as np

    items = {item.pk: item for item in Item.objects.filter(pk__in=item_ids)}
    searchable = [one for one, item in items.items() if item.is_searchable]
    rows: dict[UUID, list[Row]] = {}
    vectors: dict[UUID, list[NDArray[float32]]] = {}
    with connection.cursor() as query:
        query.execute(
            """
            SELECT p.item_id, p.id, p.role, p.level, e.vector
            FROM matching_passage p
            JOIN matching_embedding e ON e.text_hash = p.text_hash AND e.model_id = %s
            WHERE p.item_id = ANY(%s)
            ORDER BY p.item_id, p.ordinal
            """,
            [model_id, searchable],
        )
        for item_id, passage_id, role, level, content in query.fetchall():
            vector = np.frombuffer(content, "<f4") if len(content) == 4 * dimension else None
            if vector is None or not np.isfinite(vector).all():
                # One bad row must not keep everything else from being found.
                log.warning("index.vector_left_out", passage_id=passage_id, model_id=model_id)
                continue
            rows.setdefault(item_id, []).append(Row(passage_id, Role(role), Level(level)))
            vectors.setdefault(item_id, []).append(vector)
    return [
        ItemRows(
            one,
            items[one].kind if one in items else "",
            Side(items[one].side) if one in items else Side.OFFER,
            items[one].organisation_id if one in items else None,
            rows.get(one, []),
            np.stack(vectors[one]) if one in vectors else None,
        )
        for one in item_ids
    ]
