"""Makes a stored suggestion's score once more from what is stored, or says what has changed.

Workers and commands only. The stored vectors, words, indicators and the word statistics of then are
used where they still exist; nothing is embedded anew and no index is opened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from matching import scoring
from matching.index.protocol import Filter, Role
from matching.item_facts import claims_by_item
from matching.lexical import Statistics
from matching.lexicon import PostgresLexicon, current_statistics, load_statistics
from matching.models import (
    Embedding,
    EndedSuggestion,
    IdfTable,
    Item,
    MatchSuggestion,
    Passage,
    ServingModel,
)
from matching.pairs import score_pair
from matching.recall import Query, compare, gather_texts
from matching.sources import VISITOR
from matching.versions import versions_of
from park.core.errors import NotFound
from park.core.levels import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE = 1e-4

WITHDRAWN = "withdrawn"
"""Instead of a digest, where an entry was withdrawn and its texts are not stored any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """`what` is need_text, offer_text, need_facts, offer_facts, model_id, weights or idf."""

    what: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replay:
    suggestion_id: UUID
    stored: float
    recomputed: float | None
    """None where a text is gone."""
    features: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """Those that differ: {name: (then, now)}."""
    changes: tuple[Change, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.recomputed is not None and abs(self.recomputed - self.stored) <= TOLERANCE


def replay_match(suggestion_id: UUID) -> Replay:
    """Raises NotFound for an id that no suggestion had, or whose pair is suggested no more though
    both entries are still there."""
    stored = _find(suggestion_id)
    need, offer = stored.need_item, stored.offer_item
    then: Mapping[str, Any] = stored.versions
    changes = tuple(_changes(then, need, offer))
    if not (need.is_searchable and offer.is_searchable):
        return Replay(stored.pk, stored.score, None, changes=changes)
    features = _features(then, need, offer)
    differing = {
        name: (stored.features.get(name), features.get(name))
        for name in sorted({*stored.features, *features})
        if _differ(stored.features.get(name), features.get(name))
    }
    return Replay(stored.pk, stored.score, scoring.score(features), differing, changes)


def _find(suggestion_id: UUID) -> MatchSuggestion | EndedSuggestion:
    for model in (MatchSuggestion, EndedSuggestion):
        rows = model.objects.select_related("need_item", "offer_item")
        found = rows.filter(pk=suggestion_id).first()
        if found is not None:
            return found
    raise NotFound("suggestion")


def _changes(then: Mapping[str, Any], need: Item, offer: Item) -> Iterable[Change]:
    serving = ServingModel.objects.values_list("model_id", flat=True).first() or ""
    now = versions_of(need, offer, model_id=serving, idf=current_statistics().version)
    for side, item in (("need", need), ("offer", offer)):
        if not item.is_searchable:
            now[f"{side}_text"] = WITHDRAWN
    for what, value in now.items():
        if then.get(what) != value:
            yield Change(what, then.get(what), value)


def _features(then: Mapping[str, Any], need: Item, offer: Item) -> dict[str, float | None]:
    statistics = _statistics(then.get("idf"))
    only = Filter(viewer=VISITOR, roles=frozenset({Role.TITLE, Role.WHOLE}))
    index = _StoredVectors(then.get("model_id") or "")
    lexicon = PostgresLexicon(only, statistics)
    texts = gather_texts([need.pk, offer.pk], index, lexicon, only)  # type: ignore[arg-type]
    document = texts[need.pk].document
    query = Query(texts[need.pk].vectors, document.counts if document else {})
    evidence = compare(query, texts[offer.pk], statistics)
    return score_pair(need, offer, evidence, claims_by_item([offer]), ()).features


def _statistics(version: int | None) -> Statistics:
    """Those of then, or the present ones where they are gone."""
    if version:
        try:
            return load_statistics(version)
        except IdfTable.DoesNotExist:
            pass
    return current_statistics()


def _differ(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > TOLERANCE


class _StoredVectors:
    """The public vectors of items under one model, straight from their rows."""

    def __init__(self, model_id: str) -> None:
        self.model_id = model_id

    def vectors_of(
        self, item_ids: Iterable[UUID], only: Filter
    ) -> "dict[UUID, dict[Role, NDArray[Any]]]":
        import numpy as np

        rows = Passage.objects.filter(
            item_id__in=list(item_ids), level=Level.PUBLIC, role__in=only.roles or list(Role)
        ).order_by("item_id", "ordinal")
        places = list(rows.values_list("item_id", "role", "text_hash"))
        vectors = dict(
            Embedding.objects.filter(
                model_id=self.model_id, text_hash__in={text_hash for *_, text_hash in places}
            ).values_list("text_hash", "vector")
        )
        found: dict[UUID, dict[Role, list[Any]]] = {}
        for item_id, role, text_hash in places:
            if text_hash in vectors:
                vector = np.frombuffer(vectors[text_hash], "<f4")
                found.setdefault(item_id, {}).setdefault(Role(role), []).append(vector)
        return {
            item_id: {role: np.stack(rows) for role, rows in roles.items()}
            for item_id, roles in found.items()
        }
