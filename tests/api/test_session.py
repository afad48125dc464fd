"""Who the reader is, CSRF, and one's own profile. Signing in has its tests in `accounts/`."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from park.accounts.models import StaffRole
from park.core.models import AuditEntry
from tests.api.world import API, World, client_of


def test_a_visitor_is_nobody_and_gets_a_csrf_token(world: World) -> None:
    client = Client()
    state = client.get(f"{API}/session").json()
    assert (state["user"], state["memberships"], state["demo"]) == (None, [], False)
    assert state["csrf_token"]
    assert state["privacy_version"]
    assert settings.CSRF_COOKIE_NAME in client.cookies


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
    assert (staff["has_second_factor"], staff["must_set_up_second_factor"]) == (True, False)


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


def change_profile(world: World, **changes: Any) -> Any:
    return client_of(world.member).patch(
        f"{API}/account", data=json.dumps(changes), content_type="application/json"
    )


def test_a_profile_changes_what_is_given_and_is_on_record(world: World) -> None:
    state = change_profile(world, display_name=" 张工 ").json()["user"]
    assert (state["display_name"], state["language"]) == ("张工", "")
    assert change_profile(world, language="en").json()["user"]["language"] == "en"
    assert change_profile(world).json()["user"]["display_name"] == "张工"
    entry = AuditEntry.objects.filter(action="profile_changed").last()
    assert entry is not None
    assert entry.changes == {"display_name": {"old": "Member", "new": "张工"}}


@pytest.mark.parametrize(
    "changes",
    [
        {"display_name": ""},
        {"display_name": "x" * 61},
        {"display_name": "a\u0007b"},
        {"language": "fr"},
        {"staff_roles": ["administrator"]},
        {"username": "root"},
    ],
)
def test_nothing_else_of_an_account_is_changed(world: World, changes: dict[str, Any]) -> None:
    answer = change_profile(world, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    world.member.refresh_from_db()
    assert (world.member.display_name, world.member.staff_roles) == ("Member", [])
