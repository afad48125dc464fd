"""How often one may ask: sliding windows in Redis, named in `settings.RATE_LIMITS`.

In no stretch of time as long as the window is more let through than the limit says, so nothing
is gained at a seam. Without Redis everybody is let through: a page matters more than a limit.
"""

import hashlib
import math
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

import structlog
from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle
from redis import Redis
from redis.exceptions import RedisError

from api import security_log
from api.addresses import client_site
from park.accounts.models import User
from park.core.errors import DomainError

log = structlog.get_logger(__name__)

UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
REDIS_SECONDS = 0.5
"""A limit must not make anybody wait."""

# One step for all: forget what left the window, refuse or note. A refused request is not noted, so
# that patience is always rewarded. Microseconds; without a given time the broker's own clock.
SCRIPT = """
local now = tonumber(ARGV[1])
if now == 0 then
  local clock = redis.call('TIME')
  now = clock[1] * 1000000 + clock[2]
end
local window, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
if redis.call('ZCARD', KEYS[1]) < limit then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[4])
  redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return math.max(1, tonumber(oldest[2]) + window - now)
"""


@dataclass(frozen=True, slots=True)
class Rate:
    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """`30/min`; units are s, min, h and d."""
        count, _, unit = text.partition("/")
        return cls(int(count), UNITS[unit])


class Window:
    """The requests of one kind by one asker during the last `rate.seconds`."""

    def __init__(self, rate: Rate, *parts: str) -> None:
        self.rate = rate
        digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
        self.key = f"rate:{digest}"

    def seconds_to_wait(self, now: float | None = None) -> int:
        """0 when there is room, and then this request is noted; otherwise whole seconds."""
        arguments = [
            0 if now is None else round(now * 1_000_000),
            self.rate.seconds * 1_000_000,
            self.rate.count,
            secrets.token_hex(8),
        ]
        try:
            wait = _redis().eval(SCRIPT, 1, self.key, *arguments)
        except (RedisError, OSError) as error:
            log.warning("throttling.no_redis", error=str(error)[:200])
            return 0
        return math.ceil(int(wait) / 1_000_000)  # pyright: ignore[reportArgumentType]


# Ninja asks for the time to wait in a second call that does not know the request.
_wait: ContextVar[int] = ContextVar("wait", default=0)


class Limit(BaseThrottle):
    """`throttle=Limit("search")` on an operation or router.

    Those who have signed in are counted by account (`search.member`), wherever they are; visitors
    by address (`search.visitor`).
    """

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def allow_request(self, request: HttpRequest) -> bool:
        wait = self.window_of(request).seconds_to_wait()
        _wait.set(wait)
        if wait:
            security_log.record("security.rate_limited", request, bucket=self.bucket)
        return wait == 0

    def wait(self) -> float:
        return _wait.get()

    def count(self, request: HttpRequest, user: object = None) -> None:
        """The same for what is no operation of its own. Raises `rate_limited` with `retry_after`
        in seconds; `user` is who asks where `request.auth` is not set yet."""
        wait = self.window_of(request, user).seconds_to_wait()
        if wait:
            security_log.record("security.rate_limited", request, bucket=self.bucket)
            raise DomainError("rate_limited", retry_after=wait)

    def window_of(self, request: HttpRequest, user: object = None) -> Window:
        user = getattr(request, "auth", None) or user
        is_member = isinstance(user, User)
        name = f"{self.bucket}.{'member' if is_member else 'visitor'}"
        who = str(user.pk) if is_member else client_site(request)
        return Window(Rate.parse(settings.RATE_LIMITS[name]), name, who)


def _redis() -> Redis:
    return _connect(settings.REDIS_URL)


@lru_cache(maxsize=4)
def _connect(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
