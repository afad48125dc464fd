"""Writes what a flat index held at one moment as a new base. `matching.index.files` says where."""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from matching.index import scan
from matching.index.base import Approximation, Base, Part
from matching.index.container import Writer
from matching.index.delta import LEVELS, ROLES, SIDES, Delta
from matching.index.selection import ID, pack_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

GROWTH = 2
"""Lists are learnt anew when their part has grown by this factor since."""
_TABLE = np.dtype([("source", np.int64), ("item", np.int32), ("key", np.int32)])


@dataclass
class Frozen:
    """The state of an index at one moment. The index may go on changing."""

    base: Base
    base_alive: "NDArray[np.bool_]"
    base_gone: "NDArray[np.bool_]"
    delta: Delta
    count: int
    alive: "NDArray[np.bool_]"
    items: int
    living: "NDArray[np.int64]"
    """The delta's items that are not struck."""
    facts: dict[str, Any]
    approximation: Approximation

    @classmethod
    def of(
        cls, base: Base, delta: Delta, approximation: Approximation, facts: dict[str, Any]
    ) -> "Frozen":
        living = np.array(sorted(delta.number_of.values()), np.int64)
        return cls(
            base,
            base.alive.copy(),
            base.gone.copy(),
            # Its buffers are only appended to, or replaced by larger ones.
            _view_of(delta),
            delta.count,
            delta.alive.copy(),
            delta.items,
            living,
            facts,
            approximation,
        )

    def write(self, file: BinaryIO) -> None:
        writer = Writer(file)
        ids, organisations, owners = self._items()
        table, keys = self._rows(ids)
        order, parts, centres, offsets = self._arrange(table, keys)
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        counts = np.bincount(table["item"], minlength=len(ids))
        writer.add("row_item", table["item"][order])
        writer.add("item_ids", ids)
        writer.add("item_organisation", owners)
        writer.add("item_offsets", np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
        writer.add("item_rows", place)
        writer.add("organisation_ids", organisations)
        writer.add("centres", centres)
        writer.add("list_offsets", offsets)
        sources = table["source"][order]
        dimension = self.delta.dimension
        writer.add_blocks(
            "vectors",
            np.float32,
            (len(sources), dimension),
            (
                self._vectors(sources[at : at + scan.BLOCK])
                for at in range(0, len(sources), scan.BLOCK)
            ),
        )
        writer.close({**self.facts, "parts": [part.as_json() for part in parts]})

    # --- what there is ---

    def _items(self) -> "tuple[NDArray[Any], NDArray[Any], NDArray[np.int32]]":
        """The ids of all items, sorted, of all organisations, sorted, and whose each item is."""
        delta = self.delta
        old = np.flatnonzero(~self.base_gone)
        new_ids = pack_ids(delta.ids[number] for number in self.living)
        new_owners = pack_ids(delta.organisations)
        organisations = np.unique(np.concatenate([self.base.organisation_ids, new_owners]))
        mapped = [
            np.append(np.searchsorted(organisations, known), -1).astype(np.int32)
            for known in (self.base.organisation_ids, new_owners)
        ]
        ids = np.concatenate([self.base.item_ids[old], new_ids]).astype(ID)
        # An owner of -1 takes the last of the mapped numbers, which is -1 as well.
        owners = np.concatenate(
            [
                mapped[0][self.base.item_organisation[old]],
                mapped[1][delta.facts["organisation"][self.living]],
            ]
        )
        order = np.argsort(ids, kind="stable")
        return ids[order], organisations.astype(ID), owners[order]

    def _rows(self, ids: "NDArray[Any]") -> "tuple[NDArray[Any], list[tuple[str, str, str, str]]]":
        """All living rows, item by item in their order, and the keys of the parts they belong to.

        A row's source is its number in the base, or in the delta after all of the base's.
        """
        base, delta = self.base, self.delta
        keys = [part.key for part in base.parts]
        old = base.item_rows[self.base_alive[base.item_rows]]
        first = np.zeros(len(old), _TABLE)
        first["source"] = old
        # Of a living row the item is among `ids`.
        first["item"] = np.searchsorted(ids, base.item_ids)[base.row_item[old]]
        starts = np.array([part.start for part in base.parts], np.int64)
        first["key"] = np.searchsorted(starts, old, "right") - 1
        new = np.flatnonzero(self.alive)
        second = np.zeros(len(new), _TABLE)
        second["source"] = len(base.row_item) + new
        numbers = np.zeros(self.items, np.int64)
        numbers[self.living] = np.searchsorted(
            ids, pack_ids(delta.ids[number] for number in self.living)
        )
        second["item"] = numbers[delta.rows["item"][new]]
        facts = delta.facts[delta.rows["item"][new]]
        codes = np.stack(
            [delta.rows["role"][new], delta.rows["level"][new], facts["side"], facts["kind"]], 1
        )
        found, inverse = np.unique(codes.astype(np.int64), axis=0, return_inverse=True)
        numbers_of_keys = []
        for role, level, side, kind in found.tolist():
            key = (ROLES[role].value, LEVELS[level].value, SIDES[side].value, delta.kinds[kind])
            if key not in keys:
                keys.append(key)
            numbers_of_keys.append(keys.index(key))
        second["key"] = np.array(numbers_of_keys, np.int32)[inverse.reshape(-1)]
        table = np.concatenate([first, second])
        return table[np.argsort(table["item"], kind="stable")], keys

    # --- where it goes ---

    def _arrange(
        self, table: "NDArray[Any]", keys: list[tuple[str, str, str, str]]
    ) -> "tuple[NDArray[np.int64], list[Part], Vectors, NDArray[np.int64]]":
        order, parts = [np.empty(0, np.int64)], []
        centres = [np.empty((0, self.delta.dimension), np.float32)]
        offsets = [np.empty(0, np.int64)]
        start = lists = 0
        for number in sorted(range(len(keys)), key=lambda one: keys[one]):
            rows = np.flatnonzero(table["key"] == number)
            if not len(rows):
                continue
            own_lists, trained = None, 0
            if len(rows) > self.approximation.exact_rows:
                sources = table["source"][rows]
                found, chosen, trained = self._lists(keys[number], sources)
                by_list = np.argsort(chosen, kind="stable")
                rows = rows[by_list]
                counts = np.bincount(chosen, minlength=len(found))
                # One more than lists, so that each part's last list has an end.
                centres += [found, np.zeros((1, found.shape[1]), np.float32)]
                offsets.append(start + np.concatenate([[0], np.cumsum(counts)]))
                own_lists = (lists, lists + len(found))
                lists += len(found) + 1
            parts.append(_part(keys[number], start, start + len(rows), own_lists, trained))
            order.append(rows)
            start += len(rows)
        return np.concatenate(order), parts, np.concatenate(centres), np.concatenate(offsets)

    def _lists(
        self, key: tuple[str, str, str, str], sources: "NDArray[np.int64]"
    ) -> "tuple[Vectors, NDArray[np.int32], int]":
        """Centres, the list of each row, and of how many rows the centres were learnt."""
        known = next((one for one in self.base.parts if one.key == key and one.lists), None)
        chosen = np.empty(len(sources), np.int32)
        if known is not None and len(sources) <= GROWTH * known.trained_rows:
            first, last = known.lists or (0, 0)
            centres, trained = self.base.centres[first:last], known.trained_rows
            held = sources < len(self.base.row_item)
            # Where an old row lies tells its list.
            borders = self.base.list_offsets[first : last + 1]
            chosen[held] = np.searchsorted(borders, sources[held], "right") - 1
        else:
            count = max(2, ceil(len(sources) / self.approximation.rows_a_list))
            size = min(len(sources), count * scan.TRAINING_ROWS)
            sample = np.sort(np.random.default_rng(1).choice(sources, size, replace=False))
            centres, trained = scan.learn_centres(self._vectors(sample), count), len(sources)
            held = np.zeros(len(sources), bool)
        rest = np.flatnonzero(~held)
        for at in range(0, len(rest), scan.BLOCK):
            some = rest[at : at + scan.BLOCK]
            chosen[some] = scan.nearest_centre(self._vectors(sources[some]), centres)
        return centres, chosen, trained

    def _vectors(self, sources: "NDArray[np.int64]") -> "Vectors":
        found = np.empty((len(sources), self.delta.dimension), np.float32)
        border = len(self.base.row_item)
        old = sources < border
        found[old] = self.base.vectors[sources[old]]
        found[~old] = self.delta.vectors[sources[~old] - border]
        return found


def _view_of(delta: Delta) -> Delta:
    """The delta as it is now: what is appended afterwards lies beyond its end."""
    view = Delta(delta.dimension)
    view.__dict__.update(delta.__dict__)
    view.ids, view.kinds = list(delta.ids), list(delta.kinds)
    view.organisations = list(delta.organisations)
    return view


def _part(key: tuple[str, str, str, str], start: int, stop: int, lists: Any, trained: int) -> Part:
    return Part.from_json([*key, start, stop, lists, trained])


def empty_arrays(dimension: int) -> dict[str, "NDArray[Any]"]:
    """Of a base that holds nothing."""
    return {
        "vectors": np.empty((0, dimension), np.float32),
        "row_item": np.empty(0, np.int32),
        "item_ids": np.empty(0, ID),
        "item_organisation": np.empty(0, np.int32),
        "item_offsets": np.zeros(1, np.int32),
        "item_rows": np.empty(0, np.int32),
        "organisation_ids": np.empty(0, ID),
        "centres": np.empty((0, dimension), np.float32),
        "list_offsets": np.empty(0, np.int64),
    }
