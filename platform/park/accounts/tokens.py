"""Secrets of API tokens: how they are made, stored and recognised."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from park.accounts.models import ApiToken

PREFIX = "cuohe_"
# `last_used_at` is for people: a write for every request would tell them nothing more.
USE_NOTED_EVERY = timedelta(minutes=5)


def new_secret() -> str:
    """256 random bits. The prefix lets scanners for leaked secrets recognise it."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def authenticate_token(*, secret: str, now: datetime | None = None) -> ApiToken | None:
    """The live token with this secret, its user loaded; None for anything else.

    Looking up a hash leaks nothing by its timing that would help to guess the secret; the digests
    are compared in constant time all the same.
    """
    now = now or timezone.now()
    digest = digest_of(secret)
    token = ApiToken.objects.live(now).select_related("user").filter(digest=digest).first()
    if token is None or not hmac.compare_digest(token.digest, digest):
        return None
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token
