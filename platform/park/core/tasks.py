from celery import shared_task
from django.utils import timezone

from park.core import outbox


@shared_task(name="core.sweep_outbox", ignore_result=True)
def sweep_outbox() -> None:
    now = timezone.now()
    outbox.sweep(now)
    outbox.forget(now)
