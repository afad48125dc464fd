"""The candidates of a batch of items, by the same lists as `matching.recall` makes for one.

One multiplication of matrices answers a search for the whole batch; words are counted along the
postings of a batch's tokens.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from matching.lexical import CANDIDATES
from matching.recall import DENSE_CANDIDATES, MAX_CANDIDATES, RRF_CONSTANT
from matching.rematch.collection import NOBODY, Collection, Matrix, Postings, ranges
from matching.similarities import SEARCHES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Positions = NDArray[np.int64]

_BLOCK = 64
COLUMNS = 131_072
"""Cosines of an item that are held at once: 64 items with 100,000 others take 25 MB."""


class Recall:
    """Finds candidates in one collection. Holds what all batches need."""

    def __init__(self, others: Collection, postings: Postings) -> None:
        self._others = others
        self._postings = postings
        order = np.argsort(others.organisations, kind="stable")
        self._by_organisation = order
        self._organisations = others.organisations[order]

    def find(self, own: Collection) -> "list[dict[str, Positions]]":
        """For each item of the batch, by kind: positions of its candidates, likeliest first."""
        lists: list[dict[str, list[Positions]]] = [
            {kind: [] for kind in self._others.slices} for _ in own.ids
        ]
        strangers = [self._own_house(int(one)) for one in own.organisations]
        self._by_meaning(own, lists, strangers)
        self._by_words(own, lists, strangers)
        return [
            {kind: fuse(found)[:MAX_CANDIDATES] for kind, found in of_item.items()}
            for of_item in lists
        ]

    def _own_house(self, organisation: int) -> "Positions":
        """The positions of the same organisation, which are never found."""
        if organisation == NOBODY:
            return np.empty(0, np.int64)
        left, right = np.searchsorted(self._organisations, [organisation, organisation + 1])
        return self._by_organisation[left:right]

    def _by_meaning(
        self,
        own: Collection,
        lists: "list[dict[str, list[Positions]]]",
        own_house: "Sequence[Positions]",
    ) -> None:
        for search in SEARCHES:
            asked = own.vectors.get(search.asked)
            among = [self._others.vectors[one] for one in search.among if self._others.vectors]
            if asked is None or not len(asked.rows) or not any(len(one.rows) for one in among):
                continue
            best = _item_cosines(asked, among, len(self._others))
            for number in range(len(own)):
                if asked.starts[number] == asked.starts[number + 1]:
                    continue
                best[number, own_house[number]] = -np.inf
            for kind, columns in self._others.slices.items():
                found = top(best[:, columns], DENSE_CANDIDATES)
                for number, positions in enumerate(found):
                    if asked.starts[number] < asked.starts[number + 1]:
                        lists[number][kind].append(positions + columns.start)

    def _by_words(
        self,
        own: Collection,
        lists: "list[dict[str, list[Positions]]]",
        own_house: "Sequence[Positions]",
    ) -> None:
        weigh = Weighing(self._others)
        for number in range(len(own)):
            held = self._postings.of(own.words.searched[number])
            if not len(held):
                for found in lists[number].values():
                    found.append(np.empty(0, np.int64))
                continue
            times = np.bincount(held, minlength=len(self._others))
            times[own_house[number]] = 0
            asked = own.words.asked[number]
            asked = asked[asked >= 0]
            for kind, columns in self._others.slices.items():
                positions = _most(times[columns], CANDIDATES) + columns.start
                scores = weigh(positions, asked)
                lists[number][kind].append(positions[np.lexsort((positions, -scores))])


class Weighing:
    """BM25 of some documents for some tokens."""

    def __init__(self, documents: Collection) -> None:
        self._words = documents.words
        known = documents.words.tokens
        self._is_asked = np.zeros(int(known.max()) + 1 if len(known) else 0, np.float64)

    def __call__(self, positions: "Positions", tokens: "NDArray[np.int32]") -> "NDArray[Any]":
        words = self._words
        starts = words.starts[positions]
        lengths = words.starts[positions + 1] - starts
        places = ranges(starts, lengths)
        tokens = tokens[tokens < len(self._is_asked)]
        self._is_asked[tokens] = 1
        parts = words.weights[places] * self._is_asked[words.tokens[places]]
        self._is_asked[tokens] = 0
        return sums(parts, lengths)


def sums(values: "NDArray[Any]", lengths: "NDArray[np.int64]") -> "NDArray[Any]":
    """The sum of each run of `values`; 0 for an empty one."""
    found = np.zeros(len(lengths))
    held = lengths > 0
    if held.any():
        firsts = (np.cumsum(lengths) - lengths)[held]
        found[held] = np.add.reduceat(values, firsts)
    return found


def _item_cosines(asked: Matrix, among: "Sequence[Matrix]", others: int) -> "NDArray[np.float32]":
    """(items, others): the best cosine of any vector of the one and any of the other."""
    best = np.full((len(asked.starts) - 1, others), -np.inf, np.float32)
    for matrix in among:
        lengths = np.diff(matrix.starts)
        for start in range(0, others, COLUMNS):
            stop = min(start + COLUMNS, others)
            rows = matrix.rows[matrix.starts[start] : matrix.starts[stop]]
            if not len(rows):
                continue
            cosines = _over_runs(asked.rows @ rows.T, np.diff(asked.starts))
            held = np.flatnonzero(lengths[start:stop] > 0)
            part = best[:, start:stop]
            if len(held) == len(rows) == stop - start:
                np.maximum(part, cosines, out=part)
            else:
                firsts = matrix.starts[start:stop][held] - matrix.starts[start]
                found = np.maximum.reduceat(cosines, firsts, axis=1)
                part[:, held] = np.maximum(part[:, held], found)
    return best


def _over_runs(
    cosines: "NDArray[np.float32]", lengths: "NDArray[np.int64]"
) -> "NDArray[np.float32]":
    """Of each run of rows the highest values; −inf for an empty run."""
    if len(lengths) == len(cosines) and (lengths == 1).all():
        return cosines
    found = np.full((len(lengths), cosines.shape[1]), -np.inf, np.float32)
    held = lengths > 0
    found[held] = np.maximum.reduceat(cosines, (np.cumsum(lengths) - lengths)[held], axis=0)
    return found


def top(cosines: "NDArray[np.float32]", limit: int) -> "list[Positions]":
    """Of each row the columns of its highest values, highest first; −inf is not found.

    The limit-th highest of the maxima of blocks is at most the limit-th highest value, and much
    cheaper to find.
    """
    width = cosines.shape[1]
    whole = width // _BLOCK * _BLOCK
    if whole // _BLOCK > limit:
        maxima = cosines[:, :whole].reshape(len(cosines), -1, _BLOCK).max(axis=2)
        cut = maxima.shape[1] - limit
        least = np.partition(maxima, cut, axis=1)[:, cut]
    elif width > limit:
        least = np.partition(cosines, width - limit, axis=1)[:, width - limit]
    else:
        least = np.full(len(cosines), -np.inf, np.float32)
    found = []
    for row, lowest in zip(cosines, least, strict=True):
        columns = np.flatnonzero((row >= lowest) & (row > -np.inf))
        found.append(columns[np.lexsort((columns, -row[columns]))][:limit])
    return found


def _most(times: "NDArray[np.int64]", limit: int) -> "Positions":
    """Where the counts are highest, the earlier of equals; 0 is not found."""
    held = np.flatnonzero(times)
    if len(held) > limit:
        counted = times[held]
        # How many have at least so many.
        at_least = np.cumsum(np.bincount(counted)[::-1])[::-1]
        lowest = int(np.flatnonzero(at_least >= limit)[-1])
        held = held[counted >= lowest]
    return held[np.lexsort((held, -times[held]))][:limit]


def fuse(lists: "Iterable[Positions]") -> "Positions":
    """See `matching.recall.fuse`; positions are in the order of ids."""
    fused: dict[int, float] = {}
    for one in lists:
        for rank, position in enumerate(one.tolist()):
            fused[position] = fused.get(position, 0.0) + 1 / (RRF_CONSTANT + rank)
    return np.array(sorted(fused, key=lambda one: (-fused[one], one)), np.int64)
