"""Signing in and out, and who the reader is."""

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Status

from api import auth, throttling
from api.schemas.accounts import Credentials, SessionState
from api.schemas.base import problems

router = Router(tags=["session"])


def session_state(request: HttpRequest) -> dict:
    from park.accounts import queries as accounts
    from park.organisations import queries as organisations

    user = request.user if request.user.is_authenticated else None
    return {
        "user": user and accounts.describe_user(user),
        "memberships": organisations.memberships(user),
        "csrf_token": get_token(request),
        "demo": accounts.has_demonstration_users(),
    }


@router.get(
    "",
    operation_id="get_session",
    auth=[auth.visitor],
    response=SessionState,
    summary="Who am I",
)
def get_session(request: HttpRequest):
    """Also sets the CSRF cookie; send its token as `X-CSRFToken` with every write."""
    return session_state(request)


@router.post(
    "",
    operation_id="log_in",
    auth=[auth.visitor_with_csrf],
    response={200: SessionState, **problems(401, 403, 422, 429)},
    summary="Sign in",
)
def log_in(request: HttpRequest, credentials: Credentials):
    throttling.log_in(request, credentials.username, credentials.password)
    return session_state(request)


@router.delete(
    "",
    operation_id="log_out",
    auth=auth.SESSION_ONLY,
    response={204: None, **problems(401, 403)},
    summary="Sign out",
)
def log_out(request: HttpRequest):
    throttling.log_out(request)
    return Status(204, None)
