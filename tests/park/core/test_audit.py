"""The audit trail names what changed, from what to what."""

from datetime import date
from decimal import Decimal

import pytest

from park.core import audit
from park.core.models import new_id
from tests.factories import UserFactory


def test_differences_are_the_changed_fields_only() -> None:
    old = {"title": "甲", "due_on": date(2026, 1, 1), "kind": "order"}
    new = {"title": "乙", "due_on": date(2026, 1, 1), "kind": "order"}
    assert audit.differences(old, new) == {"title": {"old": "甲", "new": "乙"}}


def test_differences_are_written_as_json_knows_them() -> None:
    found = audit.differences({"due_on": None, "price": Decimal(1)}, {"due_on": date(2026, 1, 2)})
    assert found == {"due_on": {"old": None, "new": "2026-01-02"}}


@pytest.mark.django_db
def test_an_entry_keeps_the_name_of_its_actor() -> None:
    user = UserFactory(username="li")
    entry = audit.record(actor=user, action="edited", kind="need", object_id=new_id())
    user.delete()
    entry.refresh_from_db()
    assert (entry.actor, entry.actor_name) == (None, "li")


@pytest.mark.django_db
def test_the_system_acts_without_a_name() -> None:
    entry = audit.record(actor=None, action="expired", kind="need", object_id=new_id())
    assert (entry.actor, entry.actor_name) == (None, "")
