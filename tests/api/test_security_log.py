"""Events at the doors are told with their address, and nothing secret with them."""

from typing import Any

import pytest
from django.contrib import auth
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from api.throttling import Limit
from tests.api.world import API, World, client_of

FROM = "192.0.2.44"


def request() -> Any:
    return RequestFactory().post("/", REMOTE_ADDR=FROM)


def test_a_refused_sign_in_is_told_without_what_was_typed(world: World) -> None:
    with capture_logs() as lines:
        auth.authenticate(request(), username="My Passw0rd", password="hunter2")
    [line] = [line for line in lines if line["event"] == "security.sign_in_refused"]
    assert line["address"] == FROM
    assert "passw0rd" not in str(line).casefold()
    assert "hunter2" not in str(line)


def test_the_same_name_has_the_same_hash_whatever_its_case(world: World) -> None:
    with capture_logs() as lines:
        auth.authenticate(request(), username="zhang", password="a")
        auth.authenticate(request(), username="ZHANG", password="b")
        auth.authenticate(request(), username="li", password="b")
    first, second, other = (line["name_hash"] for line in lines)
    assert first == second != other


def test_signing_in_and_out_is_told(world: World) -> None:
    with capture_logs() as lines:
        client = client_of(world.member)
        client.logout()
    events = [(line["event"], line["user"]) for line in lines]
    who = str(world.member.pk)
    assert events == [("security.signed_in", who), ("security.signed_out", who)]


def test_wrong_tokens_and_forged_writes_are_told(world: World) -> None:
    with capture_logs() as lines:
        Client().get(f"{API}/needs", headers={"Authorization": "Bearer wrong"}, REMOTE_ADDR=FROM)
        forged = client_of(world.member, enforce_csrf_checks=True)
        forged.post(f"{API}/needs", data="{}", content_type="application/json", REMOTE_ADDR=FROM)
    told = {line["event"]: line["address"] for line in lines}
    assert told["security.token_refused"] == told["security.csrf_refused"] == FROM
    assert "wrong" not in str(lines)


def test_reaching_a_limit_is_told(world: World, settings: Any) -> None:
    settings.RATE_LIMITS = {"search.visitor": "1/h"}
    limit = Limit("search")
    with capture_logs() as lines:
        assert [limit.allow_request(request()) for _ in range(2)] == [True, False]
    [line] = lines
    assert (line["event"], line["bucket"], line["address"]) == (
        "security.rate_limited",
        "search",
        FROM,
    )


@pytest.mark.parametrize("path", ["/", "/admin/login/", f"{API}/session", "/no-such-page"])
def test_every_page_carries_the_same_protection(world: World, path: str) -> None:
    headers = Client().get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"].replace(
        "style-src-attr 'unsafe-inline'", ""
    )
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
