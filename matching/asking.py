"""Asks a matching worker something that somebody waits for, and goes on without an answer."""

from typing import Any

import structlog
from celery import current_app
from celery.exceptions import TimeoutError as CeleryTimeoutError
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from park.core.errors import DomainError

log = structlog.get_logger(__name__)

DOWN_SECONDS = 5
"""After an unanswered question the next ones of its task do not wait for that long."""
SEARCH = "matching.search"


def down_key(task: str) -> str:
    return f"{task}.down"


def ask_worker(task: str, args: list[Any], timeout: float) -> Any:
    """What the task returns; None when nobody answers in time, or when the worker has no model.

    When searches go unanswered nothing else is asked either; a slower task that was given up says
    nothing about searches.
    """
    try:
        if any(cache.get_many({down_key(SEARCH), down_key(task)}).values()):
            return None
        answer = current_app.send_task(  # pyright: ignore[reportCallIssue]
            task,
            args=args,
            queue="search",
            # Nobody waits for it any more by then.
            expires=timeout,
        )
        try:
            return answer.get(  # pyright: ignore[reportCallIssue]
                timeout=timeout, disable_sync_subtasks=False
            )
        except CeleryTimeoutError:
            cache.set(down_key(task), 1, DOWN_SECONDS)
        except DomainError as error:
            log.warning("search.without_meaning", code=error.code, task=task)
        finally:
            answer.forget()
    except (OperationalError, RedisError, OSError) as error:
        log.warning("search.no_broker", error=str(error)[:200], task=task)
    return None
