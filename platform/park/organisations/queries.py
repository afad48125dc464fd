"""What a user's memberships allow: the questions every tenant check asks."""

from typing import Any
from uuid import UUID

from park.organisations.models import Membership, MembershipRole


def organisation_ids(actor: Any) -> frozenset[UUID]:
    """The organisations whose own records the actor may see; empty for a visitor."""
    return _ids(actor, None)


def editable_organisation_ids(actor: Any) -> frozenset[UUID]:
    """The organisations in whose name the actor may write."""
    return _ids(actor, (MembershipRole.OWNER, MembershipRole.EDITOR))


def _ids(actor: Any, roles: tuple[MembershipRole, ...] | None) -> frozenset[UUID]:
    if actor is None or not actor.is_authenticated:
        return frozenset()
    memberships = Membership.objects.filter(user_id=actor.pk)
    if roles is not None:
        memberships = memberships.filter(role__in=roles)
    return frozenset(memberships.values_list("organisation_id", flat=True))


def is_staff(actor: Any) -> bool:
    """Park staff, who see every record."""
    return actor is not None and actor.is_authenticated and actor.is_park_staff
