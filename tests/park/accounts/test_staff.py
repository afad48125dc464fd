"""Staff roles are given and taken by administrators, who never end without one."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from park.accounts import staff
from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.core.models import AuditEntry
from tests.factories import UserFactory, make_staff

BROKER, ADMINISTRATOR = StaffRole.BROKER, StaffRole.ADMINISTRATOR


def code_of(call) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code


@pytest.mark.django_db
class TestRoles:
    def test_given_and_taken_with_a_trail(self) -> None:
        chief, user = make_staff(ADMINISTRATOR), UserFactory(email="Broker@example.com")
        staff.name_staff(actor=chief, login="broker@EXAMPLE.com", roles=[BROKER])
        assert list(staff.list_staff(actor=chief)) == sorted(
            [chief, user], key=lambda one: one.username
        )
        staff.set_staff_roles(actor=chief, user_id=user.pk, roles=[])
        user.refresh_from_db()
        assert user.staff_roles == []
        assert [entry.changes["staff_roles"] for entry in AuditEntry.objects.order_by("id")] == [
            {"old": [], "new": ["broker"]},
            {"old": ["broker"], "new": []},
        ]

    @pytest.mark.parametrize("role", [role for role in StaffRole if role != ADMINISTRATOR])
    def test_nobody_else(self, role: StaffRole) -> None:
        user = UserFactory()
        for actor in (make_staff(role), UserFactory(), AnonymousUser(), None):
            for call in (
                lambda a=actor: staff.list_staff(actor=a),
                lambda a=actor: staff.name_staff(actor=a, login=user.username, roles=[BROKER]),
                lambda a=actor: staff.set_staff_roles(actor=a, user_id=user.pk, roles=[BROKER]),
            ):
                assert code_of(call) == "not_allowed"

    def test_the_last_administrator_stays(self) -> None:
        chief, gone = make_staff(ADMINISTRATOR), make_staff(ADMINISTRATOR)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        take = lambda: staff.set_staff_roles(actor=chief, user_id=chief.pk, roles=[BROKER])  # noqa: E731
        assert code_of(take) == "last_administrator"
        other = UserFactory()
        staff.set_staff_roles(actor=chief, user_id=other.pk, roles=[ADMINISTRATOR])
        take()
        chief.refresh_from_db()
        assert chief.staff_roles == ["broker"]

    def test_unknown_people_and_roles(self) -> None:
        chief = make_staff(ADMINISTRATOR)
        for login, roles in (("nobody", [BROKER]), ("", [BROKER]), (chief.username, ["king"])):
            call = lambda login=login, roles=roles: staff.name_staff(  # noqa: E731
                actor=chief, login=login, roles=roles
            )
            assert code_of(call) == "invalid_input"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_it_from_each_other() -> None:
    one, two = make_staff(ADMINISTRATOR), make_staff(ADMINISTRATOR)
    barrier, outcomes = threading.Barrier(2), []

    def take(actor: User, other: User) -> None:
        barrier.wait(10)
        try:
            staff.set_staff_roles(actor=actor, user_id=other.pk, roles=[])
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["done", "not_allowed"]
    assert User.objects.filter(staff_roles__contains=[ADMINISTRATOR]).count() == 1
