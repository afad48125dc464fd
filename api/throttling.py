"""Counts attempts in the cache and says when there were too many."""

import hashlib
import time

from django.core.cache import cache

from park.core.errors import DomainError

WINDOW = 300
"""Seconds. Windows are fixed, so that one counter a window is all there is to keep."""
ATTEMPTS = 10


class Attempts:
    """The attempts at one thing, such as signing in as somebody from somewhere."""

    def __init__(self, *parts: str, limit: int = ATTEMPTS) -> None:
        self.limit = limit
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        now = time.time()
        self.key = f"attempts:{digest}:{int(now // WINDOW)}"
        self.retry_after = WINDOW - int(now % WINDOW)

    def count(self) -> None:
        """One more. Raises `rate_limited` with `retry_after` in seconds."""
        cache.add(self.key, 0, timeout=WINDOW)
        try:
            made = cache.incr(self.key)
        except ValueError:  # it expired between the two calls
            return
        if made > self.limit:
            raise DomainError("rate_limited", retry_after=self.retry_after)

    def forget(self) -> None:
        cache.delete(self.key)
