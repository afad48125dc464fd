"""Staff roles: who has which, given and taken by administrators."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.core import audit, text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems


def is_administrator(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_role(StaffRole.ADMINISTRATOR)


def list_staff(*, actor: Actor) -> "QuerySet[User]":
    """Everybody with a role, by name. Raises not_allowed."""
    if not is_administrator(actor):
        raise NotAllowed("manage_staff")
    return User.objects.exclude(staff_roles=[]).order_by("username")


@transaction.atomic
def name_staff(*, actor: Actor, login: str, roles: Sequence[str]) -> User:
    """Give roles to whoever has that user name or, alone, that e-mail address.

    Raises not_allowed, invalid_input, last_administrator.
    """
    if not is_administrator(actor):
        raise NotAllowed("manage_staff")
    problems = Problems()
    login = text_rules.text(login, "login", problems, limit=150, is_required=True, is_line=True)
    problems.raise_if_any()
    found = list(
        User.objects.filter(Q(username=login) | Q(email__iexact=login), is_active=True)[:2]
    )
    if len(found) != 1:
        problems.add("login", "unknown_user")
    problems.raise_if_any()
    return set_staff_roles(actor=actor, user_id=found[0].pk, roles=roles)


@transaction.atomic
def set_staff_roles(*, actor: Actor, user_id: UUID, roles: Sequence[str]) -> User:
    """Exactly these roles from now on; none ends being staff.

    Raises not_allowed, not_found, invalid_input, last_administrator.
    """
    if not is_administrator(actor):
        raise NotAllowed("manage_staff")
    problems = Problems()
    wanted = text_rules.choices_list(roles, "roles", problems, choices=StaffRole.values)
    problems.raise_if_any()
    # All of them, in one order: two administrators must not take the role from each other at once.
    administrators = set(
        User.objects.select_for_update()
        .filter(staff_roles__contains=[StaffRole.ADMINISTRATOR], is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if actor is None or actor.pk not in administrators:
        raise NotAllowed("manage_staff")
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound("user")
    if StaffRole.ADMINISTRATOR not in wanted and administrators == {user.pk}:
        raise DomainError("last_administrator")
    changes = audit.differences({"staff_roles": user.staff_roles}, {"staff_roles": wanted})
    if changes:
        user.staff_roles = wanted
        user.save(update_fields=["staff_roles"])
        audit.record(
            actor=actor,
            action="staff_roles_set",
            kind="user",
            object_id=user.pk,
            changes=changes,
        )
    return user
