"""HEAD beside every GET: the same status and headers, and no body."""

import http.client
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.api.world import API, World, client_of

CHANGING = {"Set-Cookie", "Date"}


def fetch(address: str, method: str) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)) as connection:
        connection.request(method, urlsplit(address).path)
        answer = connection.getresponse()
        headers = {name: value for name, value in answer.getheaders() if name not in CHANGING}
        return answer.status, headers, answer.read()


@pytest.mark.parametrize("path", ["/needs", "/vocabularies", "/needs/x", "/bookings", "/session"])
def test_head_is_get_without_the_body(world: World, path: str) -> None:
    got, head = Client().get(f"{API}{path}"), Client().head(f"{API}{path}")
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert int(head.headers["Content-Length"]) == len(got.content)
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_head_is_for_those_who_may_read(world: World) -> None:
    path = f"{API}/needs/{world.need('draft').pk}"
    assert Client().head(path).status_code == 404
    assert client_of(world.stranger).head(path).status_code == 404
    assert client_of(world.member).head(path).status_code == 200


def test_where_nothing_can_be_got_there_is_no_head(world: World) -> None:
    answer = client_of(world.member).head(f"{API}/needs/{world.need('draft').pk}/submission")
    assert answer.status_code == 405
    assert "HEAD" not in answer.headers["Allow"]


@pytest.mark.django_db(transaction=True)
def test_the_real_server_sends_no_body_either(live_site: str) -> None:
    got: Any = fetch(f"{live_site}{API}/vocabularies", "GET")
    head: Any = fetch(f"{live_site}{API}/vocabularies", "HEAD")
    assert (head[0], head[2]) == (200, b"")
    assert head[1]["Content-Length"] == str(len(got[2]))
    assert set(head[1]) == set(got[1])
