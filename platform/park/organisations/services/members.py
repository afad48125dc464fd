"""Who belongs to an organisation, in what role, and who asks to."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from park.accounts.actors import Actor, user_or_none
from park.accounts.models import User
from park.core import text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems
from park.organisations import mails, policies
from park.organisations.kinds import MembershipRole, RequestStatus
from park.organisations.models import JoinRequest, Membership, Organisation
from park.organisations.services import steps

MAX_OPEN_REQUESTS = 10
MAX_REQUESTS_A_DAY = 20
"""Each is a mail to the owners, also when it is taken back."""


@transaction.atomic
def add_member(*, actor: Actor, organisation_id: UUID, user_id: UUID, role: str) -> Membership:
    """Make a user a member, or give a member another role.

    Raises not_found, not_allowed, invalid_input, last_owner.
    """
    organisation = _lock_for_members(actor, organisation_id)
    problems = Problems()
    role = clean_role(role, problems)
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        problems.add("user_id", "unknown_user")
    problems.raise_if_any()
    return set_role(organisation, actor, user_id, role)


@transaction.atomic
def change_role(*, actor: Actor, organisation_id: UUID, user_id: UUID, role: str) -> Membership:
    """Give a member another role; people come in by invitation or request only.

    Raises not_found, not_allowed, invalid_input, last_owner.
    """
    organisation = _lock_for_members(actor, organisation_id)
    if not organisation.memberships.filter(user_id=user_id).exists():
        raise NotFound("membership")
    problems = Problems()
    role = clean_role(role, problems)
    problems.raise_if_any()
    return set_role(organisation, actor, user_id, role)


def clean_role(role: str, problems: Problems) -> str:
    return text_rules.choice(
        role, "role", problems, choices=MembershipRole.values, is_required=True
    )


def set_role(organisation: Organisation, actor: Actor, user_id: UUID, role: str) -> Membership:
    """With the organisation locked, so that two owners cannot step down at once."""
    found = organisation.memberships.filter(user_id=user_id).first()
    old = None if found is None else found.role
    membership = found or Membership(organisation=organisation, user_id=user_id)
    if old == role:
        return membership
    if old == MembershipRole.OWNER:
        _check_another_owner(organisation, user_id)
    membership.role = role
    membership.save()
    changes = {str(user_id): {"old": old, "new": role}}
    steps.record(actor, "member_set", organisation.pk, changes)
    return membership


@transaction.atomic
def remove_member(*, actor: Actor, organisation_id: UUID, user_id: UUID) -> None:
    """End a membership; anybody may end their own.

    Raises not_found, not_allowed, last_owner.
    """
    organisation = steps.lock(actor, organisation_id)
    is_own = isinstance(actor, User) and actor.is_active and actor.pk == user_id
    is_member = organisation.memberships.filter(user_id=user_id).exists()
    if not (is_own and is_member) and not policies.can_manage_members(actor, organisation.pk):
        raise NotAllowed("manage_members")
    membership = organisation.memberships.filter(user_id=user_id).first()
    if membership is None:
        raise NotFound("membership")
    if membership.role == MembershipRole.OWNER:
        _check_another_owner(organisation, user_id)
    old = membership.role
    membership.delete()
    changes = {str(user_id): {"old": old, "new": None}}
    steps.record(actor, "member_removed", organisation.pk, changes)


def _lock_for_members(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_manage_members(actor, organisation.pk):
        raise NotAllowed("manage_members")
    return organisation


def _check_another_owner(organisation: Organisation, user_id: UUID) -> None:
    owners = organisation.memberships.filter(role=MembershipRole.OWNER, user__is_active=True)
    if not owners.exclude(user_id=user_id).exists():
        raise DomainError("last_owner")


@transaction.atomic
def request_to_join(*, actor: Actor, organisation_id: UUID, message: str = "") -> JoinRequest:
    """Ask the owners, or staff, to be let in.

    Raises not_found, not_allowed, organisation_unverified, invalid_input, already_member,
    already_requested, too_many_requests.
    """
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_propose(actor):
        raise NotAllowed("join")
    assert isinstance(actor, User)  # noqa: S101 - what the policy says, for the type checker
    message = steps.clean_reason(message, field="message")
    if organisation.memberships.filter(user_id=actor.pk).exists():
        raise DomainError("already_member")
    policies.require_verified(organisation)
    mine = JoinRequest.objects.filter(user_id=actor.pk, status=RequestStatus.PENDING)
    if mine.count() >= MAX_OPEN_REQUESTS:
        raise DomainError("too_many_requests", limit=MAX_OPEN_REQUESTS)
    lately = JoinRequest.objects.filter(
        user_id=actor.pk, created_at__gt=timezone.now() - timedelta(days=1)
    )
    if lately.count() >= MAX_REQUESTS_A_DAY:
        raise DomainError("too_many_requests", limit=MAX_REQUESTS_A_DAY)
    try:
        with transaction.atomic():
            request = JoinRequest.objects.create(
                organisation=organisation, user=actor, message=message
            )
    except IntegrityError as error:
        raise DomainError("already_requested") from error
    steps.record(actor, "join_requested", organisation.pk, note=message)
    mails.tell_of_join_request(request)
    return request


@transaction.atomic
def approve_join_request(*, actor: Actor, request_id: UUID, role: str) -> JoinRequest:
    """Let somebody in, with a role. Raises not_found, not_allowed, wrong_state, invalid_input.

    Who meanwhile came in by an invitation keeps the higher role.
    """
    request = _lock_request(actor, request_id, "approve_join_request")
    problems = Problems()
    role = clean_role(role, problems)
    problems.raise_if_any()
    request.role = role
    _decide(request, actor, RequestStatus.APPROVED)
    raise_role(request.organisation, actor, request.user_id, role)
    mails.tell_of_join_decision(request)
    return request


@transaction.atomic
def decline_join_request(*, actor: Actor, request_id: UUID, reason: str) -> JoinRequest:
    """Refuse, saying why. Raises not_found, not_allowed, wrong_state, invalid_input."""
    request = _lock_request(actor, request_id, "decline_join_request")
    request.reason = steps.clean_reason(reason, is_required=True)
    _decide(request, actor, RequestStatus.DECLINED)
    steps.record(actor, "join_declined", request.organisation_id, note=request.reason)
    mails.tell_of_join_decision(request)
    return request


@transaction.atomic
def withdraw_join_request(*, actor: Actor, request_id: UUID) -> JoinRequest:
    """Take one's own request back. Raises not_found, wrong_state."""
    mine = JoinRequest.objects.filter(pk=request_id, user=user_or_none(actor))
    if user_or_none(actor) is None or not mine.exists():
        raise NotFound("join_request")
    request = mine.select_for_update().get()
    _check_pending(request, "withdraw_join_request")
    _decide(request, actor, RequestStatus.WITHDRAWN)
    return request


def raise_role(organisation: Organisation, actor: Actor, user_id: UUID, role: str) -> Membership:
    """Make a member, or a member more; never less than they are."""
    found = organisation.memberships.filter(user_id=user_id).first()
    order = list(MembershipRole.values)
    if found is not None and order.index(found.role) <= order.index(role):
        return found
    return set_role(organisation, actor, user_id, role)


def _lock_request(actor: Actor, request_id: UUID, action: str) -> JoinRequest:
    """The organisation first, then the request: the second of two deciders finds it decided."""
    found = JoinRequest.objects.filter(pk=request_id).first()
    if found is None or not policies.can_let_in(actor, found.organisation_id):
        raise NotFound("join_request")
    organisation = steps.lock(actor, found.organisation_id)
    request = JoinRequest.objects.select_for_update().get(pk=found.pk)
    request.organisation = organisation
    _check_pending(request, action)
    return request


def _check_pending(request: JoinRequest, action: str) -> None:
    if request.status != RequestStatus.PENDING:
        raise DomainError("wrong_state", status=request.status, action=action)


def _decide(request: JoinRequest, actor: Actor, status: RequestStatus) -> None:
    request.status = status
    request.decided_by = user_or_none(actor)
    request.decided_at = timezone.now()
    request.save()
