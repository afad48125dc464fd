"""What both halves of the flat index, base and delta, have to say in the same way."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

ID = np.dtype("S16")
"""An id as its 16 bytes. numpy compares them bytewise and leaves out zeros only at the end, where
all have the same length."""


def pack_ids(ids: "Iterable[UUID]") -> "NDArray[Any]":
    return np.frombuffer(b"".join(one.bytes for one in ids), ID)


def unpack_ids(ids: "NDArray[Any]") -> list[UUID]:
    content = np.ascontiguousarray(ids).tobytes()
    return [UUID(bytes=content[at : at + 16]) for at in range(0, len(content), 16)]


def find_sorted(wanted: "NDArray[Any]", ids: "NDArray[Any]") -> "NDArray[np.int64]":
    """Places in the sorted `ids` of those of `wanted` that are there."""
    if not len(ids) or not len(wanted):
        return np.empty(0, np.int64)
    places = np.searchsorted(ids, wanted)
    places[places == len(ids)] = 0
    return places[ids[places] == wanted].astype(np.int64)


def best_of(best: "NDArray[np.float32]", k: int) -> "NDArray[np.int64]":
    """Where the k highest finite values stand, and all that equal the last of them."""
    # Without what is not there: many equal values are what `partition` is slowest with.
    held = np.flatnonzero(best > -np.inf)
    if len(held) <= k:
        return held
    values = best[held]
    border = np.partition(values, len(values) - k)[len(values) - k]
    return held[values >= border]
