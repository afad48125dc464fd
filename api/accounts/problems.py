"""django-allauth's failures as problems of this platform, so that pages know one kind of error.

What is no failure stays as allauth says it: 401 that names the next step of signing in, and 404
for a second factor that is not set up yet.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from api.errors import problem

# Codes that concern the whole request.
CODES = {
    "invalid_login": "wrong_credentials",
    "username_password_mismatch": "wrong_credentials",
    "email_password_mismatch": "wrong_credentials",
    "too_many_login_attempts": "rate_limited",
    "rate_limited": "rate_limited",
    "invalid_password_reset": "link_expired",
    "invalid_or_expired_key": "link_expired",
    "email_taken": "email_taken",
    "cannot_generate_recovery_codes": "wrong_state",
}
# Codes of fields that have another name here; all others keep theirs.
FIELD_CODES = {
    "incorrect_code": "wrong_code",
    "incorrect_password": "wrong_password",
    "enter_current_password": "wrong_password",
    "duplicate_email": "same_as_before",
    "invalid_choice": "unknown_choice",
    "invalid_list": "wrong_type",
    "invalid_pk_value": "unknown_choice",
    "max_length": "too_long",
    "min_length": "too_short",
    "null_characters_not_allowed": "forbidden_character",
}
STATUSES = {403: "not_allowed", 409: "wrong_state", 429: "rate_limited"}


def as_problem(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The answer itself, or the problem that it means."""
    if answer.status_code < 400 or "json" not in answer.headers.get("Content-Type", ""):
        return answer
    body = json.loads(answer.content)
    if answer.status_code == 401 and (body.get("meta") or {}).get("is_authenticated"):
        methods = [flow["id"] for flow in body["data"]["flows"]]
        return problem(request, "reauthentication_required", {"methods": methods})
    if answer.status_code == 403 and request.method == "PUT":
        return problem(request, "rate_limited")  # the mail was sent a moment ago
    if answer.status_code in STATUSES:
        return problem(request, STATUSES[answer.status_code])
    if answer.status_code == 400:
        return _of_errors(request, body.get("errors") or [])
    return answer


def _of_errors(request: HttpRequest, errors: list[Mapping[str, Any]]) -> HttpResponse:
    for error in errors:
        if code := CODES.get(error.get("code", "")):
            return problem(request, code)
    fields: dict[str, dict[str, str]] = {}
    for error in errors:
        name, code = error.get("param", ""), error.get("code") or "invalid"
        if (name, code) == ("email", "invalid"):
            code = "invalid_email"
        fields.setdefault(name, {"field": name, "code": FIELD_CODES.get(code, code)})
    return problem(request, "invalid_input", {"fields": list(fields.values())})
