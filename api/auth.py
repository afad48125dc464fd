"""Who is asking: a session of the front end, a bearer token, or nobody.

A token carries no cookie and needs no CSRF check; a session needs one for every write.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from api import security_log
from park.accounts import tokens
from park.accounts.models import TokenScope, User
from park.accounts.policies import must_set_up_second_factor
from park.core.errors import DomainError, NotAllowed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def require_csrf(request: HttpRequest) -> None:
    """Safe methods pass. Ninja exempts its views from Django's own check, so it is made here."""
    if check_csrf(request) is not None:
        security_log.record("security.csrf_refused", request)
        raise DomainError("csrf_failed")


def require_second_factor(user: Any) -> None:
    """Staff get nothing, not even what visitors may read, before their account is guarded."""
    if must_set_up_second_factor(user):
        raise DomainError("mfa_required")


class Token(HttpBearer):
    """`Authorization: Bearer …`. A wrong token is an error even where visitors may read."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        found = tokens.authenticate_token(secret=token)
        if found is None:
            security_log.record("security.token_refused", request)
            raise DomainError("not_authenticated")
        if request.method not in SAFE_METHODS and found.scope != TokenScope.WRITE:
            raise NotAllowed("write")
        require_second_factor(found.user)
        return found.user


class Session(APIKeyCookie):
    """The front end's session cookie."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, *, is_guarded: bool = True) -> None:
        super().__init__()
        self.is_guarded = is_guarded

    def __call__(self, request: HttpRequest) -> Any:
        # Nobody first: a visitor is asked to sign in, not told about CSRF.
        if not request.user.is_authenticated:
            return None
        require_csrf(request)
        if self.is_guarded:
            require_second_factor(request.user)
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user


def visitor(request: HttpRequest) -> AnonymousUser:
    """Anybody, where reading is public."""
    return AnonymousUser()


def visitor_with_csrf(request: HttpRequest) -> AnonymousUser:
    """Anybody whose request comes from our own pages, where a secret could be tried out."""
    require_csrf(request)
    return AnonymousUser()


MEMBERS = [Token(), Session()]
ANYBODY = [*MEMBERS, visitor]
SESSION_ONLY = [Session()]
"""What may not be done with a token, such as making tokens."""
UNGUARDED_SESSION = [Session(is_guarded=False)]
"""What staff may do before their account is guarded by a second factor: leave."""


def actor(request: HttpRequest) -> Any:
    """The user of this request (AnonymousUser for a visitor), as authentication found them."""
    return request.auth  # type: ignore[attr-defined]
