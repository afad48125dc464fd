"""Candidates by meaning ∪ by words, and the text similarities of a pair.

One road for items, free text and files: the index and the lexicon are given. Ranks are fused here
only to choose candidates; they never enter a stored score.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

from matching.index.protocol import Filter, Role, VectorIndex
from matching.lexical import (
    CANDIDATES,
    Document,
    Lexicon,
    Statistics,
    bm25,
    candidate_words,
    share,
    strongest,
)
from matching.scoring import TextEvidence
from matching.similarities import (
    FREE_TEXT_SEARCHES,
    SEARCHES,
    SIMILARITIES,
    cosines,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

RRF_CONSTANT = 10
DENSE_CANDIDATES = 100
MAX_CANDIDATES = 150


@dataclass(frozen=True)
class Query:
    """What is looked for: vectors by role and the words, of an item or of a free text."""

    vectors: "Mapping[Role, Vectors]"
    """TITLE: (1, d), embedded as a query; WHOLE: (n, d), as passages; either may be missing."""
    words: Mapping[str, int]
    _strongest: dict[int, list[str]] = field(default_factory=dict, compare=False, repr=False)

    def strongest(self, statistics: Statistics) -> list[str]:
        """The strongest words, found once a query: a pair asks for them each time."""
        found = self._strongest.get(id(statistics))
        if found is None:
            found = self._strongest[id(statistics)] = strongest(self.words, statistics)
        return found


def find_candidates(
    query: Query, index: VectorIndex | None, lexicon: Lexicon, only: Filter
) -> list[UUID]:
    """Items worth scoring, likeliest first; either index or words may have nothing to say."""
    lists: list[list[UUID]] = []
    if index is not None:
        lists += _by_meaning(query, index, only)
    lists.append(_by_words(query, lexicon))
    return fuse(lists)[:MAX_CANDIDATES]


def _by_meaning(query: Query, index: VectorIndex, only: Filter) -> list[list[UUID]]:
    searches = FREE_TEXT_SEARCHES if query.vectors.get(Role.WHOLE) is None else SEARCHES
    lists = []
    for one in searches:
        vectors, roles = query.vectors.get(one.asked), frozenset(one.among)
        if vectors is None or not len(vectors):
            continue
        best: dict[UUID, float] = {}
        for found in index.search(vectors, DENSE_CANDIDATES, replace(only, roles=roles)):
            for item_id, score in found.items():
                best[item_id] = max(score, best.get(item_id, -2.0))
        lists.append(sorted(best, key=lambda one: (-best[one], str(one)))[:DENSE_CANDIDATES])
    return lists


def _by_words(query: Query, lexicon: Lexicon) -> list[UUID]:
    words = query.strongest(lexicon.statistics)
    scores = {
        document.item_id: bm25(words, document.counts, document.length, lexicon.statistics)
        for document in lexicon.candidates(candidate_words(words, lexicon.statistics), CANDIDATES)
    }
    return sorted(scores, key=lambda one: (-scores[one], str(one)))


def fuse(lists: Iterable[Sequence[UUID]]) -> list[UUID]:
    """Reciprocal rank fusion; ties by id."""
    fused: dict[UUID, float] = {}
    for one in lists:
        for rank, item_id in enumerate(one):
            fused[item_id] = fused.get(item_id, 0.0) + 1 / (RRF_CONSTANT + rank)
    return sorted(fused, key=lambda one: (-fused[one], str(one)))


@dataclass(frozen=True)
class Texts:
    """What is compared of one item: its readable vectors and its words."""

    vectors: "Mapping[Role, Vectors]"
    document: Document | None


def gather_texts(
    item_ids: Sequence[UUID], index: VectorIndex | None, lexicon: Lexicon, only: Filter
) -> dict[UUID, Texts]:
    """The texts of items exactly as they are stored, however the items were found."""
    vectors = index.vectors_of(item_ids, only) if index is not None else {}
    documents: dict[UUID, Document] = {}
    for document in lexicon.documents(item_ids):
        known = documents.get(document.item_id)
        # Of two readable documents the longer one holds all that the other does.
        if known is None or document.length > known.length:
            documents[document.item_id] = document
    return {one: Texts(vectors.get(one, {}), documents.get(one)) for one in item_ids}


def compare(need: Query, offer: Texts, statistics: Statistics) -> TextEvidence:
    """The similarities of a need, or of a free text, to an offer.

    Always in this direction, also when the offer asks, so that a pair has one score. A free text
    is a title alone.
    """
    document = offer.document
    words = need.strongest(statistics)
    return TextEvidence(
        **cosines(need.vectors, offer.vectors, SIMILARITIES),
        words=share(words, document.counts, document.length, statistics)
        if words and document
        else None,
        common=common(offer, statistics),
    )


COMMON = tuple(one for one in SIMILARITIES if Role.SENTENCE not in (*one.need, *one.offer))
"""Of the background of all needs and an offer; their mean is what the offer has in common."""


def common(offer: Texts, statistics: Statistics) -> float | None:
    """The mean similarity of an offer to needs in general; the same for all needs. What resembles
    everything answers nothing in particular."""
    if statistics.background is None:
        return None
    background = {role: mean[None] for role, mean in statistics.background.items()}
    found = cosines(background, offer.vectors, COMMON).values()
    known = [one for one in found if one is not None]
    return sum(known) / len(known) if known else None
