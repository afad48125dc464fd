"""The public texts of one side, or of some items, as arrays: vectors by role and BM25 weights.

Positions are ordered by kind and id, so that a kind is a slice and ties fall as they do elsewhere.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Q

from matching.index.protocol import Filter, Role, VectorIndex
from matching.lexical import K1, STRONGEST, B, Statistics, candidate_words, strongest
from matching.models import Item
from matching.sources import VISITOR, Side
from park.core.levels import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 2000
NOBODY = -1
"""The organisation of an item that has none."""


class Numbers(dict[Any, int]):
    """Numbers things in the order in which they are met."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Matrix:
    """The vectors of one role; those of the item at position p are rows starts[p]:starts[p+1]."""

    rows: "NDArray[np.float32]"
    starts: "NDArray[np.int64]"

    def of(self, position: int) -> "NDArray[np.float32]":
        return self.rows[self.starts[position] : self.starts[position + 1]]


@dataclass(frozen=True, slots=True)
class Words:
    """What each document holds and, where it may ask, what it asks for."""

    starts: "NDArray[np.int64]"
    tokens: "NDArray[np.int32]"
    weights: "NDArray[np.float64]"
    """BM25 of each token that a document holds."""
    has_document: "NDArray[np.bool_]"
    asked: "NDArray[np.int32]"
    """(n, STRONGEST): its strongest tokens; −1 where it has fewer."""
    full: "NDArray[np.float64]"
    """What a share is a share of; NaN for one that asks for nothing."""
    searched: list[Any]
    """Of each the tokens by which it looks for candidates."""

    def of(self, position: int) -> "NDArray[np.int32]":
        return self.tokens[self.starts[position] : self.starts[position + 1]]


@dataclass(frozen=True, slots=True)
class Collection:
    side: Side
    ids: list[UUID]
    kinds: list[str]
    slices: Mapping[str, slice]
    organisations: "NDArray[np.int32]"
    positions: Mapping[UUID, int]
    vectors: Mapping[Role, Matrix]
    words: Words

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Shared:
    """What both sides number alike."""

    index: VectorIndex | None
    statistics: Statistics
    roles: frozenset[Role]
    tokens: Numbers
    organisations: Numbers


def load(
    side: Side,
    shared: Shared,
    today: date,
    *,
    item_ids: Sequence[UUID] | None = None,
    asks: bool,
) -> Collection:
    """All current items of a side, or those of some. `asks`: its strongest words are needed."""
    rows = Item.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today), is_searchable=True, side=side
    )
    if item_ids is not None:
        rows = rows.filter(pk__in=item_ids)
    found = sorted(
        rows.order_by().values_list("kind", "pk", "organisation_id"),
        key=lambda row: (row[0], row[1].bytes),
    )
    ids = [pk for _, pk, _ in found]
    kinds = [kind for kind, _, _ in found]
    positions = {pk: number for number, pk in enumerate(ids)}
    organisations = np.fromiter(
        (NOBODY if one is None else shared.organisations[one] for *_, one in found),
        np.int32,
        len(ids),
    )
    slices = {
        kind: slice(kinds.index(kind), len(kinds) - kinds[::-1].index(kind))
        for kind in dict.fromkeys(kinds)
    }
    return Collection(
        side,
        ids,
        kinds,
        slices,
        organisations,
        positions,
        _load_vectors(ids, shared),
        _load_words(ids, positions, shared, asks),
    )


def _load_vectors(ids: Sequence[UUID], shared: Shared) -> dict[Role, Matrix]:
    if shared.index is None:
        return {}
    only = Filter(viewer=VISITOR, roles=shared.roles)
    lengths = {role: np.zeros(len(ids), np.int64) for role in shared.roles}
    parts: dict[Role, list[NDArray[np.float32]]] = {role: [] for role in shared.roles}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = shared.index.vectors_of(chunk, only)
        given: dict[Role, list[NDArray[np.float32]]] = {role: [] for role in shared.roles}
        for number, item_id in enumerate(chunk, start):
            for role, vectors in found.get(item_id, {}).items():
                lengths[role][number] = len(vectors)
                given[role].append(vectors)
        for role, arrays in given.items():
            if arrays:
                parts[role].append(np.concatenate(arrays))
    return {role: Matrix(_join(parts.pop(role)), _starts(lengths[role])) for role in shared.roles}


