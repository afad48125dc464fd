"""The half of the flat index that is in memory: rows that came since the base was saved."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from matching.index import scan
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.sources import Side
from park.core.levels import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Mask = NDArray[np.bool_]

ROLES, LEVELS, SIDES = list(Role), list(Level), list(Side)
_ROW = np.dtype([("item", np.int32), ("role", np.int8), ("level", np.int8)])
_ITEM = np.dtype([("kind", np.int16), ("side", np.int8), ("organisation", np.int32)])


class Delta:
    """Rows are appended; an item that changes gets a new number, and its old rows are dead."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.count = 0
        self.items = 0
        self.ids: list[UUID] = []
        self.kinds: list[str] = []
        self.organisations: list[UUID] = []
        self._organisation_numbers: dict[UUID, int] = {}
        self.number_of: dict[UUID, int] = {}
        """Of the living items."""
        self._vectors = np.empty((0, dimension), np.float32)
        self._rows = np.empty(0, _ROW)
        self._alive = np.empty(0, bool)
        self._facts = np.empty(0, _ITEM)
        self._first = np.empty(0, np.int64)
        self.dead = 0

    # --- views of what is filled ---

    @property
    def vectors(self) -> "Vectors":
        return self._vectors[: self.count]

    @property
    def rows(self) -> "NDArray[Any]":
        return self._rows[: self.count]

    @property
    def alive(self) -> "Mask":
        return self._alive[: self.count]

    @property
    def facts(self) -> "NDArray[Any]":
        return self._facts[: self.items]

    def __len__(self) -> int:
        return self.count - self.dead

    def span(self, number: int) -> tuple[int, int]:
        last = self.count if number + 1 == self.items else int(self._first[number + 1])
        return int(self._first[number]), last

    def owner_of(self, number: int) -> UUID | None:
        organisation = int(self._facts["organisation"][number])
        return self.organisations[organisation] if organisation >= 0 else None

    # --- change ---

    def strike(self, item_id: UUID) -> None:
        number = self.number_of.pop(item_id, None)
        if number is not None:
            first, last = self.span(number)
            self._alive[first:last] = False
            self.dead += last - first

    def append(self, item: ItemRows, vectors: "Vectors") -> None:
        """The item's earlier rows are to be struck before."""
        self._make_room(len(vectors))
        number, first, last = self.items, self.count, self.count + len(vectors)
        self._vectors[first:last] = vectors
        rows = self._rows[first:last]
        rows["item"] = number
        rows["role"] = [ROLES.index(row.role) for row in item.rows]
        rows["level"] = [LEVELS.index(row.level) for row in item.rows]
        self._alive[first:last] = True
        self._facts[number] = (
            self._kind(item.kind),
            SIDES.index(item.side),
            self._organisation(item.organisation_id),
        )
        self._first[number] = first
        self.ids.append(item.item_id)
        self.number_of[item.item_id] = number
        self.count, self.items = last, number + 1

    def copy_from(self, other: "Delta", number: int) -> None:
        """Takes over a living item of another delta."""
        first, last = other.span(number)
        kind, side, _ = other.facts[number].tolist()
        rows = [
            Row(0, ROLES[role], LEVELS[level]) for _, role, level in other.rows[first:last].tolist()
        ]
        self.append(
            ItemRows(
                other.ids[number], other.kinds[kind], SIDES[side], other.owner_of(number), rows
            ),
            other.vectors[first:last],
        )

    def _make_room(self, rows: int) -> None:
        if self.count + rows > len(self._rows):
            size = max(64, self.count + rows, len(self._rows) * 3 // 2)
            self._vectors = _grown(self._vectors, size)
            self._rows = _grown(self._rows, size)
            self._alive = _grown(self._alive, size)
        if self.items == len(self._facts):
            size = max(64, len(self._facts) * 3 // 2)
            self._facts = _grown(self._facts, size)
            self._first = _grown(self._first, size)

    def _kind(self, kind: str) -> int:
        if kind not in self.kinds:
            self.kinds.append(kind)
        return self.kinds.index(kind)

    def _organisation(self, organisation_id: UUID | None) -> int:
        if organisation_id is None:
            return -1
        number = self._organisation_numbers.setdefault(organisation_id, len(self.organisations))
        if number == len(self.organisations):
            self.organisations.append(organisation_id)
        return number

    # --- search ---

    def best_scores(self, queries: "Vectors", only: Filter) -> "list[Vectors]":
        """For each query the best score of each item, by its number; -inf where nothing is."""
        bests = [np.full(self.items, -np.inf, np.float32) for _ in queries]
        if not len(self):
            return bests
        mask = self._mask(only)
        items = self.rows["item"]
        if mask is not None and np.count_nonzero(mask) < self.count // 16:
            chosen = np.flatnonzero(mask)
            for best, query in zip(bests, queries, strict=True):
                scores = scan.products_at(query, self._vectors, chosen)
                np.maximum.at(best, items[chosen], scores)
            return bests
        for best, query in zip(bests, queries, strict=True):
            scores = scan.products(query, self.vectors)
            if mask is not None:
                np.copyto(scores, -np.inf, where=~mask)
            np.maximum.at(best, items, scores)
        return bests

    def _mask(self, only: Filter) -> "Mask | None":
        tests: list[Mask] = [self.alive] if self.dead else []
        if only.roles is not None:
            tests.append(np.isin(self.rows["role"], [ROLES.index(one) for one in only.roles]))
        item_tests = self._item_tests(only)
        if item_tests:
            tests.append(np.logical_and.reduce(item_tests)[self.rows["item"]])
        if not only.viewer.sees_all:
            public = self.rows["level"] == LEVELS.index(Level.PUBLIC)
            if not public.all():
                own = self._numbers(only.viewer.organisation_ids)
                if own:
                    owners = self.facts["organisation"][self.rows["item"]]
                    public = public | np.isin(owners, own)
                tests.append(public)
        return np.logical_and.reduce(tests) if tests else None

    def _item_tests(self, only: Filter) -> "list[Mask]":
        facts = self.facts
        tests: list[Mask] = []
        if only.side is not None:
            tests.append(facts["side"] == SIDES.index(only.side))
        if only.kinds is not None:
            known = [self.kinds.index(kind) for kind in only.kinds if kind in self.kinds]
            tests.append(np.isin(facts["kind"], known))
        if only.not_organisation_id is not None:
            others = self._numbers([only.not_organisation_id])
            tests += [facts["organisation"] != number for number in others]
        if only.item_ids is not None:
            allowed = np.zeros(self.items, bool)
            few, many = sorted((only.item_ids, self.number_of), key=len)
            allowed[[self.number_of[one] for one in few if one in many]] = True
            tests.append(allowed)
        return tests

    def _numbers(self, organisations: Any) -> list[int]:
        known = self._organisation_numbers
        return [known[one] for one in organisations if one in known]


def _grown(array: "NDArray[Any]", size: int) -> "NDArray[Any]":
    grown = np.zeros((size, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
