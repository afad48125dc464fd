"""The signed-in person's own profile. Passwords, addresses and codes are under /api/auth/."""

from django.http import HttpRequest
from ninja import Router

from api import auth, sessions
from api.schemas.accounts import ProfileChanges, SessionState
from api.schemas.base import problems
from park.accounts import services

router = Router(tags=["account"], auth=auth.SESSION_ONLY)


@router.patch(
    "",
    operation_id="update_profile",
    response={200: SessionState, **problems(401, 403, 422)},
    summary="Change my name or language",
)
def update_profile(request: HttpRequest, body: ProfileChanges):
    user = services.update_profile(actor=auth.actor(request), **body.model_dump(exclude_unset=True))
    return sessions.session_state(request, user)
