"""The second factor: set up, asked for, used once, lost; compulsory for staff on every road."""

import json
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from park.accounts import services
from park.accounts.models import StaffRole, User
from park.core.models import AuditEntry
from tests.api.accounts.browser import PASSWORD, Browser, code_of, faults, outcome, pending
from tests.api.world import API
from tests.factories import UserFactory, make_staff
from tests.park.notifications.mailbox import Mailbox

NEW_STAFF = {"staff_roles": [StaffRole.MODERATOR], "password": PASSWORD, "is_guarded": False}


@pytest.fixture
def officer(db: None) -> Any:
    """Staff who have not set up anything yet."""
    return UserFactory(username="officer", **NEW_STAFF)


def signed_in(name: str) -> Browser:
    browser = Browser()
    assert browser.log_in(name).status_code == 200
    return browser


def with_factor(name: str) -> tuple[Browser, str]:
    browser = signed_in(name)
    return browser, browser.switch_on_second_factor()


def test_setting_up_shows_a_picture_and_codes_once(user: Any, browser: Browser) -> None:
    browser.log_in("zhang")
    offered = browser.get("account/authenticators/totp")
    meta = offered.json()["meta"]
    assert offered.status_code == 404
    assert meta["totp_url"].startswith("otpauth://totp/zhang?secret=")
    assert "<svg" in meta["totp_svg"]
    path, body = "account/authenticators/totp", {"code": code_of(meta["secret"])}
    assert outcome(browser.post(path, body)) == "401 reauthentication_required"
    browser.say_again()
    assert faults(browser.post(path, {"code": "000000"})) == [("code", "wrong_code")]
    assert browser.post(path, body).status_code == 200
    codes = browser.get("account/authenticators/recovery-codes").json()["data"]
    assert len(codes["unused_codes"]) == 10
    again = browser.get("account/authenticators/recovery-codes").json()["data"]
    assert "unused_codes" not in again
    assert again["unused_code_count"] == 10


