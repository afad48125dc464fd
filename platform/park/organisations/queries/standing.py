"""What memberships and staff roles allow: the questions that every tenant check asks."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.organisations.kinds import MembershipRole
from park.organisations.models import Membership

EDITING_ROLES = (MembershipRole.OWNER, MembershipRole.EDITOR)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an actor is to organisations, read once for many rows."""

    organisation_ids: frozenset[UUID] = frozenset()
    editable_ids: frozenset[UUID] = frozenset()
    staff_roles: frozenset[str] = frozenset()

    @property
    def is_staff(self) -> bool:
        return bool(self.staff_roles)

    def has_role(self, *roles: StaffRole) -> bool:
        """True for any of the roles; an administrator has them all."""
        return StaffRole.ADMINISTRATOR in self.staff_roles or not self.staff_roles.isdisjoint(roles)

    def belongs_to(self, *organisation_ids: UUID | None) -> bool:
        """Is a member of any of them, in whatever role."""
        return not self.organisation_ids.isdisjoint(organisation_ids)


def standing_of(actor: Actor) -> Standing:
    """One query; none for a visitor."""
    if not isinstance(actor, User):
        return Standing()
    roles = dict(memberships_of(actor).values_list("organisation_id", "role"))
    return Standing(
        organisation_ids=frozenset(roles),
        editable_ids=frozenset(pk for pk, role in roles.items() if role in EDITING_ROLES),
        staff_roles=frozenset(actor.staff_roles) if actor.is_active else frozenset(),
    )


def memberships_of(actor: Actor) -> "QuerySet[Membership]":
    if not isinstance(actor, User) or not actor.is_active:
        return Membership.objects.none()
    return Membership.objects.filter(user_id=actor.pk)


def organisation_ids(actor: Actor) -> frozenset[UUID]:
    """The organisations whose own records the actor may see; empty for a visitor."""
    return frozenset(memberships_of(actor).values_list("organisation_id", flat=True))


def editable_organisation_ids(actor: Actor) -> frozenset[UUID]:
    """The organisations in whose name the actor may write."""
    memberships = memberships_of(actor).filter(role__in=EDITING_ROLES)
    return frozenset(memberships.values_list("organisation_id", flat=True))


def owned_organisation_ids(actor: Actor) -> frozenset[UUID]:
    """The organisations whose profile and members the actor looks after."""
    memberships = memberships_of(actor).filter(role=MembershipRole.OWNER)
    return frozenset(memberships.values_list("organisation_id", flat=True))


def is_staff(actor: Actor) -> bool:
    """Park staff in any role. What a role may see or do asks `has_staff_role`."""
    return isinstance(actor, User) and actor.is_park_staff


def has_staff_role(actor: Actor, *roles: StaffRole) -> bool:
    """Any of the roles; an administrator has them all."""
    return isinstance(actor, User) and actor.has_role(*roles)


def is_administrator(actor: Actor) -> bool:
    return has_staff_role(actor, StaffRole.ADMINISTRATOR)


def list_memberships(actor: Actor) -> "QuerySet[Membership]":
    """The actor's own memberships with their organisations, by name."""
    return memberships_of(actor).select_related("organisation").order_by("organisation__name", "id")
