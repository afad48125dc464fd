"""Who the reader is, and signing out. Signing in is under /api/auth/ and nowhere else."""

from django.http import HttpRequest
from ninja import Router, Status

from api import auth, sessions
from api.schemas.accounts import SessionState
from api.schemas.base import problems

router = Router(tags=["session"])


@router.get(
    "",
    operation_id="get_session",
    auth=[auth.visitor],
    response=SessionState,
    summary="Who am I",
)
def get_session(request: HttpRequest):
    """Also sets the CSRF cookie; send its token as `X-CSRFToken` with every write."""
    return sessions.session_state(request)


@router.delete(
    "",
    operation_id="log_out",
    auth=auth.UNGUARDED_SESSION,
    response={204: None, **problems(401, 403)},
    summary="Sign out",
)
def log_out(request: HttpRequest):
    sessions.log_out(request)
    return Status(204, None)
