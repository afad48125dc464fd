"""One file that holds named arrays and a few facts, written once and then only mapped.

The table of contents stands at the end, so a file that was cut short has none. A reader maps the
old file or the new one, never half of either: a new one is written aside and renamed.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from matching.index.files import identity

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"cuoheix2"
_TAIL = struct.Struct("<QI8s")
PAGE = 4096
CHECKED_AT_ONCE = 1 << 26


class CorruptIndex(Exception):
    """The file is missing, cut short or altered; rebuild it from the database."""


class Writer:
    """Writes arrays one after the other. `close` makes the file whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._contents: dict[str, dict[str, Any]] = {}

    def add(self, name: str, array: "NDArray[Any]") -> None:
        self.add_blocks(name, array.dtype, array.shape, [array])

    def add_blocks(
        self, name: str, dtype: Any, shape: tuple[int, ...], blocks: "Iterable[NDArray[Any]]"
    ) -> None:
        offset = -(-self._file.tell() // PAGE) * PAGE
        self._file.seek(offset)
        checksum = 0
        for block in blocks:
            content = np.ascontiguousarray(block, dtype).data.cast("B") if block.size else b""
            self._file.write(content)
            checksum = zlib.crc32(content, checksum)
        self._contents[name] = {
            "offset": offset,
            "dtype": np.dtype(dtype).str,
            "shape": list(shape),
            "crc32": checksum,
        }

    def close(self, facts: dict[str, Any]) -> None:
        table = json.dumps({"facts": facts, "arrays": self._contents}).encode()
        self._file.write(table)
        self._file.write(_TAIL.pack(len(table), zlib.crc32(table), MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())


class Container:
    """A mapped file: its arrays cannot be written to, and every process shares their pages."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self.identity = identity(os.fstat(file.fileno()))
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            length, checksum, magic = _TAIL.unpack_from(self._map, len(self._map) - _TAIL.size)
            end = len(self._map) - _TAIL.size
            table = self._map[end - length : end] if length <= end else b""
            if magic != MAGIC or zlib.crc32(table) != checksum:
                raise CorruptIndex("its end is missing or altered")
            found = json.loads(table)
            self.facts: dict[str, Any] = found["facts"]
            self._contents: dict[str, dict[str, Any]] = found["arrays"]
            self.arrays = {name: self._array(entry) for name, entry in self._contents.items()}
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise CorruptIndex(str(error)) from error

    def _array(self, entry: dict[str, Any]) -> "NDArray[Any]":
        shape = tuple(entry["shape"])
        count = int(np.prod(shape, dtype=np.int64))
        flat = np.frombuffer(self._map, np.dtype(entry["dtype"]), count, entry["offset"])
        return flat.reshape(shape)

    def check(self, names: Iterable[str] | None = None) -> None:
        """Raises CorruptIndex when what an array holds is not what was written."""
        for name in self._contents if names is None else names:
            entry, array = self._contents[name], self.arrays[name]
            content = memoryview(self._map)[entry["offset"] : entry["offset"] + array.nbytes]
            checksum = 0
            for start in range(0, len(content), CHECKED_AT_ONCE):
                checksum = zlib.crc32(content[start : start + CHECKED_AT_ONCE], checksum)
            if checksum != entry["crc32"]:
                raise CorruptIndex(f"{name} is altered")
