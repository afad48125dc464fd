"""Exact search by FAISS: a read-only memory-mapped base, a delta in memory, and tombstones.

The only file that imports faiss. A mapped index is never written to: changes live in memory until
`save` writes a new base aside and renames it. Losing the file loses nothing: PostgreSQL has it all.
"""

import json
import os
import shutil
import tempfile
import threading
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import faiss
import numpy as np

from matching.index.protocol import Filter, ItemRows, Role
from matching.sources import Side
from park.core.levels import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
MANIFEST = "manifest.json"
_ROLES = list(Role)
_LEVELS = list(Level)
_SIDES = list(Side)
_META = np.dtype(
    [
        ("passage", np.int64),
        ("item", np.int32),
        ("role", np.int8),
        ("level", np.int8),
    ]
)
_ITEM = np.dtype([("kind", np.int16), ("side", np.int8), ("organisation", np.int32)])


class CorruptIndex(Exception):
    """The file is missing, cut short or altered; rebuild it from the database."""


class _Segment:
    """Some rows with their vectors. Rows are appended to a delta and only struck out in a base."""

    def __init__(self, index: Any, meta: "NDArray[Any]") -> None:
        self.index = index
        self.meta = meta
        self.alive = np.ones(len(meta), bool)

    def search(
        self, queries: "NDArray[np.float32]", k: int, mask: "NDArray[np.bool_] | None"
    ) -> "tuple[NDArray[np.float32], NDArray[np.int64]]":
        if mask is None:
            return self.index.search(queries, k)
        bits = np.packbits(mask, bitorder="little")
        selector = faiss.IDSelectorBitmap(bits)  # pyright: ignore[reportCallIssue]
        parameters = faiss.SearchParameters(sel=selector)  # pyright: ignore[reportCallIssue]
        return self.index.search(queries, k, params=parameters)

    def vector(self, row: int) -> "NDArray[np.float32]":
        return self.index.reconstruct(int(row))


