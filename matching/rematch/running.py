"""Goes through all items whose suggestions are outdated, batch by batch.

Scoring takes no lock, so entries published meanwhile wait for one batch's merge at most. What is
done is marked with its batch: a run that was killed goes on where it stopped.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Collection as Ids
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import structlog
from django.db import connection
from django.db.models import QuerySet

from matching import engine, lists, scoring
from matching.engine import SHARED_WORDS, SHORTLIST
from matching.indicators import Claim
from matching.item_facts import claims_by_item
from matching.lexicon import current_statistics, statistics_for
from matching.lists import Scored
from matching.models import Item, MatchSuggestion
from matching.pairs import score_pair
from matching.ranker import current_weights
from matching.rematch import collection
from matching.rematch.collection import Collection, Numbers, Shared
from matching.rematch.evidence import Comparison
from matching.rematch.recall import Recall
from matching.scoring import TextEvidence
from matching.serving import get_serving, suggestions_lock
from matching.similarities import SEARCHES, SIMILARITIES, roles_compared
from matching.sources import Side

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = structlog.get_logger(__name__)

BATCH = 128
HELD_ITEMS = 30_000
"""Items whose facts and claims are kept from batch to batch."""
LOG_SECONDS = 15.0
WAIT_SECONDS = 0.5

Progress = Callable[[int, int], None]


def is_outdated(*, also_new: bool = True) -> bool:
    """Whether some suggestions are older than the weights, the word statistics or the model."""
    made_with = _made_with()
    return any(
        _outdated(side, made_with, also_new=also_new).exists() for side in (Side.NEED, Side.OFFER)
    )


def rematch(today: date, progress: Progress | None = None) -> int:
    """Makes the suggestions of every need anew; returns how many needs."""
    Item.objects.filter(side=Side.NEED, is_searchable=True).update(matched_with="")
    return rematch_outdated(today, progress=progress)


def rematch_outdated(
    today: date, *, also_new: bool = True, waits: bool = True, progress: Progress | None = None
) -> int:
    """Makes those suggestions anew that are not of now; returns how many items were matched.

    `also_new` takes the items along that were never matched. An offer that was matched before is
    not searched for again: its list is scored anew with the needs that stand in it. While another
    process is at it, this waits, or with `waits=False` leaves the work to it.
    """
    with _one_at_a_time(waits) as is_free:
        if not is_free:
            return 0
        count = 0
        made_with = _made_with()
        for side in (Side.NEED, Side.OFFER):
            ids = list(
                _outdated(side, made_with, also_new=also_new)
                .order_by("kind", "pk")
                .values_list("pk", flat=True)
            )
            if side is Side.OFFER:
                _mark_known_offers(made_with)
            if ids:
                count += _match(side, ids, today, progress)
        return count


def _made_with() -> dict[str, object]:
    return engine.versions_now(get_serving().index(), current_statistics())


def _outdated(side: Side, made_with: Mapping[str, object], *, also_new: bool) -> QuerySet[Item]:
    rows = Item.objects.filter(side=side, is_searchable=True)
    if side is Side.OFFER:
        return rows.filter(matched_with="") if also_new else rows.none()
    rows = rows.exclude(matched_with=lists.mark(made_with))
    return rows if also_new else rows.exclude(matched_with="")


def _mark_known_offers(made_with: Mapping[str, object]) -> None:
    mark = lists.mark(made_with)
    known = Item.objects.filter(side=Side.OFFER, is_searchable=True)
    known.exclude(matched_with__in=["", mark]).update(matched_with=mark)


@contextmanager
def _one_at_a_time(waits: bool) -> Iterator[bool]:
    """Between all processes. PostgreSQL frees it when its holder dies."""
    name = "hashtext('matching.rematch')"
    while not (is_free := _ask(f"SELECT pg_try_advisory_lock({name})")) and waits:
        # Not a waiting statement: its snapshot would hold up everybody who follows changes.
        time.sleep(WAIT_SECONDS)
    try:
        yield is_free
    finally:
        if is_free and connection.connection is not None and not connection.needs_rollback:
            _ask(f"SELECT pg_advisory_unlock({name})")


def _ask(statement: str) -> bool:
    with connection.cursor() as query:
        query.execute(statement)
        return query.fetchone()[0]


# --- a run ---


def _match(side: Side, ids: Sequence[UUID], today: date, progress: Progress | None) -> int:
    start = said = time.monotonic()
    run = Run(side, today)
    log.info("rematch.started", side=side.value, items=len(ids), others=len(run.others))
    done = matched = 0
    for batch in _batches(ids):
        matched += run.match(batch)
        done += len(batch)
        if progress is not None:
            progress(done, len(ids))
        if time.monotonic() - said > LOG_SECONDS:
            said = time.monotonic()
            log.info("rematch.going_on", side=side.value, done=done, of=len(ids), **run.figures())
    seconds = round(time.monotonic() - start, 1)
    log.info("rematch.done", side=side.value, items=matched, seconds=seconds, **run.figures())
    return matched


def _batches(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    """Of one kind each: the other side's lists are kept by kind."""
    kinds: dict[str, list[UUID]] = {}
    for start in range(0, len(ids), 10_000):
        part = ids[start : start + 10_000]
        for pk, kind in Item.objects.filter(pk__in=part).order_by("pk").values_list("pk", "kind"):
            kinds.setdefault(kind, []).append(pk)
    for of_kind in kinds.values():
        for start in range(0, len(of_kind), BATCH):
            yield of_kind[start : start + BATCH]