def _join(parts: "list[NDArray[np.float32]]") -> "NDArray[np.float32]":
    """One after the other, so that the memory of both is never needed at once."""
    if not parts:
        return np.empty((0, 0), np.float32)
    whole = np.empty((sum(len(one) for one in parts), parts[0].shape[1]), np.float32)
    stop = len(whole)
    while parts:
        part = parts.pop()
        whole[stop - len(part) : stop] = part
        stop -= len(part)
    return whole


def _starts(lengths: "NDArray[np.int64]") -> "NDArray[np.int64]":
    return np.concatenate([[0], np.cumsum(lengths)])


def _load_words(
    ids: Sequence[UUID], positions: Mapping[UUID, int], shared: Shared, asks: bool
) -> Words:
    statistics = shared.statistics
    documents: list[tuple[Any, Any] | None] = [None] * len(ids)
    document_lengths = np.zeros(len(ids))
    asked = np.full((len(ids), STRONGEST if asks else 0), -1, np.int32)
    full = np.full(len(ids), np.nan)
    searched: list[Any] = [()] * len(ids)
    number_of = shared.tokens.__getitem__
    for item_id, counts, length in _documents(ids):
        position = positions[item_id]
        # Unpacked to numbers at once: a hundred thousand dictionaries would not fit.
        documents[position] = (
            np.fromiter(map(number_of, counts), np.int32, len(counts)),
            np.fromiter(counts.values(), np.int32, len(counts)),
        )
        document_lengths[position] = length
        words = strongest(counts, statistics) if asks else []
        if words:
            asked[position, : len(words)] = [number_of(one) for one in words]
            seen = [one for one in words if statistics.frequencies.get(one)]
            full[position] = sum(statistics.idf(one) for one in seen or words)
            searched[position] = [number_of(one) for one in candidate_words(words, statistics)]
    has_document = np.array([one is not None for one in documents], bool)
    lengths = np.array([0 if one is None else len(one[0]) for one in documents], np.int64)
    starts = _starts(lengths)
    tokens = np.empty(int(starts[-1]), np.int32)
    counted = np.empty(int(starts[-1]), np.int32)
    for position, one in enumerate(documents):
        if one is not None:
            tokens[starts[position] : starts[position + 1]] = one[0]
            counted[starts[position] : starts[position + 1]] = one[1]
            documents[position] = None
    norm = K1 * (1 - B + B * document_lengths / max(statistics.mean_length, 1.0))
    times = counted.astype(np.float64)
    weights = times * (K1 + 1) / (times + np.repeat(norm, lengths))
    weights *= _idf(shared)[tokens]
    return Words(starts, tokens, weights, has_document, asked, full, searched)


def _documents(ids: Sequence[UUID]) -> Iterator[tuple[UUID, dict[str, int], int]]:
    with connection.cursor() as query:
        for start in range(0, len(ids), CHUNK):
            query.execute(
                "SELECT item_id, counts::text, length FROM matching_lexicaldocument"
                " WHERE level = %s AND item_id = ANY(%s)",
                [Level.PUBLIC.value, list(ids[start : start + CHUNK])],
            )
            for item_id, counts, length in query.fetchall():
                yield item_id, json.loads(counts), length


def _idf(shared: Shared) -> "NDArray[np.float64]":
    """By a token's number; see `Statistics.idf`."""
    of = shared.statistics.frequencies.get
    held = np.fromiter((of(token, 0) for token in shared.tokens), np.float64, len(shared.tokens))
    return np.log(1 + (shared.statistics.documents - held + 0.5) / (held + 0.5))


@dataclass(frozen=True, slots=True)
class Postings:
    """Which documents hold a token; those of token t are documents[starts[t]:starts[t+1]]."""

    starts: "NDArray[np.int64]"
    documents: "NDArray[np.int32]"

    def of(self, tokens: Iterable[int]) -> "NDArray[np.int32]":
        """The documents of some tokens, each as often as it holds one of them."""
        known = len(self.starts) - 1
        parts = [
            self.documents[self.starts[one] : self.starts[one + 1]] for one in tokens if one < known
        ]
        return np.concatenate(parts) if parts else np.empty(0, np.int32)


def post(words: Words) -> Postings:
    held = np.repeat(np.arange(len(words.starts) - 1, dtype=np.int32), np.diff(words.starts))
    order = np.argsort(words.tokens, kind="stable")
    sizes = np.bincount(words.tokens) if len(words.tokens) else np.zeros(0, np.int64)
    return Postings(_starts(sizes), held[order])


def ranges(starts: "NDArray[np.int64]", lengths: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """All numbers of the ranges that begin at `starts`, one range after the other."""
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(total)
