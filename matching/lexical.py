"""Words: the strongest tokens of a query, candidates by them, and BM25 as their score.

The statistics (`Statistics`) are versioned, so that a stored score can be replayed. Where the
documents live is a `Lexicon`'s concern: PostgreSQL in service, memory for files.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from matching.index.protocol import Role
from matching.text import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STRONGEST = 32
CANDIDATES = 200
CANDIDATE_POSTINGS = 20_000
"""Documents that the words of one search for candidates may stand in, all words together: in a
large collection common words would read most of it and change nothing."""
MIN_CANDIDATE_WORDS = 8
K1 = 1.2
B = 0.75


@dataclass(frozen=True)
class Statistics:
    """How many documents there are, how long, and in how many each token stands."""

    version: int
    documents: int
    mean_length: float
    frequencies: Mapping[str, int]
    background: "Mapping[Role, NDArray[np.float32]] | None" = None
    """What all needs have in common, by meaning: the means (d,) of their TITLE and WHOLE vectors
    under one model; None where there are too few needs to tell."""
    background_model: str = ""

    def for_model(self, model_id: str) -> "Statistics":
        """The same without a background that other vectors made."""
        if self.background is None or self.background_model == model_id:
            return self
        return replace(self, background=None, background_model="")

    def idf(self, token: str) -> float:
        """Above 0 for every token; a token that stands nowhere is the rarest."""
        frequency = self.frequencies.get(token, 0)
        return math.log(1 + (self.documents - frequency + 0.5) / (frequency + 0.5))


def count(texts: Iterable[str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(tokens(text))
    return counted


def gather(documents: Iterable[Mapping[str, int]], version: int = 0) -> Statistics:
    """The statistics of a collection of token counts."""
    frequencies: Counter[str] = Counter()
    total = 0
    length = 0
    for document in documents:
        frequencies.update(document.keys())
        total += 1
        length += sum(document.values())
    return Statistics(version, total, length / total if total else 1.0, frequencies)


def strongest(
    counts: Mapping[str, int], statistics: Statistics, limit: int = STRONGEST
) -> list[str]:
    """The tokens that say most, by tf-idf. Those that no counted document holds come last: they
    may stand in a text that is not public, but must not push out the others."""

    def weigh(token: str) -> tuple[bool, float, str]:
        is_unseen = not statistics.frequencies.get(token)
        return is_unseen, -counts[token] * statistics.idf(token), token

    return sorted(counts, key=weigh)[:limit]


def candidate_words(words: Sequence[str], statistics: Statistics) -> list[str]:
    """Those of the strongest words that look for candidates: the rarest, as far as they stand in
    no more documents than a search may read. All of them in a collection of moderate size."""
    if statistics.documents * len(words) <= CANDIDATE_POSTINGS:
        return list(words)
    found = []
    left = CANDIDATE_POSTINGS
    for token in sorted(words, key=lambda one: (statistics.frequencies.get(one, 0), one)):
        left -= statistics.frequencies.get(token, 0)
        if left < 0 and len(found) >= MIN_CANDIDATE_WORDS:
            break
        found.append(token)
    return found


def bm25(
    query: Sequence[str], document: Mapping[str, int], length: int, statistics: Statistics
) -> float:
    score = 0.0
    norm = K1 * (1 - B + B * length / max(statistics.mean_length, 1.0))
    for token in query:
        times = document.get(token, 0)
        if times:
            score += statistics.idf(token) * times * (K1 + 1) / (times + norm)
    return score


def share(
    query: Sequence[str], document: Mapping[str, int], length: int, statistics: Statistics
) -> float:
    """BM25 as a share of what a document of mean length that holds every token once would get.

    Comparable between queries of any length; rarely above 1.
    """
    seen = [token for token in query if statistics.frequencies.get(token)]
    full = sum(statistics.idf(token) for token in seen or query)
    return bm25(query, document, length, statistics) / full if full > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Document:
    item_id: UUID
    counts: Mapping[str, int]
    length: int


class Lexicon(Protocol):
    """Documents that can be found by tokens. What a viewer may not read is not in it."""

    @property
    def statistics(self) -> Statistics: ...

    def candidates(self, query: Sequence[str], limit: int) -> list[Document]:
        """Documents with most of the tokens, rarest ties first by item id."""
        ...

    def documents(self, item_ids: Iterable[UUID]) -> list[Document]: ...


class MemoryLexicon:
    """Documents of files, for evaluation."""

    def __init__(self, documents: Iterable[Document], statistics: Statistics) -> None:
        self.statistics = statistics
        self._documents = {document.item_id: document for document in documents}
        self._postings: dict[str, list[UUID]] = {}
        for document in self._documents.values():
            for token in document.counts:
                self._postings.setdefault(token, []).append(document.item_id)

    def candidates(self, query: Sequence[str], limit: int = CANDIDATES) -> list[Document]:
        held: Counter[UUID] = Counter()
        for token in query:
            held.update(self._postings.get(token, ()))
        found = sorted(held, key=lambda item_id: (-held[item_id], str(item_id)))
        return [self._documents[item_id] for item_id in found[:limit]]

    def documents(self, item_ids: Iterable[UUID]) -> list[Document]:
        return [self._documents[i] for i in item_ids if i in self._documents]
