"""What workers do for rounds and editions: print what was issued, close what is due."""

import structlog
from celery import shared_task
from django.utils import timezone

from market.editions import services
from park.core import outbox
from park.core.models import OutboxEvent

log = structlog.get_logger(__name__)


@shared_task(name="editions.print_edition", ignore_result=True)
def print_edition(event_id: int) -> None:
    """Nudged by the outbox. The event stays until every file is ready, so a worker that died, or a
    font that was missing, is made up for by the next sweep."""
    event = OutboxEvent.objects.filter(pk=event_id, processed_at__isnull=True).first()
    if event is None:
        return
    edition_id = event.payload["edition_id"]
    try:
        for form in services.waiting_files(edition_id):
            services.make_file(edition_id=edition_id, form=form)
    except OSError as error:
        log.warning("edition.not_printed", edition_id=edition_id, error=str(error)[:300])
        outbox.postpone(event_id, error, timezone.now())
        return
    if not services.waiting_files(edition_id):
        outbox.process(event_id, lambda payload: None)


@shared_task(name="editions.close_due_rounds", ignore_result=True)
def close_due_rounds() -> None:
    services.close_due_rounds(now=timezone.now())
