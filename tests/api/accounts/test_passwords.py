"""Forgotten and changed passwords, changed addresses: links work once, sessions end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from park.accounts.models import User
from park.core.models import AuditEntry, OutboxEvent
from tests.api.accounts.browser import OTHER_PASSWORD, PASSWORD, Browser, faults, outcome
from tests.api.limits import forget_requests
from tests.factories import UserFactory
from tests.park.notifications.mailbox import Mailbox

ADDRESS = "li@example.com"


def ask_for_link(mailbox: Mailbox, address: str = ADDRESS) -> str:
    assert Browser().post("auth/password/request", {"email": address}).status_code == 200
    return mailbox.take().key("reset-password")


def use(key: str, password: str = OTHER_PASSWORD) -> Any:
    return Browser().post("auth/password/reset", {"key": key, "password": password})


def test_a_forgotten_password_is_replaced_by_a_link(member: User, mailbox: Mailbox) -> None:
    at_work = Browser()
    at_work.log_in(ADDRESS)
    key = ask_for_link(mailbox, "LI@example.com")
    looked = Browser().get("auth/password/reset", headers={"X-Password-Reset-Key": key})
    assert looked.status_code == 200
    assert use(key).status_code == 401  # done, and nobody is signed in by it
    assert at_work.state()["user"] is None  # who knew the old password is out
    assert outcome(Browser().log_in(ADDRESS)) == "401 wrong_credentials"
    assert Browser().log_in(ADDRESS, OTHER_PASSWORD).status_code == 200
    assert mailbox.take().to == ADDRESS  # the owner hears of it
    assert AuditEntry.objects.filter(action="password_reset", actor=member).count() == 1


def test_a_link_works_once(member: User, mailbox: Mailbox) -> None:
    key = ask_for_link(mailbox)
    use(key)
    assert outcome(use(key, "a third horse, a third staple")) == "410 link_expired"
    looked = Browser().get("auth/password/reset", headers={"X-Password-Reset-Key": key})
    assert outcome(looked) == "410 link_expired"
    member.refresh_from_db()
    assert member.check_password(OTHER_PASSWORD)


def test_a_link_works_for_a_day(member: User, mailbox: Mailbox) -> None:
    key = ask_for_link(mailbox)
    with time_machine.travel(timedelta(hours=25)):
        assert outcome(use(key)) == "410 link_expired"
    with time_machine.travel(timedelta(hours=23)):
        assert use(key).status_code == 401


@pytest.mark.parametrize(
    "key", ["x", "x-y", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-1-2", "张-三", "-"]
)
def test_a_made_up_link_resets_nothing(db: None, key: str) -> None:
    assert outcome(use(key)) == "410 link_expired"


def test_a_weak_password_does_not_use_up_the_link(member: User, mailbox: Mailbox) -> None:
    key = ask_for_link(mailbox)
    refused = use(key, "12345678")
    assert outcome(refused) == "422 invalid_input"
    assert {field for field, _ in faults(refused)} == {"password"}
    assert use(key).status_code == 401


def test_an_unknown_address_gets_the_same_answer(member: User, mailbox: Mailbox) -> None:
    known = Browser().post("auth/password/request", {"email": ADDRESS})
    unknown = Browser().post("auth/password/request", {"email": "nobody@example.com"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert [mail.to for mail in mailbox.take_all()] == [ADDRESS, "nobody@example.com"]


def test_a_mail_server_that_is_down_breaks_no_page_and_loses_nothing(
    member: User, mailbox: Mailbox, settings: Any
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    assert Browser().post("auth/password/request", {"email": ADDRESS}).status_code == 200
    mailbox.deliver()
    waiting = OutboxEvent.objects.get(topic="mail.queued", processed_at=None)
    assert waiting.attempts == 1
    assert waiting.last_error
    settings.EMAIL_URL = ""
    from django.core.cache import cache

    cache.delete("mail:server-unreachable")
    assert use(mailbox.take().key("reset-password")).status_code == 401


def test_reset_mails_to_one_address_are_limited(member: User) -> None:
    body = {"email": ADDRESS}
    for number in range(5):
        away = f"198.51.100.{number}"
        answer = Browser().post("auth/password/request", body, REMOTE_ADDR=away)
        assert answer.status_code == 200
    assert outcome(Browser().post("auth/password/request", body)) == "429 rate_limited"


def test_changing_the_password_asks_for_the_old_one(
    member: User, browser: Browser, mailbox: Mailbox
) -> None:
    elsewhere = Browser()
    elsewhere.log_in(ADDRESS)
    browser.log_in(ADDRESS)
    body = {"current_password": "wrong", "new_password": OTHER_PASSWORD}
    refused = browser.post("account/password/change", body)
    assert faults(refused) == [("current_password", "wrong_password")]
    body["current_password"] = PASSWORD
    assert browser.post("account/password/change", body).status_code == 200
    assert browser.state()["user"] is not None
    assert elsewhere.state()["user"] is None
    assert mailbox.take().to == ADDRESS
    assert AuditEntry.objects.filter(action="password_changed", actor=member).count() == 1


def test_a_visitor_changes_nothing(browser: Browser) -> None:
    for method, path in (
        ("post", "account/password/change"),
        ("post", "account/email"),
        ("get", "account/authenticators/totp"),
        ("post", "account/authenticators/recovery-codes"),
        ("get", "auth/sessions"),
    ):
        answer = browser.send(method, path, {} if method == "post" else None)
        assert answer.status_code in (401, 409), (path, answer.content)


def test_a_new_address_takes_over_when_it_is_proven(
    member: User, browser: Browser, mailbox: Mailbox
) -> None:
    browser.log_in(ADDRESS)
    body = {"email": "New@example.com"}
    asked = browser.post("account/email", body)
    assert outcome(asked) == "401 reauthentication_required"
    assert asked.json()["data"]["methods"] == ["reauthenticate"]
    browser.say_again()
    assert browser.post("account/email", body).status_code == 200
    member.refresh_from_db()
    assert member.email == ADDRESS
    letter = mailbox.take()
    assert letter.to == "new@example.com"
    assert browser.post("auth/email/verify", {"key": letter.key("verify-email")}).status_code == 200
    member.refresh_from_db()
    assert member.email == "new@example.com"
    assert mailbox.take().to == ADDRESS  # the old one hears of it
    entry = AuditEntry.objects.get(action="email_changed")
    assert entry.changes == {"email": {"old": ADDRESS, "new": "new@example.com"}}
    assert outcome(Browser().log_in(ADDRESS)) == "401 wrong_credentials"
    assert Browser().log_in("new@example.com").status_code == 200


def test_somebody_elses_address_cannot_be_taken_over(
    member: User, browser: Browser, user: Any, mailbox: Mailbox
) -> None:
    browser.log_in("zhang")
    browser.say_again()
    # The answer does not tell that it is known.
    assert browser.post("account/email", {"email": ADDRESS}).status_code == 200
    key = mailbox.take().key("verify-email")
    assert outcome(browser.post("auth/email/verify", {"key": key})) == "409 email_taken"
    user.refresh_from_db()
    assert user.email == ""


def test_asking_again_for_the_same_mail_waits(
    member: User, browser: Browser, mailbox: Mailbox
) -> None:
    browser.log_in(ADDRESS)
    browser.say_again()
    browser.post("account/email", {"email": "new@example.com"})
    again = {"email": "new@example.com"}
    assert outcome(browser.send("put", "account/email", again)) == "429 rate_limited"
    forget_requests()
    assert browser.send("put", "account/email", again).status_code == 200
    assert len(mailbox.take_all()) == 2


def test_the_site_address_is_where_links_lead(
    member: User, mailbox: Mailbox, settings: Any
) -> None:
    settings.HEADLESS_FRONTEND_URLS = {
        name: f"https://match.example{address}"
        for name, address in settings.HEADLESS_FRONTEND_URLS.items()
    }
    Browser().post("auth/password/request", {"email": ADDRESS})
    assert "https://match.example/reset-password/" in mailbox.take().text


def test_an_account_of_an_administrator_gets_a_link_too(mailbox: Mailbox) -> None:
    UserFactory(username="boss", email="boss@example.com", password=PASSWORD)
    assert use(ask_for_link(mailbox, "boss@example.com")).status_code == 401
    assert Browser().log_in("boss", OTHER_PASSWORD).status_code == 200
