"""Puts on record what happens to accounts in django-allauth, and what follows from it."""

from typing import Any

from allauth.account import signals as account
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from park.accounts import services
from park.accounts.models import User


def connect() -> None:
    account.user_signed_up.connect(on_signed_up, dispatch_uid="accounts.signed_up")
    account.email_confirmed.connect(on_email_confirmed, dispatch_uid="accounts.email_confirmed")
    account.email_changed.connect(on_email_changed, dispatch_uid="accounts.email_changed")
    account.password_changed.connect(on_password_changed, dispatch_uid="accounts.password_changed")
    account.password_set.connect(on_password_changed, dispatch_uid="accounts.password_set")
    account.password_reset.connect(on_password_reset, dispatch_uid="accounts.password_reset")
    mfa.authenticator_added.connect(on_factor_added, dispatch_uid="accounts.factor_added")
    mfa.authenticator_removed.connect(on_factor_removed, dispatch_uid="accounts.factor_removed")
    mfa.authenticator_reset.connect(on_factor_reset, dispatch_uid="accounts.factor_reset")


def on_signed_up(sender: Any, user: User, **_: Any) -> None:
    services.note_event(user=user, action="signed_up")


def on_email_confirmed(sender: Any, email_address: EmailAddress, **_: Any) -> None:
    services.note_event(user=email_address.user, action="email_confirmed", note=email_address.email)


def on_email_changed(
    sender: Any,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **_: Any,
) -> None:
    if from_email_address is None:
        return  # the first one; that it was proven is on record
    changes = {"email": {"old": from_email_address.email, "new": to_email_address.email}}
    services.note_event(user=user, action="email_changed", changes=changes)


def on_password_changed(sender: Any, user: User, **_: Any) -> None:
    services.note_event(user=user, action="password_changed")


def on_password_reset(sender: Any, user: User, **_: Any) -> None:
    services.note_event(user=user, action="password_reset")
    # Their hash is wrong already, so they open nothing; this takes them off the list, too.
    services.end_sessions(actor=user, user=user)


def on_factor_added(
    sender: Any, request: Any, user: User, authenticator: Authenticator, **_: Any
) -> None:
    _note_factor(user, authenticator, "second_factor_added")
    if authenticator.type == Authenticator.Type.TOTP:
        # They were opened by the password alone, perhaps by somebody else.
        others = UserSession.objects.filter(user_id=user.pk).exclude(
            session_key=request.session.session_key
        )
        services.end_sessions(actor=user, user=user, sessions=others)


def on_factor_removed(sender: Any, user: User, authenticator: Authenticator, **_: Any) -> None:
    _note_factor(user, authenticator, "second_factor_removed")


def on_factor_reset(sender: Any, user: User, authenticator: Authenticator, **_: Any) -> None:
    _note_factor(user, authenticator, "second_factor_renewed")


def _note_factor(user: User, authenticator: Authenticator, action: str) -> None:
    services.note_event(user=user, action=action, note=str(authenticator.type))
