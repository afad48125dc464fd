"""What a staff role makes of a user."""

import pytest

from park.accounts.models import StaffRole, User


@pytest.mark.parametrize("role", list(StaffRole))
def test_any_role_makes_staff(role: StaffRole) -> None:
    assert User(staff_roles=[role]).is_park_staff


def test_nobody_is_staff_by_djangos_own_flags() -> None:
    assert not User(is_staff=True, is_superuser=True).is_park_staff


@pytest.mark.parametrize("role", list(StaffRole))
def test_an_administrator_has_every_role(role: StaffRole) -> None:
    assert User(staff_roles=[StaffRole.ADMINISTRATOR]).has_role(role)


def test_other_roles_are_only_themselves() -> None:
    broker = User(staff_roles=[StaffRole.BROKER])
    assert broker.has_role(StaffRole.MODERATOR, StaffRole.BROKER)
    assert not broker.has_role(StaffRole.MODERATOR)


def test_who_left_has_no_role() -> None:
    gone = User(staff_roles=[StaffRole.ADMINISTRATOR], is_active=False)
    assert not gone.is_park_staff
    assert not gone.has_role(StaffRole.ADMINISTRATOR)
