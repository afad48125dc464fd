"""Search by FAISS in one process: a read-only mapped base, a delta in memory, and tombstones.

A mapped base is never written to: changes live in memory until `save` writes a new base aside and
puts it in place. Losing the file loses nothing: PostgreSQL has it all.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from matching.index.base import Approximation, Base
from matching.index.container import CorruptIndex
from matching.index.cursor import Cursor
from matching.index.delta import LEVELS, ROLES, Delta
from matching.index.files import file_of, put_in_place
from matching.index.protocol import Filter, ItemRows, Role
from matching.index.saving import Frozen, empty_arrays
from matching.index.selection import ID, best_of, pack_ids, unpack_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

__all__ = ["Approximation", "CorruptIndex", "FlatIndex"]


class _Nothing:
    """What an index has for a base before it was ever saved."""

    identity = None

    def __init__(self, dimension: int) -> None:
        self.arrays = empty_arrays(dimension)
        self.facts: dict[str, Any] = {"parts": []}

    def check(self, names: Any = None) -> None:
        pass


class FlatIndex:
    """See `matching.index.protocol.VectorIndex`."""

    def __init__(
        self,
        model_id: str,
        dimension: int,
        *,
        cursor: Cursor | None = None,
        approximation: Approximation | None = None,
    ) -> None:
        self.model_id = model_id
        self.dimension = int(dimension)
        self.cursor = cursor or Cursor()
        """The changes that are in the index (see `matching.index.cursor`)."""
        self.unsettled: Sequence[UUID] = ()
        """Of a saved index: items to be read again, since their change may have been undone."""
        self.approximation = approximation or Approximation()
        self._lock = threading.RLock()
        self._saving = threading.Lock()
        self._changed: list[UUID] | None = None
        """Items put while a new base is being written."""
        self._base = Base(_Nothing(self.dimension), self.approximation)  # type: ignore[arg-type]
        self._delta = Delta(self.dimension)

    # --- size ---

    def __len__(self) -> int:
        """Vectors that can be found."""
        with self._lock:
            return len(self._base) + len(self._delta)

    @property
    def delta_size(self) -> int:
        """Rows that a new base would take in or leave out."""
        with self._lock:
            return self._delta.count + self._base.struck_rows

    @property
    def file_identity(self) -> Any:
        """Of the mapped file; None when nothing is mapped."""
        return self._base.container.identity

    @contextmanager
    def following(self) -> Iterator[bool]:
        """Each process follows for itself (see `matching.index.following`)."""
        yield True

    def item_ids(self) -> set[UUID]:
        with self._lock:
            return set(unpack_ids(self._base.living_ids())) | set(self._delta.number_of)

    # --- change ---

    def put(self, items: Iterable[ItemRows]) -> None:
        with self._lock:
            # Before anything is changed: what is refused leaves the index as it was.
            for item, vectors in [(item, self._check(item)) for item in items]:
                self._put(item, vectors)

    def _put(self, item: ItemRows, vectors: "Vectors") -> None:
        if self._changed is not None:
            self._changed.append(item.item_id)
        self._base.strike(item.item_id)
        self._delta.strike(item.item_id)
        if item.rows:
            self._delta.append(item, vectors)

    def _check(self, item: ItemRows) -> "Vectors":
        if not item.rows:
            return np.empty((0, self.dimension), np.float32)
        given = np.ascontiguousarray(item.vectors, np.float32)
        if given.shape != (len(item.rows), self.dimension):
            raise ValueError(f"vectors of shape {given.shape} for {len(item.rows)} rows")
        if not np.isfinite(given).all():
            raise ValueError("a vector is not finite")
        return given

    # --- search ---

    def search(self, queries: "Vectors", k: int, only: Filter) -> list[dict[UUID, float]]:
        queries = np.ascontiguousarray(queries, np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise ValueError(f"queries of shape {queries.shape}")
        if not np.isfinite(queries).all():
            raise ValueError("a query is not finite")
        if k <= 0 or not len(queries):
            return [{} for _ in queries]
        with self._lock:
            in_base = self._base.best_scores(queries, k, only)
            in_delta = self._delta.best_scores(queries, only)
            return [self._best(one, other, k) for one, other in zip(in_base, in_delta, strict=True)]

    def _best(self, in_base: "Vectors", in_delta: "Vectors", k: int) -> dict[UUID, float]:
        """The k best of both; equal ones by id, so that every process answers the same."""
        old, new = best_of(in_base, k), best_of(in_delta, k)
        ids = np.concatenate(
            [self._base.item_ids[old], pack_ids(self._delta.ids[one] for one in new.tolist())]
        ).astype(ID)
        scores = np.concatenate([in_base[old], in_delta[new]])
        order = np.lexsort((ids, -scores))[:k]
        return dict(zip(unpack_ids(ids[order]), scores[order].tolist(), strict=True))

    def vectors_of(
        self, item_ids: Iterable[UUID], only: Filter
    ) -> "dict[UUID, dict[Role, Vectors]]":
        found: dict[UUID, dict[Role, Vectors]] = {}
        with self._lock:
            for item_id in item_ids:
                if item_id in self._delta.number_of:
                    found[item_id] = self._in_delta(self._delta.number_of[item_id], only)
                    continue
                number = self._base.number_of(item_id)
                if number is not None and not self._base.gone[number]:
                    found[item_id] = self._in_base(number, only)
        return found

    def _in_delta(self, number: int, only: Filter) -> "dict[Role, Vectors]":
        first, last = self._delta.span(number)
        rows = self._delta.rows[first:last]
        owner = self._delta.owner_of(number)
        chosen: dict[Role, list[int]] = {}
        for row, (role, level) in enumerate(rows[["role", "level"]].tolist(), first):
            if only.roles is not None and ROLES[role] not in only.roles:
                continue
            if only.viewer.may_read(LEVELS[level], owner):
                chosen.setdefault(ROLES[role], []).append(row)
        return {role: self._delta.vectors[at] for role, at in chosen.items()}

    def _in_base(self, number: int, only: Filter) -> "dict[Role, Vectors]":
        base = self._base
        [owner] = unpack_ids(base.owner_of(number)) or [None]
        chosen: dict[Role, list[int]] = {}
        for row in base.rows_of(number).tolist():
            part = base.part_of(row)
            if only.roles is not None and part.role not in only.roles:
                continue
            if only.viewer.may_read(part.level, owner):
                chosen.setdefault(part.role, []).append(row)
        return {role: base.vectors[at] for role, at in chosen.items()}

    # --- file ---

    def save(self, folder: Path, unsettled: Callable[[], Iterable[UUID]] = tuple) -> None:
        """Writes all living rows as a new base and maps it. Searches and changes go on meanwhile.

        Raises `files.Busy` while another process writes one, or OSError when there is no room.
        """
        with self._saving:
            with self._lock:
                facts = {
                    "model_id": self.model_id,
                    "dimension": self.dimension,
                    "cursor": self.cursor.as_json(),
                    "unsettled": [str(one) for one in unsettled()],
                }
                frozen = Frozen.of(self._base, self._delta, self.approximation, facts)
                self._changed = []
            try:
                path = put_in_place(folder, self.model_id, frozen.write)
                base = Base.open(path, self.approximation)
                with self._lock:
                    self._adopt(base, self._changed)
            finally:
                self._changed = None

    def _adopt(self, base: Base, changed: Iterable[UUID]) -> None:
        """Goes over to a new base; what changed while it was written stays in memory."""
        old, delta = self._delta, Delta(self.dimension)
        for item_id in dict.fromkeys(changed):
            base.strike(item_id)
            number = old.number_of.get(item_id)
            if number is not None:
                delta.copy_from(old, number)
        self._base, self._delta = base, delta

    def check_file(self) -> None:
        """Reads the whole file once. Raises CorruptIndex when it is not what was written."""
        self._base.check_vectors()

    @classmethod
    def open(
        cls, folder: Path, model_id: str, approximation: Approximation | None = None
    ) -> "FlatIndex":
        """Maps a saved index. Raises CorruptIndex when it is not whole or of another model."""
        approximation = approximation or Approximation()
        base = Base.open(file_of(folder, model_id), approximation)
        facts = base.container.facts
        try:
            if facts["model_id"] != model_id:
                raise CorruptIndex("of another model")
            opened = cls(
                model_id,
                facts["dimension"],
                cursor=Cursor.from_json(facts["cursor"]),
                approximation=approximation,
            )
            opened.unsettled = [UUID(one) for one in facts["unsettled"]]
        except (KeyError, TypeError, ValueError) as error:
            raise CorruptIndex(str(error)) from error
        opened._base = base
        return opened
