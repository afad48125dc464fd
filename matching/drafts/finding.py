"""What the worker finds for an author who is writing: entries of the same kind that are nearly the
same, and the offers that are about the matter. Workers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from matching import scoring
from matching.drafts.rules import FEWEST_TOKENS, Likeness, overlap
from matching.encoder import Encoder
from matching.index.protocol import Filter, Role
from matching.lexical import count
from matching.lexicon import PostgresLexicon, current_statistics
from matching.models import Item
from matching.recall import Query, compare, find_candidates, gather_texts
from matching.serving import get_serving
from matching.sources import VISITOR
from matching.text import clean, pieces

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

UNPUBLISHED = 10
"""Of the author's own unpublished entries, those that share most words are embedded."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is compared of a text that nobody has published: `text` holds the title, too."""

    title: str
    text: str

    @property
    def words(self) -> dict[str, int]:
        return dict(count([self.text]))


@dataclass(frozen=True, slots=True)
class Found:
    object_id: UUID
    likeness: Likeness


def find_similar(
    draft: Draft, *, kind: str, except_id: UUID | None, unpublished: Sequence[tuple[UUID, Draft]]
) -> list[Found]:
    """Published entries of the kind and the given ones that are alike, closest first.

    Raises DomainError model_missing.
    """
    encoder = get_serving().encoder()
    vectors = embed(encoder, draft)
    found = [
        *_among_published(draft, vectors, kind),
        *_among_unpublished(draft, vectors, encoder, unpublished),
    ]
    alike = [one for one in found if one.likeness.closeness and one.object_id != except_id]
    return sorted(alike, key=lambda one: (-one.likeness.strength, str(one.object_id)))


def embed(encoder: Encoder, draft: Draft) -> "dict[Role, Vectors]":
    """As an entry with this title and this public text would be embedded."""
    title = clean(draft.title).strip()
    vectors = {}
    # Two characters are as near to any other two as to themselves.
    if len(count([title])) >= FEWEST_TOKENS:
        vectors[Role.TITLE] = encoder.encode_queries([title])
    # The first piece says what it is about; more would keep the author waiting.
    if whole := pieces(draft.text)[:1]:
        vectors[Role.WHOLE] = encoder.encode_passages(whole)
    return vectors


def _among_published(draft: Draft, vectors: "dict[Role, Vectors]", kind: str) -> list[Found]:
    only = Filter(viewer=VISITOR, kinds=frozenset({kind}))
    statistics = current_statistics()
    lexicon = PostgresLexicon(only, statistics)
    words = draft.words
    index = get_serving().index()
    candidates = find_candidates(Query(vectors, words), index, lexicon, only)
    texts = gather_texts(candidates, index, lexicon, only)
    rows = Item.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()),
        pk__in=candidates,
        is_searchable=True,
    )
    title_words = count([draft.title])
    found = []
    for item in rows:
        other = texts[item.pk]
        likeness = Likeness(
            title=_closest(vectors, other.vectors, Role.TITLE),
            text=_closest(vectors, other.vectors, Role.WHOLE),
            title_words=overlap(title_words, count([item.title])),
            words=overlap(words, other.document.counts) if other.document else 0.0,
        )
        found.append(Found(item.object_id, likeness))
    return found


def _among_unpublished(
    draft: Draft,
    vectors: "dict[Role, Vectors]",
    encoder: Encoder,
    unpublished: Sequence[tuple[UUID, Draft]],
) -> list[Found]:
    words, title_words = draft.words, count([draft.title])
    shares = {one: overlap(words, other.words) for one, other in unpublished}
    nearest = sorted(unpublished, key=lambda row: (-shares[row[0]], str(row[0])))[:UNPUBLISHED]
    found = []
    for object_id, other in nearest:
        theirs = _remembered(encoder, other)
        likeness = Likeness(
            title=_closest(vectors, theirs, Role.TITLE),
            text=_closest(vectors, theirs, Role.WHOLE),
            title_words=overlap(title_words, count([other.title])),
            words=shares[object_id],
        )
        found.append(Found(object_id, likeness))
    return found


def find_offers(
    draft: Draft, *, kind: str, not_organisation_id: UUID | None, limit: int
) -> list[UUID]:
    """The items of the kind whose text is close enough to be suggested for the draft, best first.

    Facts take no part: they are what the author is still thinking about. Raises DomainError
    model_missing.
    """
    only = Filter(
        viewer=VISITOR,
        kinds=frozenset({kind}),
        not_organisation_id=not_organisation_id,
    )
    statistics = current_statistics()
    lexicon = PostgresLexicon(only, statistics)
    query = Query(embed(get_serving().encoder(), draft), draft.words)
    index = get_serving().index()
    candidates = find_candidates(query, index, lexicon, only)
    texts = gather_texts(candidates, index, lexicon, only)
    scores = {
        one: scoring.score(scoring.text_features(compare(query, texts[one], statistics)))
        for one in candidates
    }
    close = [one for one in candidates if scoring.band(scores[one]) is not None]
    return sorted(close, key=lambda one: (-scores[one], str(one)))[:limit]


@lru_cache(maxsize=500)
def _remembered(encoder: Encoder, draft: Draft) -> "dict[Role, Vectors]":
    """An author asks again and again while writing; the other drafts stay what they are."""
    return embed(encoder, draft)


def _closest(one: "dict[Role, Vectors]", other: Any, role: Role) -> float | None:
    mine, theirs = one.get(role), other.get(role)
    if mine is None or theirs is None or not len(mine) or not len(theirs):
        return None
    return float((mine @ theirs.T).max())
