from celery import shared_task
from django.utils import timezone

from park.accounts import services


@shared_task(name="accounts.clean_up", ignore_result=True)
def clean_up() -> None:
    """What nobody proved, and sessions that are over."""
    services.forget_unproven_accounts(timezone.now())
    services.forget_ended_sessions()
