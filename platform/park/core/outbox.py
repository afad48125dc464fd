"""The outbox: a row written with the change is the truth, the Celery message only a nudge.

`publish` writes the row and nudges after commit; `process` is what a handler's task calls;
`core.sweep_outbox` sends again whatever was missed and forgets what was done long ago.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from park.core.errors import DomainError
from park.core.models import OutboxEvent

log = structlog.get_logger(__name__)

# A nudge may be on its way still: the sweep leaves young rows alone.
NUDGE_GRACE = timedelta(seconds=15)
# Of many rows the first one's nudge is enough; the others are looked at only if all went wrong.
BULK_GRACE = timedelta(minutes=10)
MAX_BACKOFF = timedelta(minutes=30)
# Long enough to look back on, short enough for the table to stay small.
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Route:
    task_name: str
    queue: str


_routes: dict[str, Route] = {}


def register(topic: str, *, task_name: str, queue: str) -> None:
    """Say which task handles a topic. The task takes one argument, the event's id."""
    _routes[topic] = Route(task_name, queue)


def publish(topic: str, **payload: Any) -> OutboxEvent:
    """Write an event; its nudge goes out when the surrounding transaction commits."""
    event = OutboxEvent.objects.create(
        topic=topic, payload=payload, retry_at=timezone.now() + NUDGE_GRACE
    )
    transaction.on_commit(lambda: nudge(event.pk, topic))
    return event


def publish_many(topic: str, payloads: Iterable[Mapping[str, Any]]) -> int:
    """Write many events with one nudge, for a topic whose handler takes all that waits.

    Returns how many there are.
    """
    now = timezone.now()
    events = [
        OutboxEvent(topic=topic, payload=dict(payload), retry_at=now + BULK_GRACE)
        for payload in payloads
    ]
    if events:
        events[0].retry_at = now + NUDGE_GRACE
        first = OutboxEvent.objects.bulk_create(events)[0].pk
        transaction.on_commit(lambda: nudge(first, topic))
    return len(events)


def nudge(event_id: int, topic: str) -> None:
    """Send the message. A broker that is down loses nothing: the sweep sends again."""
    route = _routes.get(topic)
    if route is None:
        return
    try:
        current_app.send_task(  # pyright: ignore[reportCallIssue] - a proxy that says it is a list
            route.task_name, args=[event_id], queue=route.queue, ignore_result=True
        )
    except OperationalError as error:
        log.warning("outbox.nudge_failed", event_id=event_id, topic=topic, error=str(error))


def process(
    event_id: int, handle: Callable[[dict[str, Any]], None], *, is_secret: bool = False
) -> bool:
    """Handle one event at most once at a time. False when another worker has it or it is done.

    The row is locked and marked in the transaction of the handler's own writes, so a worker that
    dies half-way leaves the event waiting and its writes undone. A secret payload is forgotten
    as soon as it is handled.
    """
    with transaction.atomic():
        event = (
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(pk=event_id, processed_at__isnull=True)
            .first()
        )
        if event is None:
            return False
        handle(event.payload)
        event.processed_at = timezone.now()
        if is_secret:
            event.payload = {}
        event.save(update_fields=["processed_at", "payload"])
    return True


def mark_processed(event_ids: Iterable[int]) -> int:
    """Of events whose work is done already; those that another worker has are left to it."""
    with transaction.atomic():
        waiting = OutboxEvent.objects.select_for_update(skip_locked=True).filter(
            pk__in=list(event_ids), processed_at__isnull=True
        )
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        return OutboxEvent.objects.filter(pk__in=ids).update(processed_at=timezone.now())


def postpone(event_id: int, error: DomainError | OSError, now: datetime) -> None:
    """Record a failed attempt; the next one waits twice as long, half an hour at most."""
    event = OutboxEvent.objects.get(pk=event_id)
    wait = min(timedelta(seconds=10 * 2 ** min(event.attempts, 10)), MAX_BACKOFF)
    OutboxEvent.objects.filter(pk=event_id).update(
        attempts=F("attempts") + 1, retry_at=now + wait, last_error=str(error)[:2000]
    )


def give_up(event_id: int, error: DomainError | OSError, now: datetime) -> None:
    """Try this event never again: its payload is forgotten, its error stays for people to see."""
    OutboxEvent.objects.filter(pk=event_id).update(
        attempts=F("attempts") + 1,
        processed_at=now,
        payload={"failed": True},
        last_error=str(error)[:2000],
    )


def sweep(now: datetime, limit: int = 1000) -> int:
    """Nudge every event whose time has come; returns how many."""
    waiting = OutboxEvent.objects.filter(processed_at__isnull=True, retry_at__lte=now)
    with transaction.atomic():
        # A row that is locked is being handled: a slow mail server must not hold up the others.
        due = list(
            waiting.select_for_update(skip_locked=True)
            .order_by("id")
            .values_list("id", "topic")[:limit]
        )
        ids = [pk for pk, _ in due]
        OutboxEvent.objects.filter(id__in=ids).update(retry_at=now + NUDGE_GRACE * 4)
    for event_id, topic in due:
        nudge(event_id, topic)
    return len(due)


def forget(now: datetime, limit: int = 5000) -> int:
    """Delete events that were handled long ago, some at a time; returns how many."""
    old = OutboxEvent.objects.filter(processed_at__lt=now - KEPT_FOR).order_by("processed_at")
    return OutboxEvent.objects.filter(pk__in=old.values("pk")[:limit]).delete()[0]
