"""The worker's door for gap maps."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from matching.gaps import services


@shared_task(name="matching.make_gap_map", ignore_result=True)
def make_gap_map(gap_map_id: str) -> None:
    services.make_gap_map(UUID(gap_map_id))


@shared_task(name="matching.make_daily_gap_map", ignore_result=True)
def make_daily_gap_map() -> None:
    begun = services.begin_scheduled(timezone.now())
    if begun is not None:
        services.make_gap_map(begun)