class Run:
    """One side against all of the other as it was when the run began."""

    def __init__(self, side: Side, today: date) -> None:
        start = time.perf_counter()
        self.side = side
        self.today = today
        self.seconds: dict[str, float] = {}
        self.pairs = 0
        """Compared by their texts."""
        self.judged = 0
        """Of those the ones compared by facts and indicators too."""
        self.written = 0
        self.snapshot = lists.take_snapshot()
        index = get_serving().index(fresh=True)
        searched = frozenset(role for one in SEARCHES for role in (one.asked, *one.among))
        self.shared = Shared(
            index,
            statistics_for(index.model_id if index is not None else ""),
            roles_compared(SIMILARITIES) | searched,
            Numbers(),
            Numbers(),
        )
        self.made_with = engine.versions_now(index, self.shared.statistics)
        self.others = collection.load(side.other, self.shared, today, asks=side is Side.OFFER)
        self._recall = Recall(self.others, collection.post(self.others.words))
        self._comparison = Comparison(self.others, self.shared.statistics)
        self._items: dict[UUID, Item] = {}
        self._claims: dict[UUID, Sequence[Claim]] = {}
        self._took("load", start)

    def figures(self) -> dict[str, object]:
        return {
            "pairs": self.pairs,
            "judged": self.judged,
            "written": self.written,
            **{name: round(value, 1) for name, value in self.seconds.items()},
        }

    def _took(self, step: str, start: float) -> float:
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - start
        return now

    def match(self, ids: Sequence[UUID]) -> int:
        """Matches items of one kind; returns how many were not changed meanwhile."""
        start = time.perf_counter()
        own = collection.load(self.side, self.shared, self.today, item_ids=ids, asks=True)
        if not len(own):
            return 0
        start = self._took("load", start)
        candidates = self._recall.find(own)
        start = self._took("recall", start)
        shortlists = self._shortlists(own, candidates)
        start = self._took("texts", start)
        scored = Scored(
            self.side,
            own.kinds[0],
            own.ids,
            self._score(own, shortlists),
            self.snapshot,
            self.made_with,
        )
        start = self._took("facts", start)
        engine.explain(lists.decide(scored).kept, self.shared.index)
        start = self._took("reasons", start)
        with suggestions_lock():
            decision = lists.decide(scored)
            engine.explain(decision.kept, self.shared.index)
            self.written += lists.store(scored, decision)
        self._took("store", start)
        return len(decision.current)

    def _shortlists(
        self, own: Collection, candidates: "Sequence[Mapping[str, NDArray[np.int64]]]"
    ) -> list[dict[int, TextEvidence]]:
        """The likeliest of each kind by text alone, and those already listed."""
        listed = engine.stored_with(self.side, own.ids)
        known = self.others.positions
        held_by_own = np.zeros(len(self.shared.tokens) + 1)
        found = []
        for number, item_id in enumerate(own.ids):
            wanted = {known[one] for one in listed.get(item_id, ()) if one in known}
            positions = np.unique(
                np.concatenate([*candidates[number].values(), np.array([*wanted], np.int64)])
            )
            evidence = self._comparison.evidence(own, number, positions, held_by_own)
            self.pairs += len(positions)
            weights = current_weights()
            scores = [scoring.score(scoring.text_features(one), weights) for one in evidence]
            taken: dict[str, int] = {}
            short: dict[int, TextEvidence] = {}
            for place in sorted(range(len(scores)), key=lambda one: (-scores[one], one)):
                position = int(positions[place])
                kind = self.others.kinds[position]
                taken[kind] = taken.get(kind, 0) + 1
                if taken[kind] <= SHORTLIST or position in wanted:
                    short[position] = evidence[place]
            found.append(short)
        return found

    def _score(
        self, own: Collection, shortlists: Sequence[Mapping[int, TextEvidence]]
    ) -> list[MatchSuggestion]:
        wanted = {self.others.ids[position] for short in shortlists for position in short}
        items = self._items_of([*own.ids, *wanted])
        claims = self._claims_of(items, own, wanted)
        names = list(self.shared.tokens)
        pairs = []
        for number, short in enumerate(shortlists):
            item = items.get(own.ids[number])
            if item is None:
                continue
            shared = self._comparison.shared_words(own, number, list(short), names, SHARED_WORDS)
            for (position, evidence), words in zip(short.items(), shared, strict=True):
                other = items.get(self.others.ids[position])
                if other is None:
                    continue
                pair = score_pair(item, other, evidence, claims, words)
                self.judged += 1
                if pair.band:
                    engine.add_versions(pair, self.made_with)
                    pairs.append(pair)
        return pairs

    def _items_of(self, ids: Sequence[UUID]) -> dict[UUID, Item]:
        if len(self._items) > HELD_ITEMS:
            self._items.clear()
        missing = [one for one in ids if one not in self._items]
        self._items.update(Item.objects.in_bulk(missing))
        return self._items

    def _claims_of(
        self, items: Mapping[UUID, Item], own: Collection, wanted: Ids[UUID]
    ) -> Mapping[UUID, Sequence[Claim]]:
        if len(self._claims) > HELD_ITEMS:
            self._claims.clear()
        offers = wanted if self.side is Side.NEED else own.ids
        missing = [items[one] for one in offers if one in items and one not in self._claims]
        self._claims.update(claims_by_item(missing))
        return self._claims
