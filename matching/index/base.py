"""The mapped half of the flat index: rows that are only read, or struck out in memory.

Rows lie in parts, one for each role, level, side and kind, so that most filters are a choice of
parts and cost nothing. A part that is too large to be searched whole in time is kept in lists of
near vectors, of which a search reads the nearest (see `Approximation`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from matching.index import scan
from matching.index.container import Container, CorruptIndex
from matching.index.protocol import Filter, Role
from matching.index.selection import find_sorted, pack_ids
from matching.sources import Side
from park.core.levels import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Mask = NDArray[np.bool_]

TOGETHER = 8
"""From so many queries on they are multiplied at once."""
TOGETHER_CELLS = 1 << 24
CACHED_SELECTIONS = 8
SCATTERED = 16
"""So many rows that lie together are read in the time of one that lies apart."""


@dataclass(frozen=True)
class Approximation:
    """When and how a search may leave out vectors that are most likely too far away."""

    exact_rows: int = 250_000
    """Rows that are searched whole. A part with more is kept in lists."""
    rows_a_list: int = 500
    probed_share: float = 0.2
    """The share of its lists that a search of such a part reads."""


@dataclass(frozen=True)
class Part:
    role: Role
    level: Level
    side: Side
    kind: str
    start: int
    stop: int
    lists: tuple[int, int] | None = None
    """Its lists among all lists, if it has any."""
    trained_rows: int = 0
    """How many rows it had when its lists were learnt."""

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.role.value, self.level.value, self.side.value, self.kind)

    def as_json(self) -> list[Any]:
        return [*self.key, self.start, self.stop, self.lists, self.trained_rows]

    @classmethod
    def from_json(cls, row: list[Any]) -> "Part":
        role, level, side, kind, start, stop, lists, trained = row
        parts = tuple(lists) if lists is not None else None
        return cls(Role(role), Level(level), Side(side), kind, start, stop, parts, trained)


@dataclass(frozen=True)
class _Piece:
    """What of one part a filter lets through."""

    part: Part
    mask: "Mask | None" = None
    """Of the part's rows; None lets all through."""
    rows: "NDArray[np.int64] | None" = None
    """Instead: the few that come through."""
    share: float = 1.0