def test_the_database_holds_no_secret_in_the_clear(user: Any) -> None:
    _, secret = with_factor("zhang")
    assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_another_secret_key_reads_nothing_and_lets_nobody_in(user: Any, settings: Any) -> None:
    _, secret = with_factor("zhang")
    browser = Browser()
    browser.log_in("zhang")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # as when a key is replaced with care
    settings.SECRET_KEY = "another key"
    browser = Browser()
    browser.log_in("zhang")
    assert browser.post("auth/2fa/authenticate", {"code": code_of(secret)}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    browser = Browser()
    browser.log_in("zhang")
    answer = browser.post("auth/2fa/authenticate", {"code": code_of(secret, 1)})
    assert outcome(answer) == "503 second_factor_unreadable"


def test_the_password_alone_is_half_the_way(user: Any) -> None:
    _, secret = with_factor("zhang")
    browser = Browser()
    half = browser.log_in("zhang")
    assert (half.status_code, pending(half)) == (401, ["mfa_authenticate"])
    assert browser.state()["user"] is None
    assert browser.client.get(f"{API}/tokens").status_code == 401
    refused = browser.post("auth/2fa/authenticate", {"code": "000000"})
    assert faults(refused) == [("code", "wrong_code")]
    assert browser.post("auth/2fa/authenticate", {"code": code_of(secret)}).status_code == 200
    assert browser.state()["user"]["has_second_factor"]


def test_a_code_is_not_good_twice(user: Any) -> None:
    _, secret = with_factor("zhang")
    # One from just before, which the tolerance lets in, would outlive allauth's own memory.
    for periods in (0, 1):
        code = code_of(secret, periods)
        first, second = Browser(), Browser()
        first.log_in("zhang")
        second.log_in("zhang")
        assert first.post("auth/2fa/authenticate", {"code": code}).status_code == 200
        refused = second.post("auth/2fa/authenticate", {"code": f"{code[:3]} {code[3:]}"})
        assert faults(refused) == [("code", "wrong_code")]


def test_a_code_stays_used_as_long_as_it_would_work(user: Any) -> None:
    from django.core.cache import cache

    _, secret = with_factor("zhang")
    browser = Browser()
    browser.log_in("zhang")
    code = code_of(secret, 1)
    browser.post("auth/2fa/authenticate", {"code": code})
    # What allauth remembers is gone after one period.
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    thief = Browser()
    thief.log_in("zhang")
    assert faults(thief.post("auth/2fa/authenticate", {"code": code})) == [("code", "wrong_code")]


def test_a_recovery_code_opens_once(user: Any) -> None:
    browser, _ = with_factor("zhang")
    codes = browser.get("account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    first, second = Browser(), Browser()
    first.log_in("zhang")
    second.log_in("zhang")
    assert first.post("auth/2fa/authenticate", {"code": codes[0]}).status_code == 200
    refused = second.post("auth/2fa/authenticate", {"code": codes[0]})
    assert faults(refused) == [("code", "wrong_code")]
    assert second.post("auth/2fa/authenticate", {"code": codes[1]}).status_code == 200


def test_guessing_codes_is_limited_for_the_account(user: Any) -> None:
    _, secret = with_factor("zhang")
    for number in range(10):
        browser = Browser(REMOTE_ADDR=f"198.51.100.{number}")
        browser.log_in("zhang")
        refused = browser.post("auth/2fa/authenticate", {"code": "000000"})
        assert outcome(refused) == "422 invalid_input"
    browser = Browser(REMOTE_ADDR="198.51.100.99")
    browser.log_in("zhang")
    answer = browser.post("auth/2fa/authenticate", {"code": code_of(secret)})
    assert outcome(answer) == "429 rate_limited"


def test_switching_on_ends_the_other_sessions_and_is_on_record(
    member: User, mailbox: Mailbox, django_capture_on_commit_callbacks: Any
) -> None:
    elsewhere = signed_in("li@example.com")
    here = signed_in("li@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        here.switch_on_second_factor()
    assert here.state()["user"]["has_second_factor"]
    assert elsewhere.state()["user"] is None
    assert mailbox.take().to == "li@example.com"
    actions = list(AuditEntry.objects.filter(actor=member).values_list("action", "note"))
    assert ("second_factor_added", "totp") in actions


def test_switching_off_and_new_codes_ask_who_it_is(
    user: Any, django_capture_on_commit_callbacks: Any
) -> None:
    _, secret = with_factor("zhang")
    browser = Browser()
    browser.log_in("zhang")
    browser.post("auth/2fa/authenticate", {"code": code_of(secret)})
    for attempt in (
        lambda: browser.post("account/authenticators/recovery-codes"),
        lambda: browser.delete("account/authenticators/totp"),
    ):
        answer = attempt()
        assert outcome(answer) == "401 reauthentication_required"
        assert answer.json()["data"]["methods"] == ["reauthenticate", "mfa_reauthenticate"]
    again = browser.post("auth/2fa/reauthenticate", {"code": code_of(secret, 1)})
    assert again.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        renewed = browser.post("account/authenticators/recovery-codes")
    assert len(renewed.json()["data"]["unused_codes"]) == 10
    assert browser.delete("account/authenticators/totp").status_code == 200
    assert not Authenticator.objects.exists()
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"second_factor_renewed", "second_factor_removed"} <= actions


# --- staff ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"staff_roles": [StaffRole.MODERATOR]},
        {"staff_roles": [StaffRole.ADMINISTRATOR]},
        {"is_superuser": True},
        {"is_staff": True},
    ],
)
def test_staff_get_nothing_but_the_set_up(db: None, fields: dict[str, Any]) -> None:
    UserFactory(username="officer", **(NEW_STAFF | {"staff_roles": []} | fields))
    browser = signed_in("officer")
    assert browser.state()["user"]["must_set_up_second_factor"]
    for address in (f"{API}/needs", f"{API}/review-queue", f"{API}/tokens"):
        assert outcome(browser.client.get(address)) == "403 mfa_required"
    assert outcome(browser.post(f"{API}/needs", {})) == "403 mfa_required"
    profile = browser.send("patch", f"{API}/account", {"language": "en"})
    assert outcome(profile) == "403 mfa_required"
    browser.switch_on_second_factor()
    assert not browser.state()["user"]["must_set_up_second_factor"]
    assert browser.client.get(f"{API}/needs").status_code == 200
    assert browser.client.get(f"{API}/tokens").status_code == 200


def test_staff_may_always_leave(officer: Any) -> None:
    assert signed_in("officer").delete(f"{API}/session").status_code == 204


