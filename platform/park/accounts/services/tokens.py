"""API tokens, made and revoked by their owner."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from park.accounts import tokens
from park.accounts.actors import Actor
from park.accounts.models import ApiToken, TokenScope, User
from park.core import audit, text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems

NAME_LIMIT = 80
MAX_DAYS = 366
MAX_LIVE_TOKENS = 20


@transaction.atomic
def create_token(
    *, actor: Actor, name: str, scope: str = TokenScope.READ, days: int = 90
) -> tuple[ApiToken, str]:
    """A token that ends after `days` (1 to 366), and its secret, which is never shown again.

    Raises not_allowed (a visitor), invalid_input, too_many_tokens.
    """
    if not isinstance(actor, User) or not actor.is_active:
        raise NotAllowed("create_token")
    problems = Problems()
    name = text_rules.text(name, "name", problems, limit=NAME_LIMIT, is_required=True, is_line=True)
    scope = text_rules.choice(scope, "scope", problems, choices=TokenScope.values, is_required=True)
    text_rules.whole(days, "days", problems, least=1, most=MAX_DAYS)
    problems.raise_if_any()
    now = timezone.now()
    # Two requests at once must not both be the twentieth.
    User.objects.select_for_update().get(pk=actor.pk)
    if ApiToken.objects.live(now).filter(user_id=actor.pk).count() >= MAX_LIVE_TOKENS:
        raise DomainError("too_many_tokens", limit=MAX_LIVE_TOKENS)
    secret = tokens.new_secret()
    token = ApiToken.objects.create(
        user_id=actor.pk,
        name=name,
        scope=scope,
        digest=tokens.digest_of(secret),
        expires_at=now + timedelta(days=days),
    )
    changes = {"name": {"old": None, "new": name}, "scope": {"old": None, "new": scope}}
    audit.record(
        actor=actor, action="created", kind="api_token", object_id=token.pk, changes=changes
    )
    return token, secret


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: UUID) -> ApiToken:
    """Make one's own token useless from now on; twice is once. Raises not_found."""
    token = ApiToken.objects.visible_to(actor).select_for_update().filter(pk=token_id).first()
    if token is None:
        raise NotFound("api_token")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save()
        audit.record(actor=token.user, action="revoked", kind="api_token", object_id=token.pk)
    return token
