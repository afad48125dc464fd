"""API tokens: made in a session, shown once, limited to a scope and a time."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from park.accounts.models import ApiToken
from tests.api.world import API, World, client_of


def make_token(world: World, scope: str = "write") -> dict[str, Any]:
    answer = client_of(world.member).post(
        f"{API}/tokens",
        data=json.dumps({"name": "接口", "scope": scope}),
        content_type="application/json",
    )
    assert answer.status_code == 201
    return answer.json()


def bearer(secret: str) -> Client:
    # Enforced on purpose: a token carries no cookie and needs no CSRF token.
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})


def new_need(world: World) -> dict[str, Any]:
    body = {"organisation_id": str(world.firm.pk), "content": {"title": "x"}}
    return {"data": json.dumps(body), "content_type": "application/json"}


def test_a_secret_is_shown_once_and_stored_as_a_hash(world: World) -> None:
    made = make_token(world)
    listed = client_of(world.member).get(f"{API}/tokens").json()["items"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert "secret" not in listed[0]
    assert made["secret"] not in ApiToken.objects.get().digest


def test_a_write_token_acts_for_its_user(world: World) -> None:
    client = bearer(make_token(world)["secret"])
    assert client.post(f"{API}/needs", **new_need(world)).status_code == 201
    assert len(client.get(f"{API}/needs?mine=true").json()["items"]) == 1


def test_a_read_token_reads_only(world: World) -> None:
    client = bearer(make_token(world, "read")["secret"])
    assert client.get(f"{API}/needs?mine=true").status_code == 200
    refused = client.post(f"{API}/needs", **new_need(world))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("secret", ["", "wrong", "cuohe_x", "a b", "\udcff", "x" * 5000])
def test_a_wrong_token_is_refused_even_where_visitors_read(world: World, secret: str) -> None:
    answer = bearer(secret).get(f"{API}/needs")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_revoked_expired_and_orphaned_tokens_stop_working(world: World) -> None:
    secrets = [make_token(world) for _ in range(3)]
    client_of(world.member).delete(f"{API}/tokens/{secrets[0]['id']}")
    ApiToken.objects.filter(pk=secrets[1]["id"]).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert bearer(secrets[0]["secret"]).get(f"{API}/needs").status_code == 401
    assert bearer(secrets[1]["secret"]).get(f"{API}/needs").status_code == 401
    assert bearer(secrets[2]["secret"]).get(f"{API}/needs").status_code == 200
    world.member.is_active = False
    world.member.save()
    assert bearer(secrets[2]["secret"]).get(f"{API}/needs").status_code == 401


def test_a_token_makes_and_revokes_no_tokens(world: World) -> None:
    made = make_token(world)
    client = bearer(made["secret"])
    answers = [
        client.get(f"{API}/tokens"),
        client.post(f"{API}/tokens", data='{"name": "x"}', content_type="application/json"),
        client.delete(f"{API}/tokens/{made['id']}"),
    ]
    assert {answer.json()["code"] for answer in answers} == {"not_authenticated"}


def test_somebody_elses_token_does_not_exist(world: World) -> None:
    made = make_token(world)
    answer = client_of(world.stranger).delete(f"{API}/tokens/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client_of(world.stranger).get(f"{API}/tokens").json()["items"] == []


def test_a_cookie_beside_a_wrong_token_does_not_help(world: World) -> None:
    client = client_of(world.member)
    answer = client.get(f"{API}/needs", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