def test_switching_off_takes_the_staff_powers_away(officer: Any) -> None:
    browser, _ = with_factor("officer")
    browser.say_again()
    browser.delete("account/authenticators/totp")
    assert outcome(browser.client.get(f"{API}/review-queue")) == "403 mfa_required"


def test_recovery_codes_alone_are_no_factor(officer: Any) -> None:
    browser, _ = with_factor("officer")
    Authenticator.objects.filter(type="totp").delete()
    assert outcome(browser.client.get(f"{API}/review-queue")) == "403 mfa_required"


def test_a_token_is_no_way_around(officer: Any) -> None:
    _, secret = services.create_token(actor=officer, name="接口", scope="write")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert outcome(client.get(f"{API}/review-queue")) == "403 mfa_required"
    assert outcome(client.get(f"{API}/needs")) == "403 mfa_required"
    with_factor("officer")
    assert client.get(f"{API}/review-queue").status_code == 200


def test_the_admin_is_no_way_around(db: None) -> None:
    UserFactory(username="root", is_superuser=True, **(NEW_STAFF | {"is_staff": True}))
    visitor = Browser()
    assert visitor.client.get("/admin/").headers["Location"].startswith("/admin/login/")
    door = visitor.client.get("/admin/login/?next=/admin/accounts/user/")
    assert door.headers["Location"] == "/login?next=%2Fadmin%2Faccounts%2Fuser%2F"
    form = {"username": "root", "password": PASSWORD}
    assert visitor.post("/admin/login/", form).status_code == 302
    assert visitor.state()["user"] is None
    browser = signed_in("root")
    assert browser.client.get("/admin/").status_code == 302
    assert browser.client.get("/admin/login/").headers["Location"] == (
        "/account/two-step?next=%2Fadmin%2F"
    )
    browser.switch_on_second_factor()
    assert browser.client.get("/admin/").status_code == 200
    assert browser.client.get("/admin/login/").headers["Location"] == "/admin/"


def test_others_have_no_business_in_the_admin(user: Any) -> None:
    browser = signed_in("zhang")
    assert browser.client.get("/admin/login/").status_code == 403
    assert browser.client.get("/admin/accounts/user/").status_code == 302


@pytest.mark.parametrize(
    "path", ["mfa/authenticator", "account/emailaddress", "accounts/user", "accounts/consent"]
)
def test_the_admin_shows_accounts_and_no_secret(db: None, path: str) -> None:
    root = UserFactory(username="root", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(root)
    assert client.get(f"/admin/{path}/").status_code == 200
    factor = Authenticator.objects.get()
    page = client.get(f"/admin/mfa/authenticator/{factor.pk}/change/").content.decode()
    assert factor.data["secret"] not in page
    assert client.get("/admin/usersessions/usersession/").status_code == 404


def test_the_demonstration_needs_none(db: None) -> None:
    UserFactory(username="demo", **(NEW_STAFF | {"is_demonstration": True}))
    browser = signed_in("demo")
    assert not browser.state()["user"]["must_set_up_second_factor"]
    assert browser.client.get(f"{API}/review-queue").status_code == 200


def test_other_people_need_none(user: Any) -> None:
    assert signed_in("zhang").client.get(f"{API}/tokens").status_code == 200


# --- lost ----------------------------------------------------------------------------------------


def test_a_lost_factor_is_reset_by_an_operator(member: User, mailbox: Mailbox) -> None:
    browser, _ = with_factor("li@example.com")
    mailbox.take_all()
    call_command("reset_mfa", "LI@example.com", stdout=StringIO())
    assert browser.state()["user"] is None
    assert Browser().log_in("li@example.com").status_code == 200
    assert mailbox.take().to == "li@example.com"
    entry = AuditEntry.objects.get(action="second_factor_reset")
    assert (entry.actor, entry.object_id) == (None, member.pk)
    assert entry.changes["second_factor"]["old"] == ["recovery_codes", "totp"]


def test_resetting_nobody_says_so(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("reset_mfa", "nobody")


def test_only_an_operator_resets(user: Any) -> None:
    from park.core.errors import DomainError

    for actor in (user, make_staff(StaffRole.ADMINISTRATOR)):
        with pytest.raises(DomainError) as refused:
            services.reset_second_factor(actor=actor, user_id=user.pk)
        assert refused.value.code == "not_allowed"
