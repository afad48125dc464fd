"""Who must do what before an account may be used."""

from django.contrib.auth.models import AnonymousUser

from park.accounts.models import User
from park.accounts.second_factor import has_second_factor


def holds_staff_powers(user: User) -> bool:
    return bool(user.staff_roles) or user.is_superuser or user.is_staff


def must_set_up_second_factor(user: User | AnonymousUser) -> bool:
    """Staff outside the demonstration may do nothing before a second factor guards the account.

    Demonstration accounts exist only while the site is closed to other machines.
    """
    if not isinstance(user, User) or user.is_demonstration or not holds_staff_powers(user):
        return False
    return not has_second_factor(user)


def must_prove_address(user: User) -> bool:
    """Who signed up proves the address by a link before signing in."""
    return user.signed_up_at is not None
