"""Invitations: a place offered to an e-mail address, taken once by who has that address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from park.accounts.actors import Actor, user_or_none
from park.accounts.models import User
from park.accounts.queries import verified_emails
from park.core import text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems
from park.organisations import mails, policies
from park.organisations.invitation_secrets import digest_of, masked_email, new_secret
from park.organisations.models import Invitation, Membership
from park.organisations.services import steps
from park.organisations.services.members import clean_role, raise_role

VALID_FOR = timedelta(days=14)
MAX_OPEN = 50
MAX_A_DAY = 100
"""Each is a mail to somebody who did not ask for it."""


@transaction.atomic
def invite_member(
    *, actor: Actor, organisation_id: UUID, email: str, role: str, link_to: Callable[[str], str]
) -> tuple[Invitation, str]:
    """An invitation and its secret, which is in the mail only. An earlier one to the same address
    is void. `link_to` makes the page's address of the secret.

    Raises not_found, not_allowed, organisation_unverified, invalid_input, already_member,
    too_many_invitations.
    """
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_let_in(actor, organisation.pk):
        raise NotAllowed("invite_members")
    problems = Problems()
    email = text_rules.email(email, "email", problems).lower()
    if not email and not problems.fields:
        problems.add("email", "required")
    role = clean_role(role, problems)
    problems.raise_if_any()
    policies.require_verified(organisation)
    members = organisation.memberships.select_related("user")
    if any(email in verified_emails(member.user) for member in members):
        raise DomainError("already_member")
    now = timezone.now()
    organisation.invitations.open().filter(email=email).update(revoked_at=now)
    organisation.invitations.open().filter(expires_at__lte=now).update(revoked_at=now)
    if organisation.invitations.open().count() >= MAX_OPEN:
        raise DomainError("too_many_invitations", limit=MAX_OPEN)
    if organisation.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= MAX_A_DAY:
        raise DomainError("too_many_invitations", limit=MAX_A_DAY)
    secret = new_secret()
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        digest=digest_of(secret),
        created_at=now,
        expires_at=now + VALID_FOR,
        invited_by=user_or_none(actor),
    )
    changes = {email: {"old": None, "new": role}}
    steps.record(actor, "member_invited", organisation.pk, changes)
    mails.send_invitation(invitation, link_to(secret))
    return invitation, secret


@transaction.atomic
def revoke_invitation(*, actor: Actor, invitation_id: UUID) -> None:
    """Make it void; twice is once. Raises not_found, invitation_used."""
    found = Invitation.objects.filter(pk=invitation_id).first()
    if found is None or not policies.can_let_in(actor, found.organisation_id):
        raise NotFound("invitation")
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    if invitation.accepted_at is not None:
        raise DomainError("invitation_used")
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save()
        changes = {invitation.email: {"old": invitation.role, "new": None}}
        steps.record(actor, "invitation_revoked", invitation.organisation_id, changes)


@transaction.atomic
def accept_invitation(*, actor: Actor, secret: str, now: datetime | None = None) -> Membership:
    """Become a member with the offered role, or keep a higher one.

    Raises not_allowed (a visitor), not_found, invitation_used, invitation_expired,
    invitation_other_email.
    """
    if not isinstance(actor, User) or not actor.is_active:
        raise NotAllowed("accept_invitation")
    found = Invitation.objects.filter(digest=digest_of(secret)).first()
    if found is None:
        raise NotFound("invitation")
    organisation = steps.lock(None, found.organisation_id)
    # Locked and read again: of two who accept at once the second finds it used.
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    check_open(invitation, now or timezone.now())
    if invitation.email not in verified_emails(actor):
        raise DomainError("invitation_other_email", email=masked_email(invitation.email))
    invitation.accepted_at = now or timezone.now()
    invitation.accepted_by = actor
    invitation.save()
    steps.record(actor, "invitation_accepted", organisation.pk)
    return raise_role(organisation, actor, actor.pk, invitation.role)


def check_open(invitation: Invitation, now: datetime) -> None:
    """Raises invitation_used, not_found (taken back), invitation_expired."""
    if invitation.accepted_at is not None:
        raise DomainError("invitation_used")
    if invitation.revoked_at is not None:
        raise NotFound("invitation")
    if invitation.is_expired(now):
        raise DomainError("invitation_expired")
