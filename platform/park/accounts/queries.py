"""Reads of accounts."""

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.utils import timezone

from park.accounts.actors import Actor
from park.accounts.models import ApiToken, User


def list_tokens(*, actor: Actor) -> "QuerySet[ApiToken]":
    """The actor's own tokens that still work, newest first."""
    return ApiToken.objects.visible_to(actor).live(timezone.now()).order_by("-id")


def verified_emails(user: User) -> frozenset[str]:
    """The addresses, in lower case, that are known to be the user's own."""
    if not user.is_active:
        return frozenset()
    proven = EmailAddress.objects.filter(user_id=user.pk, verified=True)
    return frozenset(email.lower() for email in proven.values_list("email", flat=True))
