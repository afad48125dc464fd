from celery import shared_task
from django.utils import timezone

from park.notifications import delivery


@shared_task(name="notifications.send_mail", ignore_result=True)
def send_mail(event_id: int) -> None:
    delivery.send_queued(event_id)


@shared_task(name="notifications.forget_files", ignore_result=True)
def forget_files() -> None:
    delivery.forget_files(timezone.now())
