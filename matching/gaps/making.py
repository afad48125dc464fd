"""Makes a gap map: who is without an answer, in clusters with their evidence. Workers only."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from matching.gaps.clustering import cluster
from matching.gaps.naming import shared_words
from matching.index.protocol import Role
from matching.lexical import Statistics
from matching.lexicon import current_statistics
from matching.models import ANSWERING, Embedding, Item, MatchSuggestion, Passage
from matching.serving import get_serving
from park.core.errors import DomainError

NEED, CAPABILITY = "need", "capability"
"""A need is answered by a capability. That an instrument could measure it, or that a person knows
about it, answers nothing yet."""
NO_CHAIN = ""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Gap:
    """An entry without a good counterpart, and the best one there is."""

    item: Item
    best: MatchSuggestion | None

    def as_json(self, known: frozenset[tuple[str, str]] | None) -> dict[str, Any]:
        kind, object_id = self.item.kind, str(self.item.object_id)
        found: dict[str, Any] = {
            "kind": kind,
            "object_id": object_id,
            "band": None,
            "other": None,
            "violated": [],
            "is_new": known is not None and (kind, object_id) not in known,
        }
        if self.best is not None:
            other = self.best.offer_item if kind == NEED else self.best.need_item
            found |= {
                "band": self.best.band,
                "other": {"kind": other.kind, "object_id": str(other.object_id)},
                "violated": [
                    one["name"]
                    for one in self.best.reasons["indicators"]
                    if one["must"] and one["verdict"] == "not_met"
                ],
            }
        return found


def make_content(
    *, today: date, previous: dict[str, Any] | None, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """The content of a map: {chains: [{chain, needs, capabilities, unanswered, unasked}], closed}.

    `needs` and `capabilities` count all entries of the chain, `unanswered` and `unasked` are lists
    of clusters {words, entries}. An entry of several chains stands in each. What was a gap in the
    `previous` content and is none now is listed in `closed`.
    """
    entries = {kind: _current(kind, today) for kind in (NEED, CAPABILITY)}
    gaps = {
        NEED: _gaps(entries[NEED], "need_item", "offer_item", CAPABILITY, today),
        CAPABILITY: _gaps(entries[CAPABILITY], "offer_item", "need_item", NEED, today),
    }
    statistics = current_statistics()
    vectors = _title_vectors([gap.item.pk for found in gaps.values() for gap in found])
    known = frozenset(keys_of(previous)) if previous is not None else None
    by_chain = {kind: _by_chain(found, lambda gap: gap.item) for kind, found in gaps.items()}
    totals = {kind: _by_chain(found, lambda item: item) for kind, found in entries.items()}
    chains = sorted({*totals[NEED], *totals[CAPABILITY]})
    rows = []
    for number, chain in enumerate(chains):
        progress(number, len(chains))
        rows.append(
            {
                "chain": chain,
                "needs": len(totals[NEED].get(chain, ())),
                "capabilities": len(totals[CAPABILITY].get(chain, ())),
                "unanswered": _clusters(by_chain[NEED].get(chain, []), vectors, statistics, known),
                "unasked": _clusters(
                    by_chain[CAPABILITY].get(chain, []), vectors, statistics, known
                ),
            }
        )
    progress(len(chains), len(chains))
    content: dict[str, Any] = {"chains": rows}
    now = set(keys_of(content))
    closed = sorted(known - now) if known is not None else []
    content["closed"] = [{"kind": kind, "object_id": object_id} for kind, object_id in closed]
    return content


def keys_of(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and id of every gap."""
    return [
        (entry["kind"], entry["object_id"])
        for chain in content.get("chains", ())
        for part in ("unanswered", "unasked")
        for group in chain[part]
        for entry in group["entries"]
    ]


def _current(kind: str, today: date) -> list[Item]:
    rows = Item.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today), kind=kind, is_searchable=True
    )
    return list(rows.only("id", "kind", "object_id", "title", "chains").order_by("pk"))


def _gaps(items: Sequence[Item], own: str, other: str, other_kind: str, today: date) -> list[Gap]:
    """Items whose best counterpart of the kind is not a good one."""
    rows = MatchSuggestion.objects.filter(
        Q(**{f"{other}__expires_on__isnull": True}) | Q(**{f"{other}__expires_on__gte": today}),
        **{f"{other}__is_searchable": True, f"{other}__kind": other_kind},
    )
    best: dict[UUID, MatchSuggestion] = {
        getattr(row, f"{own}_id"): row
        for row in rows.select_related(other)
        .order_by(own, "-score", "id")
        .distinct(own)
        .iterator(chunk_size=2000)
    }
    found = [Gap(item, best.get(item.pk)) for item in items]
    return [gap for gap in found if gap.best is None or gap.best.band not in ANSWERING]


def _by_chain(rows: Sequence[Any], item_of: Callable[[Any], Item]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for chain in item_of(row).chains or [NO_CHAIN]:
            found[chain].append(row)
    return found


def _title_vectors(item_ids: Sequence[UUID]) -> dict[UUID, Any]:
    import numpy as np

    try:
        model_id = get_serving().model_id()
    except DomainError:
        return {}
    hashes = dict(
        Passage.objects.filter(item__in=item_ids, role=Role.TITLE).values_list(
            "item_id", "text_hash"
        )
    )
    rows = Embedding.objects.filter(model_id=model_id, text_hash__in=set(hashes.values()))
    vectors = {
        text_hash: np.frombuffer(vector, "<f4")
        for text_hash, vector in rows.values_list("text_hash", "vector")
    }
    return {
        item_id: vectors[text_hash] for item_id, text_hash in hashes.items() if text_hash in vectors
    }


def _clusters(
    gaps: Sequence[Gap],
    vectors: dict[UUID, Any],
    statistics: Statistics,
    known: frozenset[tuple[str, str]] | None,
) -> list[dict[str, Any]]:
    """What has no vector (yet) is a cluster of its own, behind the others."""
    import numpy as np

    placed = [gap for gap in gaps if gap.item.pk in vectors]
    groups: list[list[Gap]] = []
    if placed:
        matrix = np.stack([vectors[gap.item.pk] for gap in placed])
        groups = [[placed[row] for row in rows] for rows in cluster(matrix)]
    groups += [[gap] for gap in gaps if gap.item.pk not in vectors]
    return [
        {
            "words": shared_words([gap.item.title for gap in group], statistics),
            "entries": [gap.as_json(known) for gap in group],
        }
        for group in groups
    ]
