"""What the matching worker does: index what changed, answer searches, keep fresh.

One thread of a process indexes at a time and takes all that waits; the others stay free to search.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from matching import indexing, lexicon
from matching.models import Item
from matching.search_filters import SearchFilters
from matching.serving import get_serving
from matching.sources import SourceItem, Viewer
from park.core import outbox
from park.core.errors import DomainError
from park.core.models import OutboxEvent

log = structlog.get_logger(__name__)

TOPIC = "item.changed"
EVENTS_AT_ONCE = 32
MISSING_SECONDS = 3600.0
"""Everything the nouns have is compared with everything known here at this interval."""
_slot = threading.Lock()
_waiting = threading.Event()
_compared_at: float | None = None


@worker_ready.connect
def warm_up(sender: Any, **_: Any) -> None:
    """Loads model and index before the first search asks for them; beside the worker's own start,
    so that it answers pings meanwhile."""
    if "search" in sender.app.amqp.queues.consume_from:
        threading.Thread(target=_warm, name="warm-up", daemon=True).start()


def _warm() -> None:
    try:
        get_serving().warm()
    except (DomainError, DatabaseError) as error:
        log.warning("matching.not_warm", error=str(error)[:300])
    finally:
        connection.close()


@shared_task(name="matching.index_item", ignore_result=True)
def index_item(event_id: int) -> None:
    """Nudged by the outbox; the event itself may be handled by a thread that is already at it."""
    drain()


def drain() -> int:
    """Handles the waiting events of this process's turn; returns how many."""
    handled = 0
    _waiting.set()
    while _waiting.is_set():
        if not _slot.acquire(blocking=False):
            return handled  # its holder looks at `_waiting` again before it leaves
        try:
            _waiting.clear()
            if _store_ahead():
                lexicon.refresh_statistics()
                # Of what was there before only that whose words weigh otherwise now.
                indexing.rematch_outdated(timezone.localdate())
            last = 0
            while batch := _next_events(last):
                with claimed(batch) as events:
                    handled += _handle(events)
                last = batch[-1].pk
        finally:
            _slot.release()
    if lexicon.may_have_drifted(handled):
        _refresh_statistics()
    return handled


def _store_ahead() -> bool:
    """Of a first load or an import everything is stored before anything is scored, and then
    matched in one go. Says whether there was one.

    Otherwise the first suggestions would be the best of a half-known collection, by words whose
    weight nobody knows yet, and whoever looks meanwhile would be misled. Events stay waiting: each
    is handled on its own if its entry has changed since.
    """
    last = 0
    while batch := _next_events(last):
        if not last and len(batch) < EVENTS_AT_ONCE:
            return False
        if len(batch) == EVENTS_AT_ONCE:
            # A load has one nudge for all: call another process to help.
            outbox.nudge(batch[-1].pk, TOPIC)
        last = batch[-1].pk
        with claimed(batch) as events:
            _store(events)
    return True


def _store(events: Sequence[OutboxEvent]) -> dict[tuple[str, UUID], SourceItem]:
    """Stores the entries of events as their nouns have them now; gives them."""
    since = {(one.payload["kind"], UUID(one.payload["object_id"])): one for one in events}
    sources: dict[tuple[str, UUID], SourceItem] = {}
    for kind, ids in _objects_of(events).items():
        try:
            found = indexing.load_items(kind, ids)
            todo = [
                one
                for one in found
                if not indexing.is_stored(one, since[kind, one.object_id].created_at)
            ]
            indexing.store_items(todo, timezone.localdate())
        except (DomainError, DatabaseError, ValueError) as error:
            # Its own event meets the same error, and keeps it.
            log.warning("matching.store_failed", kind=kind, error=str(error)[:300])
        else:
            sources.update({(kind, one.object_id): one for one in found})
    return sources


def _objects_of(events: Sequence[OutboxEvent]) -> dict[str, set[UUID]]:
    kinds: dict[str, set[UUID]] = {}
    for event in events:
        kinds.setdefault(event.payload["kind"], set()).add(UUID(event.payload["object_id"]))
    return kinds


def _next_events(last: int) -> list[OutboxEvent]:
    """Those after the event `last`. One that became visible later has a nudge of its own."""
    rows = OutboxEvent.objects.filter(
        Q(attempts=0) | Q(retry_at__lte=timezone.now()),
        topic=TOPIC,
        processed_at__isnull=True,
        pk__gt=last,
    )
    return list(rows.order_by("id")[:EVENTS_AT_ONCE])


@contextmanager
def claimed(events: Sequence[OutboxEvent]) -> Iterator[list[OutboxEvent]]:
    """Those that no other process is at. PostgreSQL frees them when their holder dies."""
    lock = "hashtextextended('matching.event.' || id, 0)"
    with connection.cursor() as query:
        query.execute(
            f"SELECT id FROM unnest(%s) AS id WHERE pg_try_advisory_lock({lock})",  # noqa: S608
            [[one.pk for one in events]],
        )
        held = {pk for (pk,) in query.fetchall()}
    try:
        # What its holder finished between our look and our claim is not handled again.
        done = OutboxEvent.objects.filter(pk__in=held, processed_at__isnull=False)
        done_ids = set(done.values_list("pk", flat=True))
        yield [one for one in events if one.pk in held and one.pk not in done_ids]
    finally:
        if held and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as query:
                query.execute(
                    f"SELECT pg_advisory_unlock({lock}) FROM unnest(%s) AS id",  # noqa: S608
                    [list(held)],
                )