class FlatIndex:
    """See `matching.index.protocol.VectorIndex`."""

    def __init__(self, model_id: str, dimension: int, *, cursor: int = 0) -> None:
        self.model_id = model_id
        self.dimension = dimension
        self.cursor = cursor
        """Changes stamped below it are in the index (see `matching.index.cursor`)."""
        self._lock = threading.RLock()
        self._kinds: list[str] = []
        self._organisations: list[UUID] = []
        self._organisation_numbers: dict[UUID, int] = {}
        self._items = np.empty(0, _ITEM)
        self._item_numbers: dict[UUID, int] = {}
        self._item_count = 0
        self._ids: list[UUID] = []
        self._rows_of: dict[int, list[tuple[int, int]]] = {}
        base = _Segment(faiss.IndexFlatIP(dimension), np.empty(0, _META))
        delta = _Segment(faiss.IndexFlatIP(dimension), np.empty(0, _META))
        self._segments = [base, delta]

    # --- size ---

    def __len__(self) -> int:
        """Vectors that can be found."""
        with self._lock:
            return int(sum(segment.alive.sum() for segment in self._segments))

    @property
    def delta_size(self) -> int:
        """Rows that a new base would take in or leave out."""
        with self._lock:
            base, delta = self._segments
            return len(delta.meta) + int((~base.alive).sum())

    def item_ids(self) -> set[UUID]:
        with self._lock:
            return {
                item_id for item_id, number in self._item_numbers.items() if number in self._rows_of
            }

    # --- change ---

    def put(self, items: Iterable[ItemRows]) -> None:
        with self._lock:
            delta = self._segments[1]
            metas: list[Any] = []
            vectors: list[Any] = []
            for item, given in [(item, self._check(item)) for item in items]:
                number = self._number(item)
                if number in self._rows_of and metas:
                    # The item may be among the rows still to be written.
                    self._flush(delta, metas, vectors)
                    metas, vectors = [], []
                for segment, row in self._rows_of.pop(number, ()):
                    self._segments[segment].alive[row] = False
                if not item.rows:
                    continue
                first = len(delta.meta) + len(metas)
                self._rows_of[number] = [(1, first + i) for i in range(len(item.rows))]
                metas += [
                    (row.passage_id, number, _ROLES.index(row.role), _LEVELS.index(row.level))
                    for row in item.rows
                ]
                vectors.append(given)
            if metas:
                self._flush(delta, metas, vectors)

    def _check(self, item: ItemRows) -> "NDArray[np.float32]":
        """Before anything is changed: what is refused leaves the index as it was."""
        if not item.rows:
            return np.empty((0, self.dimension), np.float32)
        given = np.ascontiguousarray(item.vectors, np.float32)
        if given.shape != (len(item.rows), self.dimension):
            raise ValueError(f"vectors of shape {given.shape} for {len(item.rows)} rows")
        if not np.isfinite(given).all():
            raise ValueError("a vector is not finite")
        return given

    def _flush(self, delta: _Segment, metas: list[Any], vectors: list[Any]) -> None:
        delta.index.add(np.concatenate(vectors))
        delta.meta = np.concatenate([delta.meta, np.array(metas, _META)])
        delta.alive = np.concatenate([delta.alive, np.ones(len(metas), bool)])

    def _number(self, item: ItemRows) -> int:
        if item.kind not in self._kinds:
            self._kinds.append(item.kind)
        organisation = -1
        if item.organisation_id is not None:
            organisation = self._organisation_numbers.setdefault(
                item.organisation_id, len(self._organisation_numbers)
            )
            if organisation == len(self._organisations):
                self._organisations.append(item.organisation_id)
        number = self._item_numbers.setdefault(item.item_id, self._item_count)
        if number == self._item_count:
            self._item_count += 1
            self._ids.append(item.item_id)
            if self._item_count > len(self._items):
                grown = np.zeros(max(64, 2 * self._item_count), _ITEM)
                grown[: len(self._items)] = self._items
                self._items = grown
        self._items[number] = (
            self._kinds.index(item.kind),
            _SIDES.index(item.side),
            organisation,
        )
        return number

    # --- search ---

    def search(
        self, queries: "NDArray[np.float32]", k: int, only: Filter
    ) -> list[dict[UUID, float]]:
        queries = np.ascontiguousarray(queries, np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise ValueError(f"queries of shape {queries.shape}")
        if k <= 0 or not len(queries):
            return [{} for _ in queries]
        with self._lock:
            masks = [self._mask(segment, only) for segment in self._segments]
            sizes = [
                len(segment.meta) if mask is None else int(mask.sum())
                for segment, mask in zip(self._segments, masks, strict=True)
            ]
            # An item has several vectors: fetch more until k items are found or nothing is left.
            width = 2 * k
            while True:
                found = self._search_rows(queries, width, masks, sizes)
                best = [self._best_items(scores, items, k) for scores, items in found]
                if width >= max(sizes) or all(len(one) >= k for one in best):
                    break
                width *= 4
            return [{self._ids[number]: score for number, score in one.items()} for one in best]

    def _search_rows(
        self,
        queries: "NDArray[np.float32]",
        width: int,
        masks: "list[NDArray[np.bool_] | None]",
        sizes: list[int],
    ) -> "list[tuple[NDArray[np.float32], NDArray[np.int32]]]":
        parts: list[list[tuple[Any, Any]]] = [[] for _ in queries]
        for segment, mask, size in zip(self._segments, masks, sizes, strict=True):
            if size == 0:
                continue
            scores, rows = segment.search(queries, min(width, size), mask)
            for number in range(len(queries)):
                held = rows[number] >= 0
                parts[number].append(
                    (scores[number][held], segment.meta["item"][rows[number][held]])
                )
        found = []
        for part in parts:
            scores = np.concatenate([one for one, _ in part] or [np.empty(0, np.float32)])
            items = np.concatenate([one for _, one in part] or [np.empty(0, np.int32)])
            # A stable order: equal scores are ordered by the item's number.
            order = np.lexsort((items, -scores))
            found.append((scores[order], items[order]))
        return found

    @staticmethod
    def _best_items(
        scores: "NDArray[np.float32]", items: "NDArray[np.int32]", k: int
    ) -> dict[int, float]:
        best: dict[int, float] = {}
        for score, item in zip(scores.tolist(), items.tolist(), strict=True):
            if item not in best:
                best[item] = score
                if len(best) == k:
                    break
        return best

    def _mask(self, segment: _Segment, only: Filter) -> "NDArray[np.bool_] | None":
        if not len(segment.meta):
            return None
        tests: list[NDArray[np.bool_]] = []
        if not segment.alive.all():
            tests.append(segment.alive)
        if only.roles is not None:
            tests.append(np.isin(segment.meta["role"], [_ROLES.index(r) for r in only.roles]))
        item_test = self._item_mask(only)
        if item_test is not None:
            tests.append(item_test[segment.meta["item"]])
        if not only.viewer.sees_all:
            public = segment.meta["level"] == _LEVELS.index(Level.PUBLIC)
            if not public.all():
                own = [
                    self._organisation_numbers[one]
                    for one in only.viewer.organisation_ids
                    if one in self._organisation_numbers
                ]
                if own:
                    organisations = self._items["organisation"][segment.meta["item"]]
                    public = public | np.isin(organisations, own)
                tests.append(public)
        if not tests:
            return None
        mask = tests[0].copy()
        for test in tests[1:]:
            mask &= test
        return mask

    def _item_mask(self, only: Filter) -> "NDArray[np.bool_] | None":
        items = self._items[: self._item_count]
        tests = []
        if only.side is not None:
            tests.append(items["side"] == _SIDES.index(only.side))
        if only.kinds is not None:
            known = [self._kinds.index(kind) for kind in only.kinds if kind in self._kinds]
            tests.append(np.isin(items["kind"], known))
        if only.not_organisation_id is not None:
            number = self._organisation_numbers.get(only.not_organisation_id)
            if number is not None:
                tests.append(items["organisation"] != number)
        if only.item_ids is not None:
            allowed = np.zeros(len(items), bool)
            numbers = [self._item_numbers[i] for i in only.item_ids if i in self._item_numbers]
            allowed[numbers] = True
            tests.append(allowed)
        if not tests:
            return None
        mask = tests[0]
        for test in tests[1:]:
            mask = mask & test
        return mask

    def vectors_of(
        self, item_ids: Iterable[UUID], only: Filter
    ) -> "dict[UUID, dict[Role, NDArray[np.float32]]]":
        found: dict[UUID, dict[Role, NDArray[np.float32]]] = {}
        with self._lock:
            for item_id in item_ids:
                number = self._item_numbers.get(item_id)
                if number is None or number not in self._rows_of:
                    continue
                organisation = int(self._items["organisation"][number])
                owner = self._organisations[organisation] if organisation >= 0 else None
                roles: dict[Role, list[Any]] = {}
                for segment_number, row in self._rows_of[number]:
                    segment = self._segments[segment_number]
                    role = _ROLES[segment.meta["role"][row]]
                    level = _LEVELS[segment.meta["level"][row]]
                    if only.roles is not None and role not in only.roles:
                        continue
                    if only.viewer.may_read(level, owner):
                        roles.setdefault(role, []).append(segment.vector(row))
                found[item_id] = {role: np.stack(rows) for role, rows in roles.items()}
        return found

    # --- file ---

    def save(self, folder: Path) -> None:
        """Writes all living rows as a new base beside `folder`, renames it, and maps it."""
        with self._lock:
            folder.parent.mkdir(parents=True, exist_ok=True)
            work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            old = None
            try:
                self._write(work)
                if folder.exists():
                    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
                    folder.rename(old / "old")
                work.rename(folder)
                fresh = FlatIndex.open(folder, self.model_id)
                self.__dict__.update(
                    {name: value for name, value in fresh.__dict__.items() if name != "_lock"}
                )
            finally:
                shutil.rmtree(work, ignore_errors=True)
                if old is not None:
                    # The mapping of a reader outlives the name.
                    shutil.rmtree(old, ignore_errors=True)

    def _write(self, work: Path) -> None:
        merged = faiss.IndexFlatIP(self.dimension)
        metas = []
        for segment in self._segments:
            rows = np.flatnonzero(segment.alive)
            for start in range(0, len(rows), 65536):
                chunk = rows[start : start + 65536]
                merged.add(segment.index.reconstruct_batch(chunk))
                metas.append(segment.meta[chunk])
        meta = np.concatenate(metas) if metas else np.empty(0, _META)
        faiss.write_index(merged, str(work / "vectors.faiss"))
        np.save(work / "rows.npy", meta)
        np.save(work / "items.npy", self._items[: self._item_count])
        tables = {
            "ids": [str(item_id) for item_id in self._ids],
            "kinds": self._kinds,
            "organisations": [str(one) for one in self._organisations],
        }
        (work / "tables.json").write_text(json.dumps(tables))
        manifest = {
            "format": FORMAT,
            "model_id": self.model_id,
            "dimension": self.dimension,
            "cursor": self.cursor,
            "rows": len(meta),
            "files": {
                path.name: {"size": path.stat().st_size, "crc32": _crc32(path)}
                for path in sorted(work.iterdir())
            },
        }
        path = work / MANIFEST
        path.write_text(json.dumps(manifest))
        for written in work.iterdir():
            with written.open("rb") as file:
                os.fsync(file.fileno())

    @classmethod
    def open(cls, folder: Path, model_id: str) -> "FlatIndex":
        """Maps a saved index. Raises CorruptIndex when it is not whole or of another model."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text())
            if manifest["format"] != FORMAT or manifest["model_id"] != model_id:
                raise CorruptIndex("of another format or model")
            for name, facts in manifest["files"].items():
                path = folder / name
                if path.stat().st_size != facts["size"] or _crc32(path) != facts["crc32"]:
                    raise CorruptIndex(f"{name} is altered")
            tables = json.loads((folder / "tables.json").read_text())
            opened = cls(model_id, manifest["dimension"], cursor=manifest["cursor"])
            flags = faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY
            vectors = faiss.read_index(str(folder / "vectors.faiss"), flags)
            meta = np.load(folder / "rows.npy", mmap_mode="r")
            opened._items = np.load(folder / "items.npy")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptIndex(str(error)) from error
        opened._segments[0] = _Segment(vectors, meta)
        opened._kinds = tables["kinds"]
        opened._organisations = [UUID(one) for one in tables["organisations"]]
        opened._organisation_numbers = {one: n for n, one in enumerate(opened._organisations)}
        opened._ids = [UUID(one) for one in tables["ids"]]
        opened._item_numbers = {one: n for n, one in enumerate(opened._ids)}
        opened._item_count = len(opened._item_numbers)
        for row, number in enumerate(meta["item"].tolist()):
            opened._rows_of.setdefault(number, []).append((0, row))
        return opened


def _crc32(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            value = zlib.crc32(chunk, value)
    return value
