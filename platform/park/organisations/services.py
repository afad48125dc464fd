"""Writes to organisations and their memberships."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from park.accounts.actors import Actor, user_or_none
from park.accounts.models import User
from park.core import audit, text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems
from park.organisations import policies
from park.organisations.models import Membership, MembershipRole, Organisation, OrganisationKind
from park.organisations.queries import get_organisation
from park.vocabularies.queries import known_codes


@transaction.atomic
def create_organisation(
    *,
    actor: Actor,
    name: str,
    kind: str,
    name_en: str = "",
    short_name: str = "",
    credit_code: str = "",
    chains: Sequence[str] = (),
    region: str = "",
    about: str = "",
    is_example: bool = False,
) -> Organisation:
    """A new organisation without members. For administrators, or the system itself (None).

    Raises not_allowed, invalid_input, duplicate_credit_code.
    """
    if not policies.can_create_organisation(actor):
        raise NotAllowed("create_organisation")
    problems, codes = Problems(), known_codes()
    organisation = Organisation(
        name=text_rules.text(name, "name", problems, limit=120, is_required=True, is_line=True),
        name_en=text_rules.text(name_en, "name_en", problems, limit=160, is_line=True),
        short_name=text_rules.text(short_name, "short_name", problems, limit=40, is_line=True),
        kind=text_rules.choice(
            kind, "kind", problems, choices=OrganisationKind.values, is_required=True
        ),
        credit_code=text_rules.text(credit_code, "credit_code", problems, limit=18, is_line=True),
        chains=text_rules.choices_list(chains, "chains", problems, choices=codes["chain"]),
        region=text_rules.choice(region, "region", problems, choices=codes["region"]),
        about=text_rules.text(about, "about", problems, limit=5000),
        is_example=is_example,
    )
    problems.raise_if_any()
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("duplicate_credit_code") from error
    _record(actor, "created", organisation.pk, {"name": {"old": None, "new": organisation.name}})
    return organisation


@transaction.atomic
def add_member(*, actor: Actor, organisation_id: UUID, user_id: UUID, role: str) -> Membership:
    """Make a user a member, or give a member another role.

    Raises not_found, not_allowed, invalid_input, last_owner.
    """
    organisation = _lock_for_members(actor, organisation_id)
    problems = Problems()
    role = text_rules.choice(
        role, "role", problems, choices=MembershipRole.values, is_required=True
    )
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        problems.add("user_id", "unknown_user")
    problems.raise_if_any()
    found = organisation.memberships.filter(user_id=user_id).first()
    old = None if found is None else found.role
    membership = found or Membership(organisation=organisation, user_id=user_id)
    if old == role:
        return membership
    if old == MembershipRole.OWNER:
        _check_another_owner(organisation, user_id)
    membership.role = role
    membership.save()
    _record(actor, "member_set", organisation.pk, {str(user_id): {"old": old, "new": role}})
    return membership


@transaction.atomic
def remove_member(*, actor: Actor, organisation_id: UUID, user_id: UUID) -> None:
    """End a membership. Raises not_found, not_allowed, last_owner."""
    organisation = _lock_for_members(actor, organisation_id)
    membership = organisation.memberships.filter(user_id=user_id).first()
    if membership is None:
        raise NotFound("membership")
    if membership.role == MembershipRole.OWNER:
        _check_another_owner(organisation, user_id)
    old = membership.role
    membership.delete()
    _record(actor, "member_removed", organisation.pk, {str(user_id): {"old": old, "new": None}})


def _lock_for_members(actor: Actor, organisation_id: UUID) -> Organisation:
    """The organisation, locked: two owners must not remove each other at once."""
    organisation = get_organisation(actor, organisation_id)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not policies.can_manage_members(actor, organisation.pk):
        raise NotAllowed("manage_members")
    return organisation


def _check_another_owner(organisation: Organisation, user_id: UUID) -> None:
    owners = organisation.memberships.filter(role=MembershipRole.OWNER)
    if not owners.exclude(user_id=user_id).exists():
        raise DomainError("last_owner")


def _record(actor: Actor, action: str, organisation_id: UUID, changes: dict) -> None:
    audit.record(
        actor=user_or_none(actor),
        action=action,
        kind="organisation",
        object_id=organisation_id,
        organisation_id=organisation_id,
        changes=changes,
    )
