"""The worker's door: one job by its id; beat finds those whose worker died."""

from uuid import UUID

import structlog
from celery import current_app, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from park.imports import running

log = structlog.get_logger(__name__)


@shared_task(name="imports.run_job", ignore_result=True)
def run_job(job_id: str) -> None:
    running.run_job(UUID(job_id))


@shared_task(name="imports.sweep", ignore_result=True)
def sweep() -> None:
    now = timezone.now()
    for job_id in running.stale_jobs(now):
        nudge(job_id)
    running.forget_files(now)


def nudge(job_id: UUID) -> None:
    """The job's own row is the truth: a message that is lost is sent again by the sweep."""
    try:
        current_app.send_task(  # pyright: ignore[reportCallIssue] - a proxy that says it is a list
            "imports.run_job", args=[str(job_id)], queue="default", ignore_result=True
        )
    except OperationalError as error:
        log.warning("imports.nudge_failed", job_id=str(job_id), error=str(error))
