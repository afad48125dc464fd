"""Says who is signed in to the front end, and signs people out."""

from typing import Any

from django.contrib import auth
from django.http import HttpRequest
from django.middleware.csrf import get_token

from park.accounts.consent import PRIVACY_NOTICE_VERSION
from park.accounts.models import User
from park.accounts.policies import must_set_up_second_factor
from park.accounts.second_factor import has_second_factor
from park.organisations.queries import list_memberships


def log_out(request: HttpRequest) -> None:
    auth.logout(request)


def session_state(request: HttpRequest, user: User | None = None) -> dict[str, Any]:
    """Of the request's user, or of the user as a service has just changed it."""
    if user is None and isinstance(request.user, User):
        user = request.user
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
        "privacy_version": PRIVACY_NOTICE_VERSION,
        "demo": User.objects.filter(is_demonstration=True).exists(),
    }


def _describe(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "display_name": user.display_name or user.username,
        "staff_roles": user.staff_roles,
        "is_staff": user.is_park_staff,
        "email": user.email,
        "language": user.language,
        "has_second_factor": has_second_factor(user),
        "must_set_up_second_factor": must_set_up_second_factor(user),
    }
