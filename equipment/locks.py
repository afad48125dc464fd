"""Keeps concurrent writers of an instrument's periods in line, and names what went wrong."""

import random
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection
from psycopg import errors

from park.core.errors import DomainError

T = TypeVar("T")
ATTEMPTS = 5
CONSTRAINT = "occupied_once"


def lock_instruments(numbers: Iterable[int]) -> None:
    """Hold the advisory locks of these instruments until the transaction ends.

    Always taken first and in sorted order: two writers then wait for each other instead of
    deadlocking inside the exclusion constraint.
    """
    with connection.cursor() as cursor:
        for number in sorted(set(numbers)):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"equipment.instrument:{number}"],
            )


def is_period_clash(error: IntegrityError) -> bool:
    """Whether the database itself refused a second occupant."""
    cause = error.__cause__
    return isinstance(cause, errors.ExclusionViolation) and cause.diag.constraint_name == CONSTRAINT


def with_retries(write: Callable[[], T]) -> T:
    """Run a whole transaction again when the database gave it up in favour of another.

    Raises DomainError `service_unavailable` when that happens time after time. Inside a caller's
    transaction nothing can be repeated, so the error goes to the caller.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return write()
        except OperationalError as error:
            is_contention = isinstance(
                error.__cause__, errors.DeadlockDetected | errors.SerializationFailure
            )
            if not is_contention or connection.in_atomic_block:
                raise
            if attempt == ATTEMPTS:
                raise DomainError("service_unavailable", retry_after=1) from error
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - spreads, hides nothing
    raise AssertionError("the last attempt returns or raises")
