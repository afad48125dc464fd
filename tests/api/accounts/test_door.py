"""Whatever is sent to the addresses of accounts, the answer is no server error."""

import json
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.accounts import urls
from tests.api.accounts.browser import AUTH, Browser, outcome
from tests.api.limits import forget_requests


def all_paths(patterns: list[Any], start: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        path = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += all_paths(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            found.append(path)
    return sorted(set(found))


PATHS = all_paths(urls.urlpatterns)
NAMES = ["username", "email", "password", "code", "key", "sessions", "new_password", "primary"]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text(max_size=9)
    | st.sampled_from(["a@b.cn", "\ud800", "\x00", "1", "000000"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
bodies = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), values, max_size=6)


@pytest.mark.parametrize(
    "body", ["{", "[]", "1", '"x"', "NaN", "[" * 100_000, "\xff".encode("latin1")]
)
def test_what_is_no_object_is_malformed(browser: Browser, body: str | bytes) -> None:
    assert outcome(browser.post("auth/login", body)) == "400 malformed_request"


def test_a_huge_body_is_too_large(browser: Browser) -> None:
    body = json.dumps({"username": "x" * 3_000_000})
    assert outcome(browser.post("auth/login", body)) == "413 payload_too_large"


def test_only_the_browsers_addresses_are_there() -> None:
    assert PATHS
    assert all(path.startswith("browser/v1/") for path in PATHS)


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(path=st.sampled_from(PATHS), body=bodies)
def test_no_server_error(user: Any, method: str, is_signed_in: bool, path: str, body: Any) -> None:
    forget_requests()
    browser = Browser()
    if is_signed_in:
        browser.client.force_login(user)
    browser.client.raise_request_exception = False
    address = f"{AUTH}/{path.removeprefix('browser/v1/')}"
    answer = browser.send(method, address, None if method == "get" else body)
    assert answer.status_code < 500, (method, path, body, answer.content[:500])
    assert "json" in answer.headers["Content-Type"]


@pytest.mark.parametrize("header", ["X-Password-Reset-Key", "X-Email-Verification-Key"])
@pytest.mark.parametrize("key", ["é", "-", "1-2", "zz-9", "9" * 200 + "-a", "a" * 3000])
def test_strange_keys_in_headers(browser: Browser, header: str, key: str) -> None:
    path = "auth/password/reset" if "Password" in header else "auth/email/verify"
    assert browser.get(path, headers={header: key}).status_code < 500
