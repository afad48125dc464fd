"""Asks for a new gap map, and makes it. The row is the truth; the message is only a nudge."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from matching.models import GapMap, GapMapStatus
from park.accounts.actors import Actor, user_or_none
from park.core import audit
from park.core.errors import DomainError, NotAllowed
from park.organisations.queries import is_staff

log = structlog.get_logger(__name__)

GIVEN_UP_AFTER = timedelta(minutes=10)
"""Without a sign of life."""
KEPT = 60
"""Maps, about two months of daily ones."""
OPEN = (GapMapStatus.REQUESTED, GapMapStatus.RUNNING)


def request_gap_map(*, actor: Actor, now: datetime) -> GapMap:
    """A map to be made by a worker; the one under way when there is one. Park staff only."""
    if not is_staff(actor):
        raise NotAllowed("gap_map")
    with transaction.atomic():
        gap_map, is_new = _open_map(now)
        if is_new:
            audit.record(
                actor=user_or_none(actor),
                action="requested",
                kind="gap_map",
                object_id=gap_map.pk,
            )
    nudge(gap_map.pk)
    return gap_map


def begin_scheduled(now: datetime) -> UUID | None:
    """A map that nobody asked for, unless one is under way."""
    gap_map, is_new = _open_map(now)
    return gap_map.pk if is_new else None


def _open_map(now: datetime) -> tuple[GapMap, bool]:
    """The one under way, or a new one. Of two who ask at once, the constraint lets one make it."""
    _give_up(now)
    for _ in range(2):
        found = GapMap.objects.filter(status__in=OPEN).first()
        if found is not None:
            return found, False
        try:
            with transaction.atomic():
                return GapMap.objects.create(requested_at=now, heartbeat_at=now), True
        except IntegrityError:
            continue
    raise DomainError("gone_meanwhile")


def _give_up(now: datetime) -> None:
    GapMap.objects.filter(status__in=OPEN, heartbeat_at__lt=now - GIVEN_UP_AFTER).update(
        status=GapMapStatus.FAILED, error_code="interrupted"
    )


def nudge(gap_map_id: UUID) -> None:
    """A lost message is sent again when somebody asks once more."""
    try:
        current_app.send_task(  # pyright: ignore[reportCallIssue]
            "matching.make_gap_map", args=[str(gap_map_id)], queue="index", ignore_result=True
        )
    except OperationalError as error:
        log.warning("gap_map.nudge_failed", gap_map_id=str(gap_map_id), error=str(error)[:200])


def make_gap_map(gap_map_id: UUID) -> bool:
    """Makes a requested map; False when another worker is at it or it is made already."""
    from matching.gaps.making import make_content

    mine = GapMap.objects.filter(pk=gap_map_id, status=GapMapStatus.REQUESTED)
    if not mine.update(status=GapMapStatus.RUNNING, heartbeat_at=timezone.now()):
        return False
    running = GapMap.objects.filter(pk=gap_map_id, status=GapMapStatus.RUNNING)

    def progress(done: int, total: int) -> None:
        running.update(groups_done=done, groups_total=total, heartbeat_at=timezone.now())

    previous = latest()
    try:
        content = make_content(
            today=timezone.localdate(),
            previous=previous.content if previous else None,
            progress=progress,
        )
    except (DomainError, DatabaseError, ValueError) as error:
        log.warning("gap_map.failed", gap_map_id=str(gap_map_id), error=str(error)[:300])
        code = error.code if isinstance(error, DomainError) else "internal_error"
        running.update(status=GapMapStatus.FAILED, error_code=code)
        return False
    running.update(status=GapMapStatus.DONE, made_at=timezone.now(), content=content)
    _forget_old()
    return True


def latest() -> GapMap | None:
    return GapMap.objects.filter(status=GapMapStatus.DONE).order_by("-made_at", "-id").first()


def _forget_old() -> None:
    done = GapMap.objects.filter(status=GapMapStatus.DONE).order_by("-made_at", "-id")
    kept = list(done.values_list("pk", flat=True)[:KEPT])
    oldest = GapMap.objects.filter(pk__in=kept[-1:]).first()
    if oldest is not None:
        GapMap.objects.filter(
            ~Q(status__in=OPEN), ~Q(pk__in=kept), requested_at__lt=oldest.requested_at
        ).delete()
