"""Free-text search by meaning and words. Workers and commands only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from matching import scoring
from matching.agreement import place_of
from matching.index.protocol import Filter, Role
from matching.lexical import count
from matching.lexicon import PostgresLexicon, statistics_for
from matching.models import Embedding, Item, Passage
from matching.ranker import current_weights
from matching.recall import Query, compare, find_candidates, gather_texts
from matching.search_filters import SearchFilters, matching_items
from matching.serving import get_serving
from matching.sources import VISITOR, Viewer
from matching.text import clean, normalise
from park.core.levels import Level


@dataclass(frozen=True)
class Hit:
    item_id: UUID
    kind: str
    object_id: UUID
    score: float
    agreeing: dict[str, Any] | None
    """The sentence that answers best: {field, ordinal, text, start, end}."""


def search(
    text: str,
    *,
    filters: SearchFilters | None = None,
    viewer: Viewer = VISITOR,
    k: int = 20,
    today: date | None = None,
) -> list[Hit]:
    """Entries by meaning and words, best first, from passages that the viewer may read.

    Raises DomainError model_missing when no model can embed the text.
    """
    text = clean(text)
    if not normalise(text):
        return []
    filters = filters or SearchFilters()
    serving = get_serving()
    index = serving.index()
    only = Filter(
        viewer=viewer,
        side=filters.side,
        kinds=frozenset(filters.kinds) if filters.kinds else None,
        item_ids=matching_items(filters),
    )
    statistics = statistics_for(index.model_id if index is not None else "")
    weights = current_weights()
    lexicon = PostgresLexicon(only, statistics)
    vectors = {}
    if index is not None:
        vectors[Role.TITLE] = serving.encoder_of(index).encode_queries([text])
    query = Query(vectors, count([text]))
    candidates = find_candidates(query, index, lexicon, only)
    texts = gather_texts(candidates, index, lexicon, only)
    scores = {
        one: scoring.score(
            scoring.text_features(compare(query, texts[one], statistics)),
            weights,
            is_free_text=True,
        )
        for one in candidates
    }
    today = today or timezone.localdate()
    rows = {
        row.pk: row
        for row in Item.objects.filter(
            Q(expires_on__isnull=True) | Q(expires_on__gte=today),
            pk__in=candidates,
            is_searchable=True,
        )
    }
    best = sorted(rows, key=lambda one: (-scores[one], str(one)))[:k]
    answers = _answers(best, query, viewer, index.model_id) if index is not None else {}
    return [
        Hit(one, rows[one].kind, rows[one].object_id, scores[one], answers.get(one)) for one in best
    ]


def _answers(
    item_ids: Sequence[UUID], query: Query, viewer: Viewer, model_id: str
) -> dict[UUID, dict[str, Any]]:
    """The sentence of each item that is closest to the query."""
    title = query.vectors[Role.TITLE][0]
    readable = Q(level=Level.PUBLIC)
    if viewer.sees_all:
        readable = Q()
    elif viewer.organisation_ids:
        readable |= Q(item__organisation_id__in=viewer.organisation_ids)
    import numpy as np

    rows = list(
        Passage.objects.filter(readable, item_id__in=item_ids, role=Role.SENTENCE).order_by(
            "item_id", "ordinal"
        )
    )
    vectors = dict(
        Embedding.objects.filter(
            model_id=model_id, text_hash__in={row.text_hash for row in rows}
        ).values_list("text_hash", "vector")
    )
    best: dict[UUID, tuple[float, dict[str, Any]]] = {}
    for row in rows:
        if row.text_hash not in vectors:
            continue
        cosine = float(np.frombuffer(vectors[row.text_hash], "<f4") @ title)
        if row.item_id not in best or cosine > best[row.item_id][0]:
            best[row.item_id] = cosine, place_of(row)
    return {one: place for one, (_, place) in best.items()}
