from collections.abc import Generator

import pytest
from django.core.cache import cache

from matching import queries
from tests.api.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture(autouse=True)
def _no_attempts_of_earlier_tests() -> None:
    forget_attempts()


def forget_attempts() -> None:
    """As if a long time had passed."""
    # Not `cache.clear()`: the broker's own keys live in the same Redis database.
    redis = cache._cache.get_client(write=True)
    for pattern in ("*attempts:*", "*allauth:rl:*"):
        for key in redis.scan_iter(pattern):
            redis.delete(key)


@pytest.fixture
def no_worker() -> Generator[None, None, None]:
    """As if the last search had gone unanswered, whatever workers other tests have started."""
    cache.set(queries._DOWN, 1, 60)
    cache.set("health:worker", False, 60)
    yield
    cache.delete_many([queries._DOWN, "health:worker"])
