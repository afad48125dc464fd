"""A browser at the pages of accounts: cookies, CSRF tokens, JSON; and a telephone with codes."""

import json
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from tests.api.world import API

AUTH = "/api/auth/browser/v1"
PASSWORD = "correct horse battery staple"
OTHER_PASSWORD = "another horse, another staple"


class Browser:
    """Sends the CSRF token that the last look at the session gave, as the front end does."""

    def __init__(self, **options: Any) -> None:
        self.client = Client(enforce_csrf_checks=True, **options)

    def state(self) -> dict[str, Any]:
        return self.client.get(f"{API}/session").json()

    def send(self, method: str, path: str, body: Any = None, **extra: Any) -> Any:
        address = path if path.startswith("/") else f"{AUTH}/{path}"
        headers = {"X-CSRFToken": self.state()["csrf_token"], **extra.pop("headers", {})}
        if body is not None:
            data = body if isinstance(body, str | bytes) else json.dumps(body)
            extra |= {"data": data, "content_type": "application/json"}
        return getattr(self.client, method)(address, headers=headers, **extra)

    def get(self, path: str, **extra: Any) -> Any:
        return self.send("get", path, **extra)

    def post(self, path: str, body: Any = None, **extra: Any) -> Any:
        return self.send("post", path, {} if body is None else body, **extra)

    def delete(self, path: str, body: Any = None) -> Any:
        return self.send("delete", path, {} if body is None else body)

    # --- what people do ---

    def log_in(self, name: str, password: str = PASSWORD, **extra: Any) -> Any:
        return self.post("auth/login", {"username": name, "password": password}, **extra)

    def say_again(self, password: str = PASSWORD) -> Any:
        return self.post("auth/reauthenticate", {"password": password})

    def sign_up(self, email: str, **changes: Any) -> Any:
        body = {
            "email": email,
            "password": PASSWORD,
            "display_name": "张工",
            "privacy_version": self.state()["privacy_version"],
        }
        return self.post("auth/signup", body | changes)

    def switch_on_second_factor(self) -> str:
        """Signed in already; the secret that the telephone keeps."""
        self.say_again()
        secret = self.get("account/authenticators/totp").json()["meta"]["secret"]
        answer = self.post("account/authenticators/totp", {"code": code_of(secret)})
        assert answer.status_code == 200, answer.content
        return secret


def code_of(secret: str, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def outcome(answer: Any) -> str:
    """The status, and the code of a problem."""
    if "problem" not in answer.headers.get("Content-Type", ""):
        return str(answer.status_code)
    return f"{answer.status_code} {answer.json()['code']}"


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in answer.json()["data"]["fields"]]


def pending(answer: Any) -> list[str]:
    """The steps of signing in that are still open."""
    return [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
