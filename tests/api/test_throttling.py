"""Limits: exact over any window, by account or address, and never in the way when Redis is gone."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as quick
from hypothesis import strategies as st

from api import throttling
from api.root import api
from api.throttling import Limit, Rate, Window
from tests.api.world import API, World, client_of

SEARCH = f"{API}/search?q=铜"
START = 1_800_000_000.0


def window(count: int = 3, seconds: int = 60) -> Window:
    return Window(Rate(count, seconds), str(uuid4()))


@pytest.fixture
def few_searches(settings: Any, no_worker: None) -> None:
    settings.RATE_LIMITS = {
        **settings.RATE_LIMITS,
        "search.visitor": "2/min",
        "search.member": "3/min",
        "suggestions.visitor": "1/min",
    }


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    nowhere = "redis://127.0.0.1:1/0"
    settings.REDIS_URL = nowhere
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": nowhere,
        }
    }
    yield
    throttling._connect.cache_clear()


def test_a_window_opens_again_as_its_oldest_request_leaves() -> None:
    limit = window(3, 60)
    assert [limit.seconds_to_wait(START + after) for after in (0, 10, 20)] == [0, 0, 0]
    assert limit.seconds_to_wait(START + 30) == 30
    assert limit.seconds_to_wait(START + 59.5) == 1
    assert limit.seconds_to_wait(START + 60) == 0
    assert limit.seconds_to_wait(START + 61) == 9


def test_nothing_is_gained_at_a_seam() -> None:
    """With fixed windows of a minute six would pass within two seconds."""
    limit = window(3, 60)
    around_the_minute = [START - START % 60 + 59 + step / 3 for step in range(6)]
    assert sum(limit.seconds_to_wait(at) == 0 for at in around_the_minute) == 3


@quick(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=40), st.integers(1, 5))
def test_no_stretch_as_long_as_the_window_lets_more_through(steps: list[int], count: int) -> None:
    limit, at, passed = window(count, 60), START, []
    for step in steps:
        at += step / 1000
        if limit.seconds_to_wait(at) == 0:
            passed.append(at)
    for first in passed:
        assert sum(first <= one < first + 60 for one in passed) <= count


@quick(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=20))
def test_whoever_waits_as_told_gets_through(steps: list[int]) -> None:
    limit, at = window(2, 60), START
    for step in steps:
        at += step / 1000
        if wait := limit.seconds_to_wait(at):
            assert limit.seconds_to_wait(at + wait) == 0
            at += wait


def test_many_at_once_share_one_count() -> None:
    limit, passed = window(10, 600), []

    def ask() -> None:
        passed.append(limit.seconds_to_wait() == 0)

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 10


def test_keys_go_away_by_themselves() -> None:
    limit = window(3, 60)
    limit.seconds_to_wait()
    assert 0 < throttling._redis().pttl(limit.key) <= 60_000


def test_a_visitor_who_searches_too_often_is_told_how_long_to_wait(
    world: World, few_searches: None
) -> None:
    visitor = Client()
    assert [visitor.get(SEARCH).status_code for _ in range(3)] == [200, 200, 429]
    answer = visitor.get(SEARCH)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "rate_limited"
    assert 0 < answer.json()["data"]["retry_after"] <= 60
    assert answer.headers["Retry-After"] == str(answer.json()["data"]["retry_after"])


def test_visitors_are_counted_by_address_and_a_made_up_one_does_not_help(
    world: World, few_searches: None, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 0
    visitor = Client()
    for step in range(2):
        visitor.get(SEARCH, headers={"X-Forwarded-For": f"198.51.100.{step}"})
    assert visitor.get(SEARCH, headers={"X-Forwarded-For": "198.51.100.9"}).status_code == 429
    assert visitor.get(SEARCH, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_behind_a_proxy_each_visitor_has_a_count_and_cannot_leave_it(
    world: World, few_searches: None, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    visitor = Client(REMOTE_ADDR="10.0.0.5")
    made_up = [f"203.0.113.{step}, 198.51.100.7" for step in range(3)]
    statuses = [visitor.get(SEARCH, headers={"X-Forwarded-For": way}) for way in made_up]
    assert [answer.status_code for answer in statuses] == [200, 200, 429]
    assert visitor.get(SEARCH, headers={"X-Forwarded-For": "198.51.100.8"}).status_code == 200


def test_members_are_counted_by_account_wherever_they_are(world: World, few_searches: None) -> None:
    member = client_of(world.member)
    places = [f"192.0.2.{step}" for step in range(4)]
    statuses = [member.get(SEARCH, REMOTE_ADDR=place).status_code for place in places]
    assert statuses == [200, 200, 200, 429]
    assert client_of(world.stranger).get(SEARCH).status_code == 200
    assert Client().get(SEARCH).status_code == 200


def test_suggestions_have_a_limit_of_their_own(world: World, few_searches: None) -> None:
    path = f"{API}/needs/{world.need('published').pk}/suggestions"
    assert [Client().get(path).status_code for _ in range(2)] == [200, 429]
    assert Client().get(SEARCH).status_code == 200


def test_without_redis_searches_are_answered(world: World, no_redis: None) -> None:
    answer = Client().get(SEARCH)
    assert (answer.status_code, answer.json()["mode"]) == (200, "words")


def test_every_limit_has_a_name_and_every_limited_operation_says_so(settings: Any) -> None:
    limited = 0
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                for limit in operation.throttle_objects:
                    assert isinstance(limit, Limit)
                    assert f"{limit.bucket}.member" in settings.RATE_LIMITS
                    assert f"{limit.bucket}.visitor" in settings.RATE_LIMITS
                    assert 429 in operation.response_models, operation.operation_id
                    limited += 1
    assert limited >= 5
