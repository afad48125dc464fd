"""The one road in: name or address with password; what is refused says nothing more."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from park.accounts.models import User
from tests.api.accounts.browser import AUTH, PASSWORD, Browser, outcome
from tests.api.world import API


def test_the_right_password_opens_a_session_under_a_new_key(browser: Browser, user: Any) -> None:
    cookies = browser.client.cookies
    cookies[settings.SESSION_COOKIE_NAME] = "planted-by-somebody-else"
    token = browser.state()["csrf_token"]
    assert browser.log_in("zhang").status_code == 200
    assert cookies[settings.SESSION_COOKIE_NAME].value != "planted-by-somebody-else"
    assert cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    state = browser.state()
    assert state["user"]["username"] == "zhang"
    assert state["csrf_token"] != token  # the old one belonged to the visitor


@pytest.mark.parametrize("name", ["li@example.com", "LI@Example.COM"])
def test_the_address_is_as_good_as_the_name(member: Any, name: str) -> None:
    assert Browser().log_in(name).status_code == 200
    assert Browser().log_in(member.username.upper()).status_code == 200


@pytest.mark.parametrize(("name", "password"), [("zhang", "wrong"), ("nobody", PASSWORD)])
def test_wrong_credentials_do_not_say_which_half_was_wrong(
    browser: Browser, user: Any, name: str, password: str
) -> None:
    answer = browser.log_in(name, password)
    assert outcome(answer) == "401 wrong_credentials"
    assert answer.json()["data"] == {}
    assert browser.state()["user"] is None


def test_who_is_locked_out_hears_the_same(browser: Browser, user: Any) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert outcome(browser.log_in("zhang")) == "401 wrong_credentials"


def test_signing_in_needs_a_token_against_forgery(user: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    body = {"username": "zhang", "password": PASSWORD}
    answer = client.post(f"{AUTH}/auth/login", data=body, content_type="application/json")
    assert outcome(answer) == "403 csrf_failed"


def test_there_is_no_other_road_in(browser: Browser, user: Any) -> None:
    body = {"username": "zhang", "password": PASSWORD}
    assert outcome(browser.post(f"{API}/session", body)) == "405 method_not_allowed"
    assert outcome(browser.post("/api/auth/app/v1/auth/login", body)) == "404 not_found"
    assert browser.client.get("/accounts/login/").headers["Content-Type"].startswith("text/")
    assert browser.state()["user"] is None


def test_signing_in_twice_is_the_wrong_state(browser: Browser, user: Any) -> None:
    browser.log_in("zhang")
    assert outcome(browser.log_in("zhang")) == "409 wrong_state"


def test_signing_out_ends_the_session(browser: Browser, user: Any) -> None:
    browser.log_in("zhang")
    without = browser.client.delete(f"{API}/session")
    assert outcome(without) == "403 csrf_failed"
    assert browser.delete(f"{API}/session").status_code == 204
    assert browser.state()["user"] is None


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800", "x" * 1001])
def test_strange_names_are_invalid_not_errors(browser: Browser, user: Any, name: str) -> None:
    answer = browser.log_in(name)
    assert outcome(answer) == "422 invalid_input"
    assert PASSWORD not in answer.content.decode()


def test_too_many_wrong_passwords_are_refused_even_with_the_right_one(user: Any) -> None:
    for attempt in range(10):
        away = f"198.51.100.{attempt}"
        assert outcome(Browser().log_in("zhang", "no", REMOTE_ADDR=away)).startswith("401")
    assert outcome(Browser().log_in("ZHANG", REMOTE_ADDR="192.0.2.7")) == "429 rate_limited"
    # Somebody else is not locked out by it.
    assert outcome(Browser().log_in("li", "no")) == "401 wrong_credentials"


def test_one_address_does_not_try_many_names(user: Any) -> None:
    for attempt in range(20):
        assert outcome(Browser().log_in(f"name-{attempt}", "no")) == "401 wrong_credentials"
    assert outcome(Browser().log_in("zhang")) == "429 rate_limited"
    assert Browser().log_in("zhang", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_forwarded_address_is_believed_from_our_own_proxies_only(
    user: Any, settings: Any
) -> None:
    def attempt(forwarded: str) -> str:
        return outcome(Browser().log_in("nobody", "no", headers={"X-Forwarded-For": forwarded}))

    for number in range(20):
        # A new name each, for the limit of names is another one.
        browser = Browser(headers={"X-Forwarded-For": f"203.0.113.{number}"})
        assert outcome(browser.log_in(f"n{number}", "no")) == "401 wrong_credentials"
    assert attempt("203.0.113.99") == "429 rate_limited"  # all were 127.0.0.1
    settings.TRUSTED_PROXIES = 1
    assert attempt("203.0.113.99") == "401 wrong_credentials"
    # What the client made up stands to the left of what the proxy wrote.
    for number in range(20):
        attempt(f"10.0.0.{number}, 203.0.113.98")
    assert attempt("10.0.0.99, 203.0.113.98") == "429 rate_limited"
    assert attempt("not an address") != "500 internal_error"
    settings.TRUSTED_PROXIES = 3
    assert attempt("203.0.113.97") != "500 internal_error"


def test_sign_ups_from_one_address_are_limited(db: None) -> None:
    for _ in range(30):
        assert outcome(Browser().post("auth/signup", {})) == "422 invalid_input"
    assert outcome(Browser().post("auth/signup", {})) == "429 rate_limited"
