import pytest
from django.core.cache import cache

from tests.api.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture(autouse=True)
def _no_attempts_of_earlier_tests() -> None:
    cache.clear()
