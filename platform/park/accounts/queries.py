"""Reads of accounts."""

from django.db.models import QuerySet
from django.utils import timezone

from park.accounts.actors import Actor
from park.accounts.models import ApiToken, User


def list_tokens(*, actor: Actor) -> "QuerySet[ApiToken]":
    """The actor's own tokens that still work, newest first."""
    return ApiToken.objects.visible_to(actor).live(timezone.now()).order_by("-id")


def verified_emails(user: User) -> frozenset[str]:
    """The addresses, in lower case, that are known to be the user's own."""
    return frozenset({user.email.lower()} if user.email and user.is_active else ())
