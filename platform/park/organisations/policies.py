"""Who may make organisations and say who belongs to them."""

from uuid import UUID

from park.accounts.actors import Actor
from park.organisations.models import MembershipRole
from park.organisations.queries import is_administrator, memberships_of


def can_create_organisation(actor: Actor) -> bool:
    """Administrators, and the system itself."""
    return actor is None or is_administrator(actor)


def can_manage_members(actor: Actor, organisation_id: UUID) -> bool:
    """The organisation's owners, administrators, and the system itself."""
    if can_create_organisation(actor):
        return True
    owned = memberships_of(actor).filter(role=MembershipRole.OWNER)
    return owned.filter(organisation_id=organisation_id).exists()