def _handle(events: list[OutboxEvent]) -> int:
    sources = _store(events)
    matched, todo = _split(events, sources)
    handled = outbox.mark_processed([one.pk for one in matched])
    for event in todo:
        key = event.payload["kind"], UUID(event.payload["object_id"])

        def match(payload: dict[str, Any], key: tuple[str, UUID] = key) -> None:
            if key in sources:
                indexing.match_item(*key, is_known=True, today=timezone.localdate())
            else:
                # Its noun does not know it, or storing it failed: this says which.
                indexing.index_item(*key)

        try:
            handled += outbox.process(event.pk, match)
        except (DomainError, DatabaseError, ValueError) as error:
            log.warning("matching.index_failed", event_id=event.pk, error=str(error)[:300])
            problem = error if isinstance(error, DomainError) else OSError(str(error))
            outbox.postpone(event.pk, problem, timezone.now())
            get_serving().reload(_item_ids(event.payload))
    return handled


def _split(
    events: Sequence[OutboxEvent], sources: Mapping[tuple[str, UUID], SourceItem]
) -> tuple[list[OutboxEvent], list[OutboxEvent]]:
    """Those whose entries are matched already, with their load, and the others."""
    states: dict[tuple[str, UUID], str] = {}
    for kind, ids in _objects_of(events).items():
        rows = Item.objects.filter(kind=kind, object_id__in=ids, is_searchable=True)
        rows = rows.exclude(matched_with="")
        for object_id, state in rows.values_list("object_id", "source_state"):
            states[kind, object_id] = state
    matched, todo = [], []
    for event in events:
        key = event.payload["kind"], UUID(event.payload["object_id"])
        is_matched = key in sources and states.get(key) == indexing.state_of(sources[key])
        (matched if is_matched else todo).append(event)
    return matched, todo


def _item_ids(payload: dict[str, Any]) -> list[UUID]:
    rows = Item.objects.filter(kind=payload["kind"], object_id=payload["object_id"])
    return list(rows.values_list("pk", flat=True))


@shared_task(name="matching.search")
def search(
    text: str, filters: dict[str, Any], viewer: dict[str, Any], k: int
) -> list[dict[str, Any]]:
    """Items by meaning, as JSON. The caller waits for it, so it takes no other work along."""
    from matching.search import search as search_now

    who = Viewer(frozenset(UUID(one) for one in viewer["organisation_ids"]), viewer["sees_all"])
    hits = search_now(text, filters=SearchFilters.from_json(filters), viewer=who, k=k)
    return [
        {**asdict(hit), "item_id": str(hit.item_id), "object_id": str(hit.object_id)}
        for hit in hits
    ]


@shared_task(name="matching.expire_items", ignore_result=True)
def expire_items() -> None:
    indexing.expire_items(timezone.localdate())


@shared_task(name="matching.sweep", ignore_result=True)
def sweep() -> None:
    """Finds what was missed, whatever the reason, keeps the word statistics fresh, and makes anew
    what was scored with other weights, statistics or another model."""
    is_idle = not OutboxEvent.objects.filter(topic=TOPIC, processed_at__isnull=True).exists()
    if is_idle and _is_time_to_compare():
        for kind, object_id in indexing.missing_objects()[:1000]:
            outbox.publish(TOPIC, kind=kind, object_id=str(object_id))
    with _maintenance() as is_free:
        if not is_free:
            return
        lexicon.refresh_statistics()
        # What nobody matched yet may be a load that is still being stored.
        if indexing.is_outdated(also_new=is_idle):
            indexing.rematch_outdated(timezone.localdate(), also_new=is_idle, waits=False)


def _is_time_to_compare() -> bool:
    """At the first sweep of a process, then seldom: the outbox does not lose anything, so this
    finds only what an outside hand changed."""
    global _compared_at
    now = time.monotonic()
    if _compared_at is not None and now - _compared_at < MISSING_SECONDS:
        return False
    _compared_at = now
    return True


def _refresh_statistics() -> None:
    with _maintenance() as is_free:
        if is_free:
            indexing.refresh_and_rematch(timezone.localdate())


@shared_task(name="matching.reembed", ignore_result=True)
def reembed() -> None:
    """Catches up with a change of model or with texts that were stored without a vector."""
    with _maintenance() as is_free:
        if not is_free:
            return
        try:
            if indexing.reembed():
                indexing.rematch_outdated(timezone.localdate())
        except DomainError as error:
            log.warning("matching.reembed_waits", code=error.code, **error.data)


class _maintenance:  # noqa: N801 - reads as the statement it is used in
    """One long job at a time in a process; False when another is at it."""

    _lock = threading.Lock()

    def __enter__(self) -> bool:
        self.is_held = self._lock.acquire(blocking=False)
        return self.is_held

    def __exit__(self, *exc: object) -> None:
        if self.is_held:
            self._lock.release()
