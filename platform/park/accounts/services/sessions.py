"""Ends sessions: one's own from the account page, everybody's with an account that is reset."""

from collections.abc import Iterable
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from park.accounts.actors import Actor, user_or_none
from park.accounts.models import User
from park.core import audit


@transaction.atomic
def end_sessions(*, actor: Actor, user: User, sessions: Iterable[UserSession] | None = None) -> int:
    """End these sessions of the user, or all of them; how many there were."""
    rows = UserSession.objects.filter(user_id=user.pk) if sessions is None else sessions
    ended = list(rows)
    for session in ended:
        session.end()
    if ended:
        audit.record(
            actor=user_or_none(actor),
            action="sessions_ended",
            kind="user",
            object_id=user.pk,
            changes={"sessions": {"old": len(ended), "new": 0}},
        )
    return len(ended)


def forget_ended_sessions() -> int:
    """Delete sessions that are over, and what was kept of them to be looked at; how many."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.clear_expired()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(~Exists(alive)).delete()[0]
