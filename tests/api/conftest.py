from collections.abc import Generator

import pytest
from django.core.cache import cache

from matching import queries
from tests.api.limits import forget_requests
from tests.api.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture(autouse=True)
def _no_requests_of_earlier_tests() -> None:
    forget_requests()


@pytest.fixture
def no_worker() -> Generator[None, None, None]:
    """As if the last search had gone unanswered, whatever workers other tests have started."""
    cache.set(queries._DOWN, 1, 60)
    cache.set("health:worker", False, 60)
    yield
    cache.delete_many([queries._DOWN, "health:worker"])
