"""Who is believed about where a request comes from."""

from typing import Any

import pytest
from django.test import RequestFactory

from api.addresses import client_address, client_site, parse_address

PROXY = "10.0.0.5"


def request(remote: str, forwarded: str | None = None) -> Any:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)


@pytest.mark.parametrize("forwarded", [None, "", "198.51.100.7", "198.51.100.7, 203.0.113.1"])
def test_without_a_proxy_of_ours_nobody_is_believed(settings: Any, forwarded: str | None) -> None:
    settings.TRUSTED_PROXIES = 0
    assert client_address(request("192.0.2.1", forwarded)) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        # What the client wrote itself stands before what the proxy added.
        (1, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        (1, "127.0.0.1,10.0.0.1 ,198.51.100.7", "198.51.100.7"),
        (2, "1.2.3.4, 198.51.100.7, 10.0.0.4", "198.51.100.7"),
        # Fewer steps than proxies: the request entered further in.
        (3, "198.51.100.7", "198.51.100.7"),
        (1, None, PROXY),
        (1, "  ", PROXY),
        # Rubbish is passed over towards ourselves, never away.
        (1, "198.51.100.7, unknown", PROXY),
        (2, "1.2.3.4, rubbish, 10.0.0.4", "10.0.0.4"),
        (1, "198.51.100.7:51234", "198.51.100.7"),
        (1, "[2001:db8::7]:443", "2001:db8::7"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, '"[2001:db8::7]"', "2001:db8::7"),
    ],
)
def test_a_proxy_is_believed_for_the_step_that_it_saw(
    settings: Any, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request(PROXY, forwarded)) == expected


def test_behind_a_socket_file_there_is_no_address_of_the_last_step(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    assert client_address(request("", "198.51.100.7")) == "198.51.100.7"
    settings.TRUSTED_PROXIES = 0
    assert client_address(request("", "198.51.100.7")) == ""


def test_limits_count_an_ipv6_customer_once(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    one, other = request("2001:db8:1:2::5"), request("2001:db8:1:2:ffff::9")
    assert client_site(one) == client_site(other) == "2001:db8:1:2::/64"
    assert client_site(request("2001:db8:1:3::5")) != client_site(one)
    assert client_site(request("192.0.2.1")) == "192.0.2.1"


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "1.2.3.4.5", "999.1.1.1", "[", ":::", "a:b"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None
