"""What the matching worker does: index what changed, answer searches, keep fresh.

One thread of a process indexes at a time and takes all that waits; the others stay free to search.
"""

import threading
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from matching import indexing, lexicon
from matching.search_filters import SearchFilters
from matching.serving import get_serving
from matching.sources import Viewer
from park.core import outbox
from park.core.errors import DomainError
from park.core.models import OutboxEvent

log = structlog.get_logger(__name__)

TOPIC = "item.changed"
EVENTS_AT_ONCE = 32
Stored = dict[tuple[str, UUID], bytes]
"""Items of a load, by kind and object, in the state in which they were stored ahead."""
_slot = threading.Lock()
_waiting = threading.Event()


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
            stored, is_outdated = _store_ahead()
            last = 0
            while batch := _next_events(last):
                handled += _handle(batch, stored)
                last = batch[-1].pk
            if is_outdated:
                # What was there before the load was scored by the words' old weights.
                indexing.rematch_outdated(timezone.localdate())
        finally:
            _slot.release()
    if handled:
        # A first load or an import changes what a word says; scores made on the way are outdated.
        _refresh_statistics()
    return handled


def _store_ahead() -> tuple[Stored, bool]:
    """Of a first load or an import everything is known before anything is scored.

    Otherwise the first suggestions would be the best of a half-known collection, by words whose
    weight nobody knows yet, and whoever looks meanwhile would be misled. Events stay waiting; what
    is stored here is stored again with its event only if it has changed since. Gives what it
    stored, and whether the words weigh otherwise than before.
    """
    stored: Stored = {}
    last = 0
    while batch := _next_events(last):
        if not last and len(batch) < EVENTS_AT_ONCE:
            return stored, False
        last = batch[-1].pk
        for kind, ids in _objects_of(batch).items():
            try:
                items = indexing.load_items(kind, ids)
                indexing.store_items(items, timezone.localdate())
            except (DomainError, DatabaseError, ValueError) as error:
                # Its own event meets the same error, and keeps it.
                log.warning("matching.store_ahead_failed", kind=kind, error=str(error)[:300])
            else:
                stored.update({(kind, one.object_id): indexing.state_of(one) for one in items})
    return stored, lexicon.refresh_statistics()


def _objects_of(events: list[OutboxEvent]) -> dict[str, set[UUID]]:
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


def _handle(events: list[OutboxEvent], stored: Stored) -> int:
    for kind, ids in _objects_of(events).items():
        found = indexing.load_items(kind, ids)
        indexing.embed_items(
            [one for one in found if stored.get((kind, one.object_id)) != indexing.state_of(one)]
        )

    def index(payload: dict[str, Any]) -> None:
        key = payload["kind"], UUID(payload["object_id"])
        indexing.index_item(*key, stored_state=stored.get(key))

    handled = 0
    for event in events:
        try:
            handled += outbox.process(event.pk, index)
        except (DomainError, DatabaseError, ValueError) as error:
            log.warning("matching.index_failed", event_id=event.pk, error=str(error)[:300])
            problem = error if isinstance(error, DomainError) else OSError(str(error))
            outbox.postpone(event.pk, problem, timezone.now())
            get_serving().reload(_item_ids(event.payload))
    return handled


def _item_ids(payload: dict[str, Any]) -> list[UUID]:
    from matching.models import Item

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
    """Finds what was missed, whatever the reason, and keeps the word statistics fresh."""
    young = timezone.now() - timedelta(minutes=2)
    waiting = OutboxEvent.objects.filter(topic=TOPIC, processed_at__isnull=True)
    if not waiting.filter(created_at__lte=young).exists() and not waiting.exists():
        for kind, object_id in indexing.missing_objects()[:1000]:
            outbox.publish(TOPIC, kind=kind, object_id=str(object_id))
    _refresh_statistics()


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
                indexing.rematch(timezone.localdate())
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
