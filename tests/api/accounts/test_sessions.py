"""One's sessions: seen, ended, and never somebody else's."""

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from park.accounts import services
from park.core.models import AuditEntry
from tests.api.accounts.browser import PASSWORD, Browser, outcome
from tests.factories import UserFactory


def sign_in(name: str, **options: Any) -> Browser:
    browser = Browser(**options)
    assert browser.log_in(name).status_code == 200
    return browser


def rows(browser: Browser) -> list[dict[str, Any]]:
    return browser.get("auth/sessions").json()["data"]


def test_the_list_says_what_where_when_and_which_is_this(user: Any) -> None:
    sign_in("zhang", REMOTE_ADDR="198.51.100.7", headers={"User-Agent": "Firefox/140"})
    here = sign_in("zhang", headers={"User-Agent": "Chrome/150"})
    listed = {row["user_agent"]: row for row in rows(here)}
    assert set(listed) == {"Firefox/140", "Chrome/150"}
    assert listed["Firefox/140"]["ip"] == "198.51.100.7"
    assert listed["Chrome/150"]["is_current"]
    assert not listed["Firefox/140"]["is_current"]
    assert listed["Chrome/150"]["last_seen_at"] > 0


def test_one_session_is_ended_and_the_others_go_on(user: Any) -> None:
    lost, phone, here = sign_in("zhang"), sign_in("zhang"), sign_in("zhang")
    [mine] = [row["id"] for row in rows(lost) if row["is_current"]]
    left = here.delete("auth/sessions", {"sessions": [mine]}).json()["data"]
    assert len(left) == 2
    assert lost.state()["user"] is None
    assert phone.state()["user"] is not None
    assert AuditEntry.objects.filter(action="sessions_ended", actor=user).count() == 1


def test_all_others_are_ended_at_once(user: Any) -> None:
    others = [sign_in("zhang") for _ in range(3)]
    here = sign_in("zhang")
    ids = [row["id"] for row in rows(here) if not row["is_current"]]
    here.delete("auth/sessions", {"sessions": ids})
    assert [browser.state()["user"] for browser in others] == [None] * 3
    assert here.state()["user"] is not None
    assert AuditEntry.objects.get(action="sessions_ended").changes["sessions"]["old"] == 3


def test_nobody_ends_or_sees_somebody_elses(user: Any) -> None:
    UserFactory(username="stranger", password=PASSWORD)
    mine, stranger = sign_in("zhang"), sign_in("stranger")
    target = rows(mine)[0]["id"]
    assert target not in [row["id"] for row in rows(stranger)]
    answer = stranger.delete("auth/sessions", {"sessions": [target]})
    assert outcome(answer) == "422 invalid_input"
    assert mine.state()["user"] is not None


def test_use_is_noted_now_and_then(user: Any) -> None:
    browser = sign_in("zhang")
    cache.delete(f"session-noted:{UserSession.objects.get().session_key}")
    browser.state()
    noted = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=noted)
    browser.state()
    assert UserSession.objects.get().last_seen_at == noted
    cache.delete(f"session-noted:{UserSession.objects.get().session_key}")
    browser.state()
    assert UserSession.objects.get().last_seen_at > noted


def test_sessions_that_are_over_are_forgotten(user: Any) -> None:
    sign_in("zhang")
    over = sign_in("zhang")
    key = over.client.session.session_key
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(days=1))
    assert services.forget_ended_sessions() == 1
    assert UserSession.objects.count() == Session.objects.count() == 1
