"""Signs people in and out of the front end and says who is signed in."""

from typing import Any

from django.contrib import auth
from django.http import HttpRequest
from django.middleware.csrf import get_token

from api.addresses import client_site
from api.throttling import Attempts
from park.accounts.models import User
from park.core.errors import DomainError
from park.organisations.queries import list_memberships


def log_in(request: HttpRequest, username: str, password: str) -> None:
    """A new session for the user. Raises wrong_credentials, and rate_limited after ten tries."""
    attempts = Attempts("log_in", username.casefold(), client_site(request))
    attempts.count()
    user = auth.authenticate(request, username=username, password=password)
    if user is None:
        raise DomainError("wrong_credentials")
    attempts.forget()
    # Gives the session a new key and the CSRF cookie a new secret.
    auth.login(request, user)


def log_out(request: HttpRequest) -> None:
    auth.logout(request)


def session_state(request: HttpRequest) -> dict[str, Any]:
    user = request.user if isinstance(request.user, User) else None
    return {
        "user": user and _describe(user),
        "memberships": [
            {
                "organisation_id": membership.organisation.pk,
                "organisation_name": membership.organisation.name,
                "organisation_kind": membership.organisation.kind,
                "organisation_status": membership.organisation.status,
                "role": membership.role,
            }
            for membership in list_memberships(user)
        ],
        "csrf_token": get_token(request),
        "demo": User.objects.filter(is_demonstration=True).exists(),
    }


def _describe(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "display_name": user.display_name or user.username,
        "staff_roles": user.staff_roles,
        "is_staff": user.is_park_staff,
    }
