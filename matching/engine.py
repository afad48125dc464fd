"""Recall → score → suggestions for one item. Workers and commands only.

Nothing here takes a lock: what was scored is merged by `matching.lists`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from matching import lists, scoring
from matching.agreeing import agreeing_of_pairs
from matching.index.protocol import Filter, VectorIndex
from matching.item_facts import claims_by_item
from matching.lexical import Statistics
from matching.lexicon import PostgresLexicon, statistics_for
from matching.lists import TOP, Scored
from matching.models import Item, MatchSuggestion
from matching.pairs import score_pair
from matching.ranker import current_weights
from matching.recall import Query, Texts, compare, find_candidates, gather_texts
from matching.scoring import TextEvidence
from matching.serving import get_serving
from matching.similarities import SIMILARITIES, roles_compared
from matching.sources import VISITOR, Side
from matching.versions import versions_of

SHORTLIST = 3 * TOP
SHARED_WORDS = 6


def suggest_for(item: Item, *, today: date | None = None) -> list[MatchSuggestion]:
    """The suggestions of an item, computed now and not stored: both its own best of each kind and
    those that enter the other side's list."""
    return lists.decide(score_item(item, today=today)).kept


def score_item(item: Item, *, today: date | None = None) -> Scored:
    """All pairs of an item that are worth a band, explained as far as they are likely to be kept.

    Takes no lock and writes nothing. The item itself must be committed, or be this transaction's
    own: of two items that fit, the later then sees the earlier.
    """
    today = today or timezone.localdate()
    snapshot = lists.take_snapshot()
    index = get_serving().index(fresh=True)
    statistics = statistics_for(index.model_id if index is not None else "")
    side = Side(item.side)
    own = _texts_of([item.pk], index, statistics)[item.pk]
    query = Query(own.vectors, own.document.counts if own.document else {})
    candidates: dict[UUID, bool] = {}
    for kind in kinds_of(side.other):
        # Each kind apart, so that many of one do not push out the few of another.
        only = Filter(
            viewer=VISITOR,
            side=side.other,
            kinds=frozenset({kind}),
            not_organisation_id=item.organisation_id,
        )
        for one in find_candidates(query, index, PostgresLexicon(only, statistics), only):
            candidates[one] = True
    listed = stored_with(side, [item.pk]).get(item.pk, set())
    others = _eligible(item, [*candidates, *listed], today)
    texts = _texts_of(list(others), index, statistics)
    shortlist = _shortlist(side, own, others.values(), texts, statistics, listed)
    claims = claims_by_item([item, *shortlist])
    pairs = [
        score_pair(item, other, evidence, claims, shared)
        for other, (evidence, shared) in shortlist.items()
    ]
    made_with = versions_now(index, statistics)
    scored = Scored(
        side, item.kind, [item.pk], [one for one in pairs if one.band], snapshot, made_with
    )
    for one in scored.pairs:
        add_versions(one, made_with)
    explain(lists.decide(scored).kept, index)
    return scored


def kinds_of(side: Side) -> list[str]:
    """The kinds of a side that have items now. One look into the index a kind, however many."""
    with connection.cursor() as query:
        query.execute(
            """
            WITH RECURSIVE found AS (
                (SELECT kind FROM matching_item WHERE side = %(side)s ORDER BY kind LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT kind FROM matching_item
                    WHERE side = %(side)s AND kind > found.kind ORDER BY kind LIMIT 1
                ) FROM found WHERE found.kind IS NOT NULL
            )
            SELECT kind FROM found WHERE kind IS NOT NULL
            """,
            {"side": side.value},
        )
        return [kind for (kind,) in query.fetchall()]


def stored_with(side: Side, item_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """For each item those of the other side with which it stands in a list now, whoever's: they
    are scored anew even if a search would not find them again."""
    own, other = f"{side.value}_item_id", f"{side.other.value}_item_id"
    rows = MatchSuggestion.objects.filter(**{f"{own}__in": item_ids})
    found: dict[UUID, set[UUID]] = {}
    for own_id, other_id in rows.values_list(own, other):
        found.setdefault(own_id, set()).add(other_id)
    return found


def versions_now(index: VectorIndex | None, statistics: Statistics) -> dict[str, Any]:
    """Of what all pairs share: see `matching.versions.versions_of` for the rest."""
    return {
        "model_id": index.model_id if index is not None else "",
        "weights": current_weights().version,
        "idf": statistics.version,
    }


def add_versions(one: MatchSuggestion, made_with: Mapping[str, Any]) -> None:
    one.versions = versions_of(
        one.need_item, one.offer_item, model_id=made_with["model_id"], idf=made_with["idf"]
    )


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
    only = Filter(viewer=VISITOR, roles=roles_compared(SIMILARITIES))
    return gather_texts(ids, index, PostgresLexicon(only, statistics), only)


def _shortlist(
    side: Side,
    own: Texts,
    others: Iterable[Item],
    texts: Mapping[UUID, Texts],
    statistics: Statistics,
    listed: set[UUID],
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
        if taken[other.kind] <= SHORTLIST or other.pk in listed:
            found[other] = alike[other]
    return found


def explain(kept: Sequence[MatchSuggestion], index: VectorIndex | None) -> None:
    """Adds the agreeing sentences to those that have none yet."""
    todo = [one for one in kept if one.reasons["agreeing"] is None]
    found = agreeing_of_pairs([(one.need_item_id, one.offer_item_id) for one in todo], index)
    for one, agreeing in zip(todo, found, strict=True):
        one.reasons["agreeing"] = agreeing
