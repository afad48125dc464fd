"""What memberships allow (the questions every tenant check asks), and reads of organisations."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.core import text_rules
from park.core.errors import NotFound
from park.core.pages import Page, highest_first
from park.core.text_rules import Problems
from park.organisations.models import Membership, MembershipRole, Organisation

EDITING_ROLES = (MembershipRole.OWNER, MembershipRole.EDITOR)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an actor is to organisations, read once for many rows."""

    organisation_ids: frozenset[UUID] = frozenset()
    editable_ids: frozenset[UUID] = frozenset()
    is_staff: bool = False

    def sees_all_of(self, organisation_id: UUID) -> bool:
        """Every field of that organisation's records."""
        return self.is_staff or organisation_id in self.organisation_ids


def standing_of(actor: Actor) -> Standing:
    """One query; none for a visitor."""
    if not isinstance(actor, User):
        return Standing()
    roles = dict(memberships_of(actor).values_list("organisation_id", "role"))
    return Standing(
        organisation_ids=frozenset(roles),
        editable_ids=frozenset(pk for pk, role in roles.items() if role in EDITING_ROLES),
        is_staff=is_staff(actor),
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


def is_staff(actor: Actor) -> bool:
    """Park staff, who see every record that was handed in."""
    return isinstance(actor, User) and actor.is_park_staff


def is_administrator(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_role(StaffRole.ADMINISTRATOR)


def list_memberships(actor: Actor) -> "QuerySet[Membership]":
    """The actor's own memberships with their organisations, by name."""
    return memberships_of(actor).select_related("organisation").order_by("organisation__name", "id")


def get_organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    """Raises NotFound."""
    found = Organisation.objects.visible_to(actor).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound("organisation")
    return found


def list_organisations(
    *,
    actor: Actor,
    q: str = "",
    kind: str = "",
    chain: str = "",
    region: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Organisation]:
    """Newest first. Raises invalid_cursor and invalid_input."""
    rows = organisations_to_list(actor, q=q, kind=kind, chain=chain, region=region)
    return highest_first(rows, by="id", purpose="organisations", cursor=cursor, limit=limit)


def organisations_to_list(
    actor: Actor, *, q: str = "", kind: str = "", chain: str = "", region: str = ""
) -> "QuerySet[Organisation]":
    """The rows that the filters leave, to be ordered by id, latest first. Raises invalid_input."""
    problems = Problems()
    for name, value in (("q", q), ("kind", kind), ("chain", chain), ("region", region)):
        text_rules.text(value, name, problems, limit=100)
    problems.raise_if_any()
    rows = Organisation.objects.visible_to(actor)
    if q:
        rows = rows.filter(name__icontains=q)
    if kind:
        rows = rows.filter(kind=kind)
    if chain:
        rows = rows.filter(chains__contains=[chain])
    if region:
        rows = rows.filter(region=region)
    return rows


def count_organisations() -> int:
    return Organisation.objects.count()
