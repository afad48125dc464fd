"""Recall → score → suggestions for one item. Workers and commands only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils import timezone

from matching import scoring
from matching.agreement import agreeing_sentences, sentences_of
from matching.index.protocol import Filter, Role, VectorIndex
from matching.item_facts import claims_by_item
from matching.lexical import Statistics
from matching.lexicon import PostgresLexicon, statistics_for
from matching.models import Item, MatchSuggestion
from matching.pairs import score_pair
from matching.ranker import current_weights
from matching.recall import Query, Texts, compare, find_candidates, gather_texts
from matching.scoring import TextEvidence
from matching.serving import get_serving
from matching.sources import VISITOR, Side
from matching.versions import versions_of

TOP = 20
"""Suggestions kept of each kind for one item."""
SHORTLIST = 3 * TOP
SHARED_WORDS = 6


# --- suggestions ---


def suggest_for(item: Item, *, today: date | None = None) -> list[MatchSuggestion]:
    """The suggestions of an item, computed now and not stored: both its own best of each kind and
    the pairs that the other side had already listed."""
    today = today or timezone.localdate()
    index = get_serving().index(fresh=True)
    statistics = statistics_for(index.model_id if index is not None else "")
    side = Side(item.side)
    kinds = _kinds_opposite(side)
    own = _texts_of([item.pk], index, statistics)[item.pk]
    query = Query(own.vectors, own.document.counts if own.document else {})
    candidates: dict[UUID, bool] = {}
    for kind in kinds:
        # Each kind apart, so that many of one do not push out the few of another.
        only = Filter(
            viewer=VISITOR,
            side=side.other,
            kinds=frozenset({kind}),
            not_organisation_id=item.organisation_id,
        )
        for one in find_candidates(query, index, PostgresLexicon(only, statistics), only):
            candidates[one] = True
    pairs = Q(need_item=item) if side is Side.NEED else Q(offer_item=item)
    column = "offer_item_id" if side is Side.NEED else "need_item_id"
    listed_by_other = set(
        MatchSuggestion.objects.filter(
            pairs, **{"is_in_offer_top" if side is Side.NEED else "is_in_need_top": True}
        ).values_list(column, flat=True)
    )
    others = _eligible(item, [*candidates, *listed_by_other], today)
    texts = _texts_of(list(others), index, statistics)
    shortlist = _shortlist(side, own, others.values(), texts, statistics, listed_by_other)
    claims = claims_by_item([item, *shortlist])
    scored = [
        score_pair(item, other, evidence, claims, shared)
        for other, (evidence, shared) in shortlist.items()
    ]
    kept = _best_of_each_kind(side, scored, _lowest_listed(item, others))
    _explain(kept, index.model_id if index is not None else "", statistics)
    return kept


def _kinds_opposite(side: Side) -> list[str]:
    rows = Item.objects.filter(side=side.other, is_searchable=True)
    return sorted(rows.order_by().values_list("kind", flat=True).distinct())


def _eligible(item: Item, ids: Iterable[UUID], today: date) -> dict[UUID, Item]:
    rows = Item.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today),
        pk__in=set(ids),
        is_searchable=True,
        side=Side(item.side).other,
    )
    if item.organisation_id is not None:
        # Not `exclude`: an item without an organisation must stay.
        rows = rows.filter(
            Q(organisation_id__isnull=True) | ~Q(organisation_id=item.organisation_id)
        )
    return {row.pk: row for row in rows.order_by("pk")}


def _texts_of(
    ids: Sequence[UUID], index: VectorIndex | None, statistics: Statistics
) -> dict[UUID, Texts]:
    """Public texts only: a score must not tell what a reader may not see."""
    only = Filter(viewer=VISITOR, roles=frozenset(Role))
    return gather_texts(ids, index, PostgresLexicon(only, statistics), only)


def _shortlist(
    side: Side,
    own: Texts,
    others: Iterable[Item],
    texts: Mapping[UUID, Texts],
    statistics: Statistics,
    listed_by_other: set[UUID],
) -> dict[Item, tuple[TextEvidence, list[str]]]:
    """The likeliest of each kind by text alone: facts move a score too little to lift the rest."""
    query = Query(own.vectors, own.document.counts if own.document else {})
    alike: dict[Item, tuple[TextEvidence, list[str]]] = {}
    for other in others:
        if side is Side.NEED:
            asking, offer = query, texts[other.pk]
        else:
            need = texts[other.pk]
            asking = Query(need.vectors, need.document.counts if need.document else {})
            offer = own
        held = offer.document.counts if offer.document else {}
        shared = [token for token in asking.strongest(statistics) if token in held]
        alike[other] = compare(asking, offer, statistics), shared[:SHARED_WORDS]
    weights = current_weights()
    scores = {
        other: scoring.score(scoring.text_features(evidence), weights)
        for other, (evidence, _) in alike.items()
    }
    taken: Counter[str] = Counter()
    found = {}
    for other in sorted(scores, key=lambda one: (-scores[one], str(one.pk))):
        taken[other.kind] += 1
        if taken[other.kind] <= SHORTLIST or other.pk in listed_by_other:
            found[other] = alike[other]
    return found


def _lowest_listed(item: Item, others: Iterable[UUID]) -> dict[UUID, float]:
    """The score that a pair needs to enter the other's own list, where that list is full."""
    if Side(item.side) is Side.NEED:
        rows = MatchSuggestion.objects.filter(offer_item__in=others, is_in_offer_top=True)
        rows = rows.exclude(need_item=item).values("offer_item")
    else:
        rows = MatchSuggestion.objects.filter(
            need_item__in=others, is_in_need_top=True, offer_item__kind=item.kind
        )
        rows = rows.exclude(offer_item=item).values("need_item")
    column = "offer_item" if Side(item.side) is Side.NEED else "need_item"
    counted = rows.annotate(listed=Count("pk"), lowest=Min("score"))
    return {row[column]: row["lowest"] for row in counted if row["listed"] >= TOP}


def _best_of_each_kind(
    side: Side, scored: Sequence[MatchSuggestion], lowest_listed: Mapping[UUID, float]
) -> list[MatchSuggestion]:
    kept: list[MatchSuggestion] = []
    taken: dict[str, int] = {}
    for one in sorted(scored, key=lambda one: (-one.score, str(_other(side, one).pk))):
        if not one.band:
            break
        other = _other(side, one)
        taken[other.kind] = taken.get(other.kind, 0) + 1
        is_own_top = taken[other.kind] <= TOP
        is_other_top = one.score > lowest_listed.get(other.pk, float("-inf"))
        if is_own_top or is_other_top:
            one.is_in_need_top = is_own_top if side is Side.NEED else is_other_top
            one.is_in_offer_top = is_other_top if side is Side.NEED else is_own_top
            kept.append(one)
    return kept


def _other(side: Side, suggestion: MatchSuggestion) -> Item:
    return suggestion.offer_item if side is Side.NEED else suggestion.need_item


def _explain(kept: Sequence[MatchSuggestion], model_id: str, statistics: Statistics) -> None:
    """Adds the agreeing sentences and the versions."""
    items = {one.need_item_id for one in kept} | {one.offer_item_id for one in kept}
    sentences = sentences_of(items, model_id)
    for one in kept:
        one.reasons["agreeing"] = agreeing_sentences(
            sentences.get(one.need_item_id, []), sentences.get(one.offer_item_id, [])
        )
        one.versions = versions_of(
            one.need_item, one.offer_item, model_id=model_id, idf=statistics.version
        )
