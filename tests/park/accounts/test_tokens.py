"""API tokens: shown once, found by hash, dead when revoked, expired or their user is."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from park.accounts import queries, services
from park.accounts.models import ApiToken, TokenScope
from park.accounts.tokens import authenticate_token
from park.core.errors import DomainError
from park.core.models import AuditEntry
from tests.factories import UserFactory, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> Any:
    return UserFactory()


def make(user: Any, **values: Any) -> tuple[ApiToken, str]:
    return services.create_token(actor=user, **({"name": "ERP"} | values))


def test_the_secret_opens_and_is_stored_nowhere(user: Any) -> None:
    token, secret = make(user, scope="write")
    found = authenticate_token(secret=secret)
    assert (found, found.user, found.scope) == (token, user, TokenScope.WRITE)
    assert secret not in str(ApiToken.objects.values_list())
    assert secret not in str(AuditEntry.objects.values_list("changes", "note"))


def test_a_token_reads_unless_told_otherwise(user: Any) -> None:
    assert make(user)[0].scope == TokenScope.READ


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=80))
def test_any_other_secret_opens_nothing(user: Any, guess: str) -> None:
    assert authenticate_token(secret=guess) is None


def test_a_revoked_token_opens_nothing(user: Any) -> None:
    token, secret = make(user)
    services.revoke_token(actor=user, token_id=token.pk)
    assert authenticate_token(secret=secret) is None
    revoked_at = services.revoke_token(actor=user, token_id=token.pk).revoked_at
    assert AuditEntry.objects.filter(action="revoked").count() == 1
    assert revoked_at is not None


def test_an_expired_token_opens_nothing(user: Any) -> None:
    token, secret = make(user, days=1)
    moment = timezone.now() + timedelta(days=1, seconds=1)
    assert authenticate_token(secret=secret, now=moment) is None
    assert authenticate_token(secret=secret, now=moment - timedelta(minutes=1)) == token


def test_the_token_of_a_user_who_left_opens_nothing(user: Any) -> None:
    _, secret = make(user)
    user.is_active = False
    user.save()
    assert authenticate_token(secret=secret) is None


def test_use_is_noted_now_and_then(user: Any, django_assert_num_queries: Any) -> None:
    token, secret = make(user)
    authenticate_token(secret=secret)
    token.refresh_from_db()
    assert token.last_used_at is not None
    with django_assert_num_queries(1):
        authenticate_token(secret=secret)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"name": ""}, ("name", "required")),
        ({"name": "a\x00"}, ("name", "nul_character")),
        ({"name": "x" * 81}, ("name", "too_long")),
        ({"scope": "root"}, ("scope", "unknown_choice")),
        ({"days": 0}, ("days", "out_of_range")),
        ({"days": 367}, ("days", "out_of_range")),
    ],
)
def test_bad_input_makes_no_token(user: Any, values: dict, fault: tuple[str, str]) -> None:
    with pytest.raises(DomainError) as refused:
        make(user, **values)
    field = refused.value.data["fields"][0]
    assert (field["field"], field["code"]) == fault
    assert not ApiToken.objects.exists()


def test_nobody_holds_more_tokens_than_one_can_watch(user: Any) -> None:
    for _ in range(services.MAX_LIVE_TOKENS):
        token, _ = make(user)
    with pytest.raises(DomainError) as refused:
        make(user)
    assert refused.value.code == "too_many_tokens"
    services.revoke_token(actor=user, token_id=token.pk)
    make(user)


@pytest.mark.parametrize("actor", [None, AnonymousUser()])
def test_a_visitor_has_no_tokens(actor: Any) -> None:
    with pytest.raises(DomainError) as refused:
        make(actor)
    assert refused.value.code == "not_allowed"
    assert not queries.list_tokens(actor=actor)


def test_a_token_is_nobody_elses(user: Any) -> None:
    token, _ = make(user)
    for actor in (UserFactory(), make_staff("administrator"), None):
        assert not queries.list_tokens(actor=actor)
        with pytest.raises(DomainError) as refused:
            services.revoke_token(actor=actor, token_id=token.pk)
        assert refused.value.code == "not_found"
    assert list(queries.list_tokens(actor=user)) == [token]


def test_a_token_that_never_was(user: Any) -> None:
    with pytest.raises(DomainError) as refused:
        services.revoke_token(actor=user, token_id=uuid4())
    assert refused.value.code == "not_found"
