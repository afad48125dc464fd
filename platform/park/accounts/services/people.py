"""Writes to the accounts themselves: profile, consent, what is recorded of them, resets."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from park.accounts.actors import Actor
from park.accounts.consent import PRIVACY_NOTICE_VERSION
from park.accounts.models import Consent, ConsentPurpose, Language, User
from park.accounts.services.sessions import end_sessions
from park.core import audit, text_rules
from park.core.errors import NotAllowed, NotFound
from park.core.text_rules import Problems

KIND = "user"
DISPLAY_NAME_LIMIT = 60
UNPROVEN_KEPT_FOR = timedelta(days=7)


@transaction.atomic
def update_profile(
    *, actor: Actor, display_name: str | None = None, language: str | None = None
) -> User:
    """Change what is given of one's own profile. Raises not_allowed (a visitor), invalid_input."""
    if not isinstance(actor, User):
        raise NotAllowed("update_profile")
    problems = Problems()
    values: dict[str, Any] = {}
    if display_name is not None:
        values["display_name"] = text_rules.text(
            display_name,
            "display_name",
            problems,
            limit=DISPLAY_NAME_LIMIT,
            is_required=True,
            is_line=True,
        )
    if language is not None:
        values["language"] = text_rules.choice(
            language, "language", problems, choices=Language.values
        )
    problems.raise_if_any()
    user = User.objects.select_for_update().get(pk=actor.pk)
    changes = audit.differences({name: getattr(user, name) for name in values}, values)
    if changes:
        for name, value in values.items():
            setattr(user, name, value)
        user.save(update_fields=list(values))
        note_event(user=user, action="profile_changed", changes=changes)
    return user


def agree_to_privacy_notice(*, user: User, now: datetime) -> Consent:
    """Record that the user agreed to the notice as it reads now."""
    return Consent.objects.create(
        user=user,
        purpose=ConsentPurpose.PRIVACY_NOTICE,
        version=PRIVACY_NOTICE_VERSION,
        given_at=now,
    )


def note_event(
    *, user: User, action: str, changes: Mapping[str, Any] | None = None, note: str = ""
) -> None:
    """Put something that the user did to the own account on record."""
    audit.record(
        actor=user, action=action, kind=KIND, object_id=user.pk, changes=changes, note=note
    )


@transaction.atomic
def reset_second_factor(*, actor: Actor, user_id: UUID) -> User:
    """Take a lost second factor off an account and end its sessions; the password stays.

    For operators (actor None), who have made sure who is asking. Raises not_found.
    """
    if actor is not None:
        raise NotAllowed("reset_second_factor")
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(KIND)
    kinds = sorted(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    Authenticator.objects.filter(user_id=user.pk).delete()
    audit.record(
        actor=None,
        action="second_factor_reset",
        kind=KIND,
        object_id=user.pk,
        changes={"second_factor": {"old": kinds, "new": []}},
    )
    end_sessions(actor=None, user=user)
    return user


@transaction.atomic
def forget_unproven_accounts(now: datetime) -> int:
    """Delete sign-ups that nobody proved within a week; how many.

    An account that has ever been signed in to is never deleted.
    """
    proven = EmailAddress.objects.filter(verified=True).values("user_id")
    unproven = User.objects.filter(
        signed_up_at__lte=now - UNPROVEN_KEPT_FOR, last_login__isnull=True
    ).exclude(pk__in=proven)
    forgotten = list(unproven.select_for_update(skip_locked=True))
    for user in forgotten:
        audit.record(actor=None, action="sign_up_expired", kind=KIND, object_id=user.pk)
        user.delete()
    return len(forgotten)
