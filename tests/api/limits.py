"""Forgetting how often was asked, so that tests are not in each other's way."""

from api.throttling import _redis


def forget_requests() -> None:
    redis = _redis()
    # Not the whole database: the broker's own keys live in it too.
    for pattern in ("rate:*", "*allauth:rl:*", "*attempts:*"):
        for key in redis.scan_iter(pattern):
            redis.delete(key)
