"""Recall → score → suggestions for one item, and free-text search. Workers and commands only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils import timezone

from matching import scoring
from matching.index.protocol import Filter, Role, VectorIndex
from matching.indicators import Claim, Judgement, claims_of, judge_all
from matching.lexical import Statistics, count
from matching.lexicon import PostgresLexicon, current_statistics
from matching.models import Embedding, Item, MatchSuggestion, Passage
from matching.recall import Query, Texts, compare, find_candidates, gather_texts
from matching.scoring import TextEvidence
from matching.search_filters import SearchFilters, matching_items
from matching.serving import get_serving
from matching.sources import VISITOR, Facets, IndicatorLine, Side, Viewer
from matching.text import normalise
from park.core.levels import Level
from park.quantities import Verdict

TOP = 20
"""Suggestions kept of each kind for one item."""
SHORTLIST = 3 * TOP
AGREEING = 3
AGREEMENT = 0.88
"""Lowest cosine of two sentences that are said to agree."""
SHARED_WORDS = 6


@dataclass(frozen=True)
class Hit:
    item_id: UUID
    kind: str
    object_id: UUID
    score: float
    agreeing: dict[str, Any] | None
    """The sentence that answers best: {field, ordinal, text, start, end}."""


# --- suggestions ---


def suggest_for(item: Item, *, today: date | None = None) -> list[MatchSuggestion]:
    """The suggestions of an item, computed now and not stored: both its own best of each kind and
    the pairs that the other side had already listed."""
    today = today or timezone.localdate()
    index = get_serving().index(fresh=True)
    statistics = current_statistics()
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
    claims = _claims_of([item, *shortlist])
    scored = [
        _score_pair(item, other, evidence, claims, shared)
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
    only = Filter(viewer=VISITOR, roles=frozenset({Role.TITLE, Role.WHOLE}))
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
    scores = {
        other: scoring.score(scoring.text_features(evidence))
        for other, (evidence, _) in alike.items()
    }
    taken: Counter[str] = Counter()
    found = {}
    for other in sorted(scores, key=lambda one: (-scores[one], str(one.pk))):
        taken[other.kind] += 1
        if taken[other.kind] <= SHORTLIST or other.pk in listed_by_other:
            found[other] = alike[other]
    return found


def _score_pair(
    item: Item,
    other: Item,
    evidence: TextEvidence,
    claims: Mapping[UUID, Sequence[Claim]],
    shared: Sequence[str],
) -> MatchSuggestion:
    need, offer = (item, other) if Side(item.side) is Side.NEED else (other, item)
    judgements = judge_all(indicators_of(need), claims[offer.pk])
    features = {
        **scoring.text_features(evidence),
        **scoring.fact_features(facets_of(need), facets_of(offer), judgements),
    }
    suggestion = MatchSuggestion(
        need_item=need,
        offer_item=offer,
        score=scoring.score(features),
        features=features,
        reasons={
            "reasons": scoring.reasons(features, _reason_data(need, offer, shared, judgements)),
            "indicators": [one.as_json() for one in judgements],
            "agreeing": [],
        },
    )
    suggestion.band = scoring.band(suggestion.score) or ""
    return suggestion


def facets_of(item: Item) -> Facets:
    return Facets(
        sub_kind=item.sub_kind,
        chains=tuple(item.chains),
        key_areas=tuple(item.key_areas),
        region=item.region,
        budget_min=item.budget_min,
        budget_max=item.budget_max,
        maturity=item.maturity,
        expires_on=item.expires_on,
    )


def _claims_of(items: Sequence[Item]) -> dict[UUID, list[Claim]]:
    """What offers say with numbers, in public; empty for needs."""
    offers = [item for item in items if item.side == Side.OFFER]
    sentences: dict[UUID, list[str]] = {}
    rows = Passage.objects.filter(item__in=offers, level=Level.PUBLIC, role=Role.SENTENCE)
    for item_id, text in (
        rows.exclude(field="indicator")
        .order_by("item_id", "ordinal")
        .values_list("item_id", "text")
    ):
        sentences.setdefault(item_id, []).append(text)
    return {item.pk: claims_of(indicators_of(item), sentences.get(item.pk, [])) for item in offers}


def indicators_of(item: Item) -> list[IndicatorLine]:
    """The public ones."""
    lines = [indicator_from_json(row) for row in item.indicators]
    return [line for line in lines if line.level is Level.PUBLIC]


def indicator_to_json(line: IndicatorLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "text": line.text,
        "level": line.level.value,
        "ordinal": line.ordinal,
        "comparator": line.comparator,
        "value": None if line.value is None else str(line.value),
        "value_max": None if line.value_max is None else str(line.value_max),
        "unit": line.unit,
        "must": line.must,
    }


def indicator_from_json(row: Mapping[str, Any]) -> IndicatorLine:
    return IndicatorLine(
        name=row["name"],
        text=row["text"],
        level=Level(row["level"]),
        ordinal=row["ordinal"],
        comparator=row["comparator"],
        value=None if row["value"] is None else Decimal(row["value"]),
        value_max=None if row["value_max"] is None else Decimal(row["value_max"]),
        unit=row["unit"],
        must=row["must"],
    )


def _reason_data(
    need: Item, offer: Item, shared: Sequence[str], judgements: Sequence[Judgement]
) -> dict[str, Any]:
    return {
        "words": {"words": list(shared)},
        "chain": {
            "codes": sorted(set(need.chains) & set(offer.chains)),
            "need": list(need.chains),
            "offer": list(offer.chains),
        },
        "key_area": {"codes": sorted(set(need.key_areas) & set(offer.key_areas))},
        "region": {"code": need.region},
        "maturity": {"asked": need.maturity, "offered": offer.maturity},
        "indicators": {
            "met": sum(one.verdict is Verdict.MET for one in judgements),
            "known": sum(one.verdict is not Verdict.UNKNOWN for one in judgements),
            "all": len(judgements),
        },
        "musts": {
            "names": [one.name for one in judgements if one.must and one.verdict is Verdict.NOT_MET]
        },
    }


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
    sentences = _sentences(items, model_id)
    for one in kept:
        one.reasons["agreeing"] = _agreeing(
            sentences.get(one.need_item_id, []), sentences.get(one.offer_item_id, [])
        )
        one.versions = {
            "model_id": model_id,
            "weights": scoring.WEIGHTS_VERSION,
            "idf": statistics.version,
            "need_text": one.need_item.text_digest,
            "offer_text": one.offer_item.text_digest,
        }


def _sentences(item_ids: Iterable[UUID], model_id: str) -> dict[UUID, list[Any]]:
    import numpy as np

    rows = list(
        Passage.objects.filter(
            item_id__in=item_ids, level=Level.PUBLIC, role=Role.SENTENCE
        ).order_by("item_id", "ordinal")
    )
    vectors = dict(
        Embedding.objects.filter(
            model_id=model_id, text_hash__in={row.text_hash for row in rows}
        ).values_list("text_hash", "vector")
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        vector = vectors.get(row.text_hash)
        if vector is not None:
            found.setdefault(row.item_id, []).append((_place(row), np.frombuffer(vector, "<f4")))
    return found


def _place(row: Passage) -> dict[str, Any]:
    return {
        "field": row.field,
        "ordinal": row.field_ordinal,
        "level": row.level,
        "text": row.text,
        "start": row.start,
        "end": row.end,
    }


def _agreeing(need: Sequence[Any], offer: Sequence[Any]) -> list[dict[str, Any]]:
    """The closest pairs of sentences, each sentence once."""
    import numpy as np

    if not need or not offer:
        return []
    cosines = np.stack([v for _, v in need]) @ np.stack([v for _, v in offer]).T
    found: list[dict[str, Any]] = []
    while len(found) < AGREEING:
        row, column = divmod(int(cosines.argmax()), cosines.shape[1])
        best = float(cosines[row, column])
        if best < AGREEMENT:
            break
        found.append({"need": need[row][0], "offer": offer[column][0], "strength": round(best, 3)})
        cosines[row, :] = -1
        cosines[:, column] = -1
    return found


# --- free text ---


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
    statistics = current_statistics()
    lexicon = PostgresLexicon(only, statistics)
    vectors = {} if index is None else {Role.TITLE: serving.encoder().encode_queries([text])}
    query = Query(vectors, count([text]))
    candidates = find_candidates(query, index, lexicon, only)
    texts = gather_texts(candidates, index, lexicon, only)
    scores = {
        one: scoring.score(
            scoring.text_features(compare(query, texts[one], statistics)),
            scoring.FREE_TEXT_WEIGHTS,
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
            best[row.item_id] = cosine, _place(row)
    return {one: place for one, (_, place) in best.items()}
