"""The addresses of accounts under /api/auth/: allauth's, each behind the same door.

The door lets only plain JSON in, makes a request one transaction (a mail is a row of it, too), and
gives failures the shape of this platform's problems.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.constants import Client
from allauth.headless.urls import urlpatterns as headless_urls
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from api.accounts.problems import as_problem
from api.accounts.second_factor import (
    AuthenticateOnceView,
    ManageTOTPWithPictureView,
    ReauthenticateOnceView,
)
from api.errors import problem
from api.parser import forbidden_fields, refuse_constant
from park.core.errors import DomainError

# For telephone numbers and codes by mail; without the settings they only stumble.
UNUSED = {
    "phone",
    "phone/verify",
    "phone/verify/resend",
    "code/confirm",
    "email/verify/resend",
}
View = Callable[..., HttpResponse]

# A longer password would only cost time to hash.
LONGEST = {"password": 256, "new_password": 256, "current_password": 256}
LONGEST_OTHER = 1000


def behind_the_door(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            check_body(request)
            with transaction.atomic():
                found = view(request, *args, **kwargs)
        except DomainError as error:
            return problem(request, error.code, error.data)
        except ImmediateHttpResponse as error:
            found = error.response
        except RequestDataTooBig:
            return problem(request, "payload_too_large")
        return as_problem(request, found)

    return answer


def check_body(request: HttpRequest) -> None:
    """Raises malformed_request, invalid_input. No body is an empty one."""
    if request.method in ("GET", "HEAD") or not request.body:
        return
    try:
        body = json.loads(request.body, parse_constant=refuse_constant)
        forbidden = list(forbidden_fields(body, ""))
    except (ValueError, RecursionError) as error:
        raise DomainError("malformed_request") from error
    if not isinstance(body, dict):
        raise DomainError("malformed_request")
    faults: list[dict[str, Any]] = [
        {"field": name, "code": "forbidden_character"} for name in forbidden
    ]
    for name, value in body.items():
        limit = LONGEST.get(name, LONGEST_OTHER)
        if isinstance(value, str) and len(value) > limit:
            faults.append({"field": name, "code": "too_long", "limit": limit})
    if faults:
        raise DomainError("invalid_input", fields=faults)


def _put_behind_the_door(patterns: list[Any]) -> None:
    patterns[:] = [pattern for pattern in patterns if str(pattern.pattern) not in UNUSED]
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _put_behind_the_door(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            view: Any = pattern.callback
            pattern.callback = behind_the_door(view)


app_name = "headless"
urlpatterns = [
    # In place of allauth's own at the same addresses.
    path(
        "browser/v1/auth/2fa/authenticate", AuthenticateOnceView.as_api_view(client=Client.BROWSER)
    ),
    path(
        "browser/v1/auth/2fa/reauthenticate",
        ReauthenticateOnceView.as_api_view(client=Client.BROWSER),
    ),
    path(
        "browser/v1/account/authenticators/totp",
        ManageTOTPWithPictureView.as_api_view(client=Client.BROWSER),
    ),
    *headless_urls,
]
_put_behind_the_door(urlpatterns)
