"""Who may make, verify, edit and merge organisations, and say who belongs to them.

The table of roles is in docs/organisations.md; `tests/architecture/test_staff_roles.py` holds it.
"""

from uuid import UUID

from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.organisations.models import Organisation
from park.organisations.queries.standing import (
    has_staff_role,
    is_administrator,
    is_staff,
    organisation_ids,
    owned_organisation_ids,
)


def can_create_organisation(actor: Actor) -> bool:
    """Administrators, and the system itself."""
    return actor is None or is_administrator(actor)


def can_propose(actor: Actor) -> bool:
    """Anybody with an account."""
    return isinstance(actor, User) and actor.is_active


def can_verify(actor: Actor) -> bool:
    """Verify organisations, tiers and facts, decide changes of identity: moderators."""
    return actor is None or has_staff_role(actor, StaffRole.MODERATOR)


def can_merge(actor: Actor) -> bool:
    """It moves what firms own: administrators."""
    return is_administrator(actor)


def can_edit_profile(actor: Actor, organisation_id: UUID) -> bool:
    return can_verify(actor) or organisation_id in owned_organisation_ids(actor)


def can_manage_members(actor: Actor, organisation_id: UUID) -> bool:
    """Change roles and remove: the organisation's owners, administrators, the system itself."""
    return can_create_organisation(actor) or organisation_id in owned_organisation_ids(actor)


def can_let_in(actor: Actor, organisation_id: UUID) -> bool:
    """Invite and decide requests: owners, and moderators for a firm that has no owner yet."""
    return can_verify(actor) or organisation_id in owned_organisation_ids(actor)


def can_see_inside(actor: Actor, organisation_id: UUID) -> bool:
    """Members, contact data, facts and tiers in full: its members and park staff."""
    return actor is None or is_staff(actor) or organisation_id in organisation_ids(actor)


def can_see_facts(actor: Actor, organisation_id: UUID) -> bool:
    """Facts are of level own: its members, and the staff who verify or advise on them."""
    if actor is None or has_staff_role(actor, StaffRole.MODERATOR, StaffRole.BROKER):
        return True
    return organisation_id in organisation_ids(actor)


def require_verified(organisation: Organisation) -> None:
    """Drafting is free; what others are to see needs a verified firm behind it.

    Raises organisation_unverified.
    """
    if not organisation.is_verified:
        raise DomainError("organisation_unverified", status=organisation.status)
