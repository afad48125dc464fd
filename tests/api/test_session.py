"""Signing in and out of the front end: credentials, attempts, CSRF, the session's key."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from api.throttling import ATTEMPTS
from park.accounts.models import StaffRole
from tests.api.world import API, World, client_of
from tests.factories import UserFactory

PASSWORD = "correct horse battery staple"


def csrf_client() -> tuple[Client, str]:
    """A browser that opened a page: it has the cookie and the token to send."""
    client = Client(enforce_csrf_checks=True)
    return client, client.get(f"{API}/session").json()["csrf_token"]


def log_in(client: Client, token: str, username: str, password: str, **extra: Any) -> Any:
    return client.post(
        f"{API}/session",
        data=json.dumps({"username": username, "password": password}),
        content_type="application/json",
        headers={"X-CSRFToken": token},
        **extra,
    )


@pytest.fixture
def user(world: World) -> Any:
    return UserFactory(username="zhang", password=PASSWORD)


def test_a_visitor_is_nobody_and_gets_a_csrf_token(world: World) -> None:
    client = Client()
    state = client.get(f"{API}/session").json()
    assert (state["user"], state["memberships"], state["demo"]) == (None, [], False)
    assert state["csrf_token"]
    assert settings.CSRF_COOKIE_NAME in client.cookies


def test_the_right_password_opens_a_session_under_a_new_key(user: Any) -> None:
    client, token = csrf_client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "planted-by-somebody-else"
    answer = log_in(client, token, "zhang", PASSWORD)
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "zhang"
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "planted-by-somebody-else"
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert answer.json()["csrf_token"] != token  # the old one belonged to the visitor
    assert client.get(f"{API}/session").json()["user"]["username"] == "zhang"


def test_memberships_and_staff_roles_are_told(world: World) -> None:
    state = client_of(world.member).get(f"{API}/session").json()
    assert state["memberships"] == [
        {
            "organisation_id": str(world.firm.pk),
            "organisation_name": world.firm.name,
            "organisation_kind": "enterprise",
            "organisation_status": "verified",
            "role": "editor",
        }
    ]
    assert (state["user"]["is_staff"], state["user"]["staff_roles"]) == (False, [])
    staff = client_of(world.staff).get(f"{API}/session").json()["user"]
    assert (staff["is_staff"], staff["staff_roles"]) == (True, [StaffRole.ADMINISTRATOR])


@pytest.mark.parametrize(("name", "password"), [("zhang", "wrong"), ("nobody", PASSWORD)])
def test_wrong_credentials_do_not_say_which_half_was_wrong(
    user: Any, name: str, password: str
) -> None:
    client, token = csrf_client()
    answer = log_in(client, token, name, password)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    assert answer.json()["data"] == {}


def test_an_inactive_user_cannot_sign_in(user: Any) -> None:
    user.is_active = False
    user.save()
    client, token = csrf_client()
    assert log_in(client, token, "zhang", PASSWORD).json()["code"] == "wrong_credentials"


def test_too_many_attempts_are_refused_even_with_the_right_password(user: Any) -> None:
    client, token = csrf_client()
    for _ in range(ATTEMPTS):
        assert log_in(client, token, "zhang", "wrong").status_code == 401
    refused = log_in(client, token, "ZHANG", PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 0 < refused.json()["data"]["retry_after"] <= 300
    assert refused.headers["Retry-After"] == str(refused.json()["data"]["retry_after"])
    # Somebody else, and the same user from elsewhere, are not locked out by it.
    assert log_in(client, token, "li", "wrong").status_code == 401
    assert log_in(client, token, "zhang", PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_signing_in_needs_a_token_against_forgery(user: Any) -> None:
    client, _ = csrf_client()
    answer = log_in(client, "", "zhang", PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_signing_out_ends_the_session(user: Any) -> None:
    client, token = csrf_client()
    token = log_in(client, token, "zhang", PASSWORD).json()["csrf_token"]
    without = client.delete(f"{API}/session")
    assert (without.status_code, without.json()["code"]) == (403, "csrf_failed")
    assert client.delete(f"{API}/session", headers={"X-CSRFToken": token}).status_code == 204
    assert client.get(f"{API}/session").json()["user"] is None


def test_every_write_with_a_session_needs_the_token(world: World) -> None:
    client = client_of(world.member, enforce_csrf_checks=True)
    token = client.get(f"{API}/session").json()["csrf_token"]
    body = {"organisation_id": str(world.firm.pk), "content": {"title": "x"}}
    request: dict[str, Any] = {"data": json.dumps(body), "content_type": "application/json"}
    refused = client.post(f"{API}/needs", **request)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    wrong = client.post(f"{API}/needs", headers={"X-CSRFToken": "x" * 64}, **request)
    assert wrong.json()["code"] == "csrf_failed"
    assert client.post(f"{API}/needs", headers={"X-CSRFToken": token}, **request).status_code == 201


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800", "x" * 151, ""])
def test_strange_names_are_invalid_not_errors(user: Any, name: str) -> None:
    client, token = csrf_client()
    answer = log_in(client, token, name, PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert PASSWORD not in answer.content.decode()
