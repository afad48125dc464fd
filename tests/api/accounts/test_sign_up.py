"""Signing up: consent, a proven address, and nothing that tells whether an address is known."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from park.accounts import services
from park.accounts.consent import PRIVACY_NOTICE_VERSION
from park.accounts.models import Consent, User
from park.core.models import AuditEntry
from tests.api.accounts.browser import PASSWORD, Browser, faults, outcome, pending
from tests.factories import UserFactory
from tests.park.notifications.mailbox import Mailbox

ADDRESS = "wang@example.com"


def test_from_sign_up_to_signed_in(browser: Browser, mailbox: Mailbox) -> None:
    answer = browser.sign_up("Wang@Example.com")
    assert (answer.status_code, pending(answer)) == (401, ["verify_email"])
    user = User.objects.get()
    assert (user.email, user.display_name, user.language) == (ADDRESS, "张工", "zh-hans")
    assert browser.state()["user"] is None

    # Before the address is proven the right password opens nothing.
    assert pending(Browser().log_in(ADDRESS)) == ["verify_email"]
    letter = mailbox.take()  # and no second mail within three minutes
    assert letter.to == ADDRESS
    key = letter.key("verify-email")
    shown = browser.get("auth/email/verify", headers={"X-Email-Verification-Key": key})
    assert shown.json()["data"]["email"] == ADDRESS
    assert browser.post("auth/email/verify", {"key": key}).status_code == 401  # proven, not in

    assert browser.log_in(ADDRESS.upper()).status_code == 200
    state = browser.state()["user"]
    assert (state["display_name"], state["email"], state["is_staff"]) == ("张工", ADDRESS, False)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["signed_up", "email_confirmed"]


def test_the_consent_is_kept_with_its_version_and_time(browser: Browser, mailbox: Mailbox) -> None:
    browser.sign_up(ADDRESS)
    consent = Consent.objects.get()
    assert (consent.version, consent.purpose) == (PRIVACY_NOTICE_VERSION, "privacy_notice")
    assert consent.given_at <= timezone.now()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"privacy_version": ""}, ("privacy_version", "required")),
        ({"privacy_version": "1999-01"}, ("privacy_version", "outdated")),
        ({"display_name": " "}, ("display_name", "required")),
        ({"display_name": "x" * 61}, ("display_name", "too_long")),
        ({"display_name": "a\ud800"}, ("display_name", "forbidden_character")),
        ({"email": "nobody"}, ("email", "invalid_email")),
        ({"email": ""}, ("email", "required")),
        ({"password": "short"}, ("password", "password_too_short")),
        ({"password": "password123"}, ("password", "password_too_common")),
        ({"password": "x" * 257}, ("password", "too_long")),
    ],
)
def test_each_fault_is_told_at_its_field(
    browser: Browser, changes: dict[str, str], fault: tuple[str, str]
) -> None:
    answer = browser.sign_up(**({"email": ADDRESS} | changes))
    assert outcome(answer) == "422 invalid_input"
    assert fault in faults(answer)
    assert not User.objects.exists()


def test_a_known_address_gets_the_same_answer_and_another_mail(
    member: User, mailbox: Mailbox
) -> None:
    known, unknown = Browser().sign_up("LI@example.com"), Browser().sign_up("new@example.com")
    assert known.json() == unknown.json()
    assert (known.status_code, pending(known)) == (401, ["verify_email"])
    to_known, to_unknown = mailbox.take_all()
    assert (to_known.to, to_unknown.to) == ("li@example.com", "new@example.com")
    assert "/forgot-password" in to_known.text
    assert "/verify-email/" in to_unknown.text
    assert User.objects.filter(email="li@example.com").count() == 1
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_an_address_that_an_administrator_entered_is_known_too(mailbox: Mailbox) -> None:
    UserFactory(email="boss@example.com")
    assert pending(Browser().sign_up("Boss@example.com")) == ["verify_email"]
    assert "/verify-email/" not in mailbox.take().text
    assert User.objects.count() == 1


def test_nothing_a_stranger_typed_is_in_the_mail(browser: Browser, mailbox: Mailbox) -> None:
    browser.sign_up(ADDRESS, display_name="买药请点 evil.example")
    assert "evil.example" not in str(mailbox.take())


def test_the_mail_is_in_the_language_of_the_pages(mailbox: Mailbox) -> None:
    Browser(headers={"Accept-Language": "en"}).sign_up("en@example.com")
    Browser(headers={"Accept-Language": "zh-CN"}).sign_up("zh@example.com")
    english, chinese = mailbox.take_all()
    assert english.subject.isascii()
    assert not chinese.subject.isascii()
    assert User.objects.get(email="en@example.com").language == "en"


def test_a_link_proves_an_address_once(browser: Browser, mailbox: Mailbox) -> None:
    browser.sign_up(ADDRESS)
    key = mailbox.take().key("verify-email")
    browser.post("auth/email/verify", {"key": key})
    assert outcome(browser.post("auth/email/verify", {"key": key})) == "410 link_expired"
    looked = browser.get("auth/email/verify", headers={"X-Email-Verification-Key": key})
    assert outcome(looked) == "410 link_expired"


@pytest.mark.parametrize("key", ["", "x", "MQ:1xyz:abc", "张", "a" * 900])
def test_a_made_up_link_proves_nothing(browser: Browser, key: str) -> None:
    expected = "410 link_expired" if key else "422 invalid_input"
    assert outcome(browser.post("auth/email/verify", {"key": key})) == expected


def test_an_address_that_was_taken_meanwhile_is_refused(browser: Browser, mailbox: Mailbox) -> None:
    browser.sign_up(ADDRESS)
    key = mailbox.take().key("verify-email")
    User.objects.filter(email=ADDRESS).update(email="")
    UserFactory(email=ADDRESS)
    assert outcome(browser.post("auth/email/verify", {"key": key})) == "409 email_taken"


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_make_one_account(mailbox: Mailbox) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def sign_up(browser: Browser) -> str:
        try:
            return outcome(browser.sign_up(ADDRESS))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(sign_up, [Browser() for _ in range(4)]))
    assert set(answers) <= {"401", "409 wrong_state"}
    assert User.objects.count() == 1
    assert Consent.objects.count() == 1


def test_the_database_lets_no_address_in_twice(db: None) -> None:
    UserFactory(email="a@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="second", email="A@Example.com")
    User.objects.create(username="third")
    User.objects.create(username="fourth")  # many have none


def test_what_nobody_proved_is_forgotten_after_a_week(
    browser: Browser, member: User, mailbox: Mailbox
) -> None:
    made = UserFactory(username="by-administrator")
    browser.sign_up(ADDRESS)
    now = timezone.now()
    assert services.forget_unproven_accounts(now + timedelta(days=6)) == 0
    assert services.forget_unproven_accounts(now + timedelta(days=8)) == 1
    assert set(User.objects.all()) == {member, made}
    assert AuditEntry.objects.filter(action="sign_up_expired", actor=None).count() == 1
