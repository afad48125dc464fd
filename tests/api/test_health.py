"""Health says which part is missing."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from park.core.models import OutboxEvent
from tests.api.world import API, World


def test_without_a_worker_the_site_is_degraded_but_up(world: World, no_worker: None) -> None:
    answer = Client().get(f"{API}/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "broker": "ok",
        "worker": "down",
        "mail": "ok",
    }


def test_a_mail_that_keeps_failing_is_told(world: World, no_worker: None) -> None:
    OutboxEvent.objects.create(topic="mail.queued", payload={}, attempts=2)
    assert Client().get(f"{API}/health").json()["mail"] == "ok"
    OutboxEvent.objects.update(attempts=3)
    assert Client().get(f"{API}/health").json()["mail"] == "down"
    OutboxEvent.objects.update(processed_at=timezone.now())
    assert Client().get(f"{API}/health").json()["mail"] == "ok"


def test_without_a_broker_the_site_is_down(world: World, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    answer = Client().get(f"{API}/health")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["broker"]) == ("down", "down")


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_is_seen(real_worker: str) -> None:
    cache.delete("health:worker")
    assert Client().get(f"{API}/health").json()["worker"] == "ok"
