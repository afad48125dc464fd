from celery import shared_task
from django.utils import timezone

from park.files import sweeping


@shared_task(name="files.sweep", ignore_result=True)
def sweep_files() -> None:
    sweeping.sweep(timezone.now())
