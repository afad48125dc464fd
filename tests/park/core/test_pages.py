"""Keyset pages: every row once, whatever the page size; forged cursors are refused by code."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.core.errors import DomainError
from park.core.pages import (
    decode_cursor,
    decode_time_cursor,
    encode_cursor,
    highest_first,
    newest_first,
)
from park.organisations.models import Organisation
from tests.factories import OrganisationFactory

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_gives_back_its_key(at: datetime, pk: object) -> None:
    assert decode_time_cursor("x", encode_cursor("x", at, pk)) == (at, pk)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=80))
def test_any_other_text_is_an_invalid_cursor(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        decode_cursor("needs", text)
    assert refused.value.code == "invalid_cursor"


def test_a_cursor_of_another_list_is_invalid() -> None:
    cursor = encode_cursor("needs", NOON, uuid4())
    with pytest.raises(DomainError) as refused:
        decode_cursor("capabilities", cursor)
    assert refused.value.code == "invalid_cursor"


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_hold_every_row_once_newest_first(limit: int) -> None:
    made = [OrganisationFactory() for _ in range(7)]
    for position, row in enumerate(made):
        # Three rows share each moment: ties are where offsets and cursors usually fail.
        at = NOON + timedelta(minutes=position // 3)
        Organisation.objects.filter(pk=row.pk).update(created_at=at)
    seen, cursor = [], None
    while True:
        page = newest_first(
            Organisation.objects.all(), by="created_at", purpose="t", cursor=cursor, limit=limit
        )
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    expected = list(Organisation.objects.order_by("-created_at", "-pk"))
    assert seen == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "given_"), [(-5, 1), (0, 1), (1000, 3)])
def test_a_limit_out_of_bounds_is_moved_into_them(asked: int, given_: int) -> None:
    OrganisationFactory.create_batch(3)
    rows = Organisation.objects.all()
    page = newest_first(rows, by="created_at", purpose="t", cursor=None, limit=asked)
    assert len(page.items) == given_


@pytest.mark.django_db
def test_a_page_is_one_query(django_assert_num_queries: object) -> None:
    OrganisationFactory.create_batch(3)
    with django_assert_num_queries(1):  # type: ignore[operator]
        newest_first(Organisation.objects.all(), by="created_at", purpose="t", cursor=None, limit=2)


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_by_one_column_hold_every_row_once(limit: int) -> None:
    OrganisationFactory.create_batch(5)
    seen, cursor = [], None
    while True:
        page = highest_first(
            Organisation.objects.all(), by="id", purpose="t", cursor=cursor, limit=limit
        )
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == list(Organisation.objects.order_by("-id"))
