"""The text similarities of one item with many others, as `matching.recall.compare` has them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from matching.lexical import Statistics
from matching.recall import COMMON
from matching.rematch.collection import Collection, ranges
from matching.rematch.recall import Weighing
from matching.scoring import TextEvidence
from matching.similarities import SIMILARITIES, TOP_COSINES, Reduction
from matching.sources import Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matching.index.protocol import Role

    Positions = NDArray[np.int64]
    Values = NDArray[np.float64]


class Comparison:
    """Compares items of one collection with those of another. Holds what all batches need."""

    def __init__(self, others: Collection, statistics: Statistics) -> None:
        self._others = others
        self._statistics = statistics
        self._weigh = Weighing(others)
        is_offers = others.side is Side.OFFER
        self._commonness = commonness(others, statistics) if is_offers else None

    def evidence(
        self, own: Collection, number: int, positions: "Positions", held_by_own: "Values"
    ) -> list[TextEvidence]:
        """`held_by_own` is a row of zeros, one a token; it comes back as it was."""
        is_need = own.side is Side.NEED
        columns: dict[str, list[float | None]] = {}
        gathered: dict[Any, tuple[Any, Any]] = {}
        for one in SIMILARITIES:
            own_roles, other_roles = (one.need, one.offer) if is_need else (one.offer, one.need)
            asked = _first(own, number, own_roles)
            values = np.full(len(positions), np.nan)
            for role in other_roles:
                if asked is None or role not in self._others.vectors:
                    continue
                if role not in gathered:
                    gathered[role] = self._gather(role, positions)
                rows, lengths = gathered[role]
                if len(rows):
                    found = _reduce(rows @ asked.T.astype(np.float64), lengths, one.reduction)
                    values = np.where(np.isnan(values), found, values)
            columns[one.name] = _known(values)
        columns["words"] = _known(self._shares(own, number, positions, held_by_own))
        columns["common"] = _known(self._common(own, number, positions))
        names = list(columns)
        return [
            TextEvidence(**dict(zip(names, values, strict=True)))
            for values in zip(*columns.values(), strict=True)
        ]

    def _common(self, own: Collection, number: int, positions: "Positions") -> "Values":
        if self._commonness is not None:
            return self._commonness[positions]
        of_own = commonness(own, self._statistics, slice(number, number + 1))
        return np.repeat(of_own, len(positions))

    def _gather(self, role: Any, positions: "Positions") -> "tuple[Any, NDArray[np.int64]]":
        matrix = self._others.vectors[role]
        starts = matrix.starts[positions]
        lengths = matrix.starts[positions + 1] - starts
        # Doubles, for the reason that `matching.similarities` gives.
        return matrix.rows[ranges(starts, lengths)].astype(np.float64), lengths

    def _shares(
        self, own: Collection, number: int, positions: "Positions", held_by_own: "Values"
    ) -> "Values":
        """NaN where a side has no words."""
        mine, theirs = own.words, self._others.words
        if own.side is Side.NEED:
            asked = mine.asked[number]
            full = np.full(len(positions), mine.full[number])
            scores = self._weigh(positions, asked[asked >= 0])
            has_document = theirs.has_document[positions]
        else:
            start, stop = mine.starts[number], mine.starts[number + 1]
            tokens = mine.tokens[start:stop]
            held_by_own[tokens] = mine.weights[start:stop]
            # The last place stays 0: it is where "no token" points.
            scores = held_by_own[theirs.asked[positions]].sum(axis=1)
            held_by_own[tokens] = 0
            full = theirs.full[positions]
            has_document = np.full(len(positions), mine.has_document[number])
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(full > 0, scores / full, np.where(np.isnan(full), np.nan, 0.0))
        return np.where(has_document, shares, np.nan)

    def shared_words(
        self, own: Collection, number: int, positions: "Sequence[int]", names: list[str], limit: int
    ) -> list[list[str]]:
        """The need's strongest words that the offer holds, strongest first."""
        mine, theirs = own.words, self._others.words
        is_need = own.side is Side.NEED
        # Sets of some hundred numbers: an array would be slower.
        of_own = mine.asked[number] if is_need else mine.of(number)
        own_tokens = of_own.tolist() if is_need else set(of_own.tolist())
        found = []
        for position in positions:
            if is_need:
                asked, held = own_tokens, set(theirs.of(position).tolist())
            else:
                asked, held = theirs.asked[position].tolist(), own_tokens
            found.append([names[one] for one in asked if one in held][:limit])
        return found


def commonness(offers: Collection, statistics: Statistics, which: slice = slice(None)) -> "Values":
    """Of each offer what `matching.recall.common` says of one; NaN where it says nothing."""
    size = len(range(*which.indices(len(offers))))
    total, known = np.zeros(size), np.zeros(size)
    background = statistics.background or {}
    for one in COMMON if background else ():
        matrix = offers.vectors.get(one.offer[0])
        if matrix is None or not len(matrix.rows):
            continue
        starts = matrix.starts[which.start or 0 : (which.stop or len(offers)) + 1]
        mean = background[one.need[0]].astype(np.float64)
        cosines = np.empty((int(starts[-1] - starts[0]), 1))
        for start in range(0, len(cosines), _CHUNK):
            rows = matrix.rows[int(starts[0]) + start : int(starts[0]) + start + _CHUNK]
            cosines[start : start + len(rows), 0] = (rows.astype(np.float64) @ mean)[
                : len(cosines) - start
            ]
        found = _reduce(cosines, np.diff(starts), one.reduction)
        held = ~np.isnan(found)
        total[held] += found[held]
        known[held] += 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known > 0, total / known, np.nan)


_CHUNK = 16_384


def _first(own: Collection, number: int, roles: "Sequence[Role]") -> Any:
    """The vectors of the first role that the item has any of."""
    for role in roles:
        found = own.vectors[role].of(number) if role in own.vectors else ()
        if len(found):
            return found
    return None


def _known(values: "NDArray[Any]") -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def _reduce(
    cosines: "NDArray[np.float64]", lengths: "NDArray[np.int64]", reduction: Reduction
) -> "Values":
    """Of each run of rows the best cosine or the mean of the best three; NaN for an empty run."""
    found = np.full(len(lengths), np.nan)
    held = lengths > 0
    if not held.any():
        return found
    firsts = (np.cumsum(lengths) - lengths)[held]
    if reduction == "best":
        found[held] = np.maximum.reduceat(cosines.max(axis=1), firsts)
        return found
    width = cosines.shape[1]
    values = cosines.ravel()
    sizes = lengths * width
    runs = np.repeat(np.arange(len(lengths)), sizes)
    order = np.lexsort((-values, runs))
    place = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    counts = np.minimum(sizes, TOP_COSINES)
    best = np.where(place < TOP_COSINES, values[order], 0.0)
    found[held] = np.add.reduceat(best, firsts * width) / counts[held]
    return found