class Base:
    """A saved index. One process may have struck out other items than the next."""

    def __init__(self, container: Container, approximation: Approximation) -> None:
        self.container = container
        self.approximation = approximation
        try:
            arrays = container.arrays
            self.parts = [Part.from_json(row) for row in container.facts["parts"]]
            self.vectors: Vectors = arrays["vectors"]
            self.row_item: NDArray[np.int32] = arrays["row_item"]
            self.item_ids: NDArray[Any] = arrays["item_ids"]
            self.item_organisation: NDArray[np.int32] = arrays["item_organisation"]
            self.item_offsets: NDArray[np.int32] = arrays["item_offsets"]
            self.item_rows: NDArray[np.int32] = arrays["item_rows"]
            self.organisation_ids: NDArray[Any] = arrays["organisation_ids"]
            self.centres: Vectors = arrays["centres"]
            self.list_offsets: NDArray[np.int64] = arrays["list_offsets"]
        except (KeyError, TypeError, ValueError) as error:
            raise CorruptIndex(str(error)) from error
        self._starts = np.array([part.start for part in self.parts], np.int64)
        self._struck_in = np.zeros(len(self.parts), np.int64)
        self.struck_rows = 0
        self.alive = np.ones(len(self.row_item), bool)
        self.gone = np.zeros(len(self.item_ids), bool)
        self._numbers_of = lru_cache(CACHED_SELECTIONS)(self._find_numbers)

    @classmethod
    def open(cls, path: Path, approximation: Approximation) -> "Base":
        """Raises CorruptIndex. The vectors themselves are not read: see `check_vectors`."""
        container = Container(path)
        container.check(name for name in container.arrays if name != "vectors")
        return cls(container, approximation)

    def check_vectors(self) -> None:
        self.container.check(["vectors"])

    def __len__(self) -> int:
        return len(self.row_item) - self.struck_rows

    # --- items ---

    def number_of(self, item_id: UUID) -> int | None:
        """Also of an item that is struck out."""
        wanted = pack_ids([item_id])
        place = int(np.searchsorted(self.item_ids, wanted)[0])
        if place < len(self.item_ids) and self.item_ids[place] == wanted[0]:
            return place
        return None

    def rows_of(self, number: int) -> "NDArray[np.int32]":
        return self.item_rows[self.item_offsets[number] : self.item_offsets[number + 1]]

    def living_ids(self) -> "NDArray[Any]":
        return self.item_ids[~self.gone]

    def part_of(self, row: int) -> Part:
        return self.parts[int(np.searchsorted(self._starts, row, "right")) - 1]

    def owner_of(self, number: int) -> "NDArray[Any]":
        """The organisation's id; empty when there is none."""
        organisation = self.item_organisation[number]
        return self.organisation_ids[organisation : organisation + 1 if organisation >= 0 else 0]

    def strike(self, item_id: UUID) -> None:
        number = self.number_of(item_id)
        if number is None or self.gone[number]:
            return
        rows = self.rows_of(number)
        self.alive[rows] = False
        self.gone[number] = True
        self.struck_rows += len(rows)
        np.add.at(self._struck_in, np.searchsorted(self._starts, rows, "right") - 1, 1)

    # --- search ---

    def best_scores(self, queries: "Vectors", k: int, only: Filter) -> "Iterable[Vectors]":
        """For each query the best score of each item, by its number; -inf where nothing is."""
        if not len(self.row_item):
            return [np.empty(0, np.float32)] * len(queries)
        pieces = self._select(only)
        whole = [one for one in pieces if one.rows is None and not self._is_listed(one.part)]
        if len(queries) >= TOGETHER and whole:
            return self._search_together(queries, k, pieces, whole)
        return (self._search(query, k, pieces, whole) for query in queries)

    def _is_listed(self, part: Part) -> bool:
        """Not when the file was written under another setting and is small enough for this one."""
        return part.lists is not None and len(part) > self.approximation.exact_rows

    def _search(
        self, query: "Vectors", k: int, pieces: list[_Piece], whole: list[_Piece]
    ) -> "Vectors":
        best = np.full(len(self.item_ids), -np.inf, np.float32)
        for piece in whole:
            part = piece.part
            scores = scan.products(query, self.vectors[part.start : part.stop])
            self._keep(best, scores, part, piece.mask)
        return self._search_rest(best, query, k, pieces)

    def _search_together(
        self, queries: "Vectors", k: int, pieces: list[_Piece], whole: list[_Piece]
    ) -> "Iterable[Vectors]":
        longest = max(len(piece.part) for piece in whole)
        step = max(1, TOGETHER_CELLS // longest)
        for start in range(0, len(queries), step):
            some = queries[start : start + step]
            bests = np.full((len(some), len(self.item_ids)), -np.inf, np.float32)
            for piece in whole:
                part = piece.part
                products = some @ self.vectors[part.start : part.stop].T
                for best, scores in zip(bests, products, strict=True):
                    self._keep(best, scores, part, piece.mask)
            for query, best in zip(some, bests, strict=True):
                yield self._search_rest(best, query, k, pieces)

    def _keep(self, best: "Vectors", scores: "Vectors", part: Part, mask: "Mask | None") -> None:
        if mask is not None:
            np.copyto(scores, -np.inf, where=~mask)
        np.maximum.at(best, self.row_item[part.start : part.stop], scores)

    def _search_rest(
        self, best: "Vectors", query: "Vectors", k: int, pieces: list[_Piece]
    ) -> "Vectors":
        for piece in pieces:
            if piece.rows is not None:
                scores = scan.products_at(query, self.vectors, piece.rows)
                np.maximum.at(best, self.row_item[piece.rows], scores)
        listed = [one for one in pieces if one.rows is None and self._is_listed(one.part)]
        if listed:
            self._probe(best, query, k, listed)
        return best

    def _probe(self, best: "Vectors", query: "Vectors", k: int, listed: list[_Piece]) -> None:
        """Reads the nearest lists, and more of them until k items are found or all is read."""
        orders = []
        for piece in listed:
            first, last = piece.part.lists or (0, 0)
            nearness = self.centres[first:last] @ query
            orders.append(first + np.argsort(-nearness, kind="stable"))
        share = self.approximation.probed_share
        read = [0] * len(listed)
        while True:
            for number, (piece, order) in enumerate(zip(listed, orders, strict=True)):
                upto = min(len(order), ceil(len(order) * share / piece.share))
                for one in np.sort(order[read[number] : upto]).tolist():
                    self._read_list(best, query, piece, one)
                read[number] = max(read[number], upto)
            if all(done == len(order) for done, order in zip(read, orders, strict=True)):
                return
            if np.count_nonzero(best > -np.inf) >= k:
                return
            share *= 4

    def _read_list(self, best: "Vectors", query: "Vectors", piece: _Piece, number: int) -> None:
        start, stop = self.list_offsets[number : number + 2].tolist()
        items = self.row_item[start:stop]
        scores = scan.products(query, self.vectors[start:stop])
        if piece.mask is not None:
            allowed = piece.mask[start - piece.part.start : stop - piece.part.start]
            items, scores = items[allowed], scores[allowed]
        np.maximum.at(best, items, scores)

    # --- filters ---

    def _select(self, only: Filter) -> list[_Piece]:
        own = self._organisations(only.viewer.organisation_ids)
        allowed = self._allowed_items(only)
        few = self._rows_of_few(allowed)
        pieces = []
        for number, part in enumerate(self.parts):
            if (
                (only.roles is not None and part.role not in only.roles)
                or (only.side is not None and part.side is not only.side)
                or (only.kinds is not None and part.kind not in only.kinds)
            ):
                continue
            is_for_owners = part.level is not Level.PUBLIC and not only.viewer.sees_all
            if is_for_owners and not len(own):
                continue
            rows = None
            if few is not None:
                first, last = np.searchsorted(few, [part.start, part.stop]).tolist()
                rows = few[first:last]
            at = slice(part.start, part.stop) if rows is None else rows
            masks: list[Mask] = []
            if self._struck_in[number]:
                masks.append(self.alive[at])
            if allowed is not None and rows is None:
                masks.append(allowed[self.row_item[at]])
            if is_for_owners:
                masks.append(np.isin(self.item_organisation[self.row_item[at]], own))
            pieces.append(self._piece(part, rows, masks))
        return pieces

    def _piece(self, part: Part, rows: "NDArray[np.int64] | None", masks: "list[Mask]") -> _Piece:
        mask = np.logical_and.reduce(masks) if masks else None
        if rows is not None:
            return _Piece(part, rows=rows if mask is None else rows[mask])
        if mask is None:
            return _Piece(part)
        passing = int(np.count_nonzero(mask))
        if passing <= min(len(part), self.approximation.exact_rows) // SCATTERED:
            return _Piece(part, rows=part.start + np.flatnonzero(mask))
        return _Piece(part, mask=mask, share=passing / len(part))

    def _rows_of_few(self, allowed: "Mask | None") -> "NDArray[np.int64] | None":
        """The rows of the allowed items, sorted, where that is less work than asking each row."""
        if allowed is None:
            return None
        numbers = np.flatnonzero(allowed)
        starts, stops = self.item_offsets[numbers], self.item_offsets[numbers + 1]
        counts = stops - starts
        total = int(counts.sum())
        if total > len(self.row_item) // SCATTERED:
            return None
        ends = np.cumsum(counts)
        places = np.arange(total) + np.repeat(starts - (ends - counts), counts)
        return np.sort(self.item_rows[places]).astype(np.int64)

    def _organisations(self, ids: Iterable[UUID]) -> "NDArray[np.int64]":
        return find_sorted(pack_ids(sorted(ids)), self.organisation_ids)

    def _allowed_items(self, only: Filter) -> "Mask | None":
        allowed: Mask | None = None
        if only.item_ids is not None:
            allowed = np.zeros(len(self.item_ids), bool)
            allowed[self._numbers_of(only.item_ids)] = True
        if only.not_organisation_id is not None:
            found = self._organisations([only.not_organisation_id])
            if len(found):
                others = self.item_organisation != found[0]
                allowed = others if allowed is None else allowed & others
        return allowed

    def _find_numbers(self, ids: frozenset[UUID]) -> "NDArray[np.int64]":
        return find_sorted(np.sort(pack_ids(ids)), self.item_ids)
