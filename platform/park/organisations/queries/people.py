"""Reads of members, requests to join, and invitations."""

from uuid import UUID

from django.db.models import Q, QuerySet

from park.accounts.actors import Actor
from park.accounts.models import User
from park.core.errors import NotAllowed, NotFound
from park.core.pages import Page, newest_first
from park.organisations import policies
from park.organisations.invitation_secrets import digest_of
from park.organisations.kinds import MembershipRole, RequestStatus
from park.organisations.models import Invitation, JoinRequest, Membership
from park.organisations.queries.directory import get_organisation


def list_members(*, actor: Actor, organisation_id: UUID) -> list[Membership]:
    """Owners first, for members and staff. Raises NotFound for others."""
    organisation = get_organisation(actor, organisation_id)
    if not policies.can_see_inside(actor, organisation.pk):
        raise NotFound("organisation")
    rows = list(organisation.memberships.select_related("user").order_by("created_at", "id"))
    order = list(MembershipRole.values)
    return sorted(rows, key=lambda row: order.index(row.role))


def list_join_requests(*, actor: Actor, organisation_id: UUID) -> "QuerySet[JoinRequest]":
    """Those that wait, oldest first, for who may decide. Raises NotFound for others."""
    organisation = get_organisation(actor, organisation_id)
    if not policies.can_let_in(actor, organisation.pk):
        raise NotFound("organisation")
    rows = organisation.join_requests.filter(status=RequestStatus.PENDING)
    return rows.select_related("user", "organisation").order_by("created_at", "id")[:100]


def list_requests_waiting(
    *, actor: Actor, cursor: str | None = None, limit: int = 20
) -> Page[JoinRequest]:
    """Of all organisations, for staff: the newest first. Raises not_allowed, invalid_cursor."""
    if not policies.can_verify(actor):
        raise NotAllowed("decide_join_requests")
    rows = JoinRequest.objects.filter(status=RequestStatus.PENDING)
    rows = rows.select_related("user", "organisation")
    return newest_first(rows, by="created_at", purpose="joins", cursor=cursor, limit=limit)


def list_my_requests(*, actor: Actor) -> "QuerySet[JoinRequest]":
    """One's own, newest first, decided ones too: a refusal says why."""
    mine = Q(user_id=actor.pk) if isinstance(actor, User) else Q(pk__in=())
    rows = JoinRequest.objects.filter(mine).select_related("organisation", "user")
    return rows.order_by("-id")[:50]


def list_invitations(*, actor: Actor, organisation_id: UUID) -> "QuerySet[Invitation]":
    """The open ones, newest first, for who may invite. Raises NotFound for others."""
    organisation = get_organisation(actor, organisation_id)
    if not policies.can_let_in(actor, organisation.pk):
        raise NotFound("organisation")
    return organisation.invitations.open().select_related("invited_by").order_by("-id")[:100]


def find_invitation(*, secret: str) -> Invitation:
    """By the secret of the mail, which is what allows to read it. Raises NotFound."""
    rows = Invitation.objects.select_related("organisation")
    found = rows.filter(digest=digest_of(secret)).first()
    if found is None:
        raise NotFound("invitation")
    return found
