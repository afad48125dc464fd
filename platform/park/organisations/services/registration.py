"""Makes, edits and verifies organisations. What staff verified changes only through staff."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from park.accounts.actors import Actor, user_or_none
from park.accounts.models import User
from park.core import audit, text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems
from park.organisations import mails, policies
from park.organisations.kinds import (
    AliasSource,
    MembershipRole,
    RequestStatus,
    VerificationStatus,
)
from park.organisations.models import (
    ChangeRequest,
    Membership,
    Organisation,
    OrganisationAlias,
)
from park.organisations.queries import similar_organisations
from park.organisations.queries.directory import names_of
from park.organisations.services import steps

MAX_OPEN_PROPOSALS = 3


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
    """A new, verified organisation without members. For administrators, or the system (None).

    Whether the firm is here already under another spelling is for the caller to ask first
    (`queries.similar_organisations`). Raises not_allowed, invalid_input, duplicate_credit_code.
    """
    if not policies.can_create_organisation(actor):
        raise NotAllowed("create_organisation")
    profile = {
        "name": name, "kind": kind, "name_en": name_en, "short_name": short_name,
        "credit_code": credit_code, "chains": chains, "region": region, "about": about,
    }  # fmt: skip
    organisation = Organisation(is_example=is_example, **steps.clean_profile(profile))
    steps.save(organisation, actor)
    changes = {"name": {"old": None, "new": organisation.name}}
    steps.record(actor, "created", organisation.pk, changes)
    return organisation


@transaction.atomic
def propose_organisation(
    *, actor: Actor, profile: Mapping[str, Any], is_another: bool = False
) -> Organisation:
    """An organisation for staff to verify; who proposes it owns it.

    `is_another` says that none of those with a like name is meant. Raises not_allowed,
    invalid_input, too_many_proposals, similar_organisation, duplicate_credit_code.
    """
    if not policies.can_propose(actor):
        raise NotAllowed("propose_organisation")
    clean = steps.clean_profile({"name": "", "kind": "", **profile})
    assert isinstance(actor, User)  # noqa: S101 - what the policy says, for the type checker
    # Two requests at once must not both be the last that is allowed.
    User.objects.select_for_update().get(pk=actor.pk)
    waiting = Organisation.objects.filter(
        proposed_by=actor, status=VerificationStatus.UNVERIFIED
    ).count()
    if waiting >= MAX_OPEN_PROPOSALS:
        raise DomainError("too_many_proposals", limit=MAX_OPEN_PROPOSALS)
    steps.check_credit_code_is_free(clean.get("credit_code", ""), actor, except_id=actor.pk)
    if not is_another:
        _check_nothing_similar(clean["name"])
    organisation = Organisation(status=VerificationStatus.UNVERIFIED, proposed_by=actor, **clean)
    steps.save(organisation, actor)
    Membership.objects.create(organisation=organisation, user=actor, role=MembershipRole.OWNER)
    changes = {"name": {"old": None, "new": organisation.name}}
    steps.record(actor, "proposed", organisation.pk, changes)
    return organisation


def _check_nothing_similar(name: str) -> None:
    """Only verified ones are named: what others propose is not public."""
    similar = [row for row in similar_organisations(name=name) if row.is_verified]
    if similar:
        raise DomainError("similar_organisation", organisations=names_of(similar))


@transaction.atomic
def edit_organisation(
    *, actor: Actor, organisation_id: UUID, version: int, profile: Mapping[str, Any]
) -> Organisation:
    """Change the given fields, starting from `version`.

    An owner's change of name, kind or credit code of a verified organisation waits for staff.
    Raises not_found, not_allowed, invalid_input, edit_conflict, duplicate_credit_code.
    """
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_edit_profile(actor, organisation.pk):
        raise NotAllowed("edit_organisation")
    if version != organisation.version:
        raise DomainError("edit_conflict", current_version=organisation.version)
    clean = steps.clean_profile(profile)
    old = {name: getattr(organisation, name) for name in clean}
    changes = audit.differences(old, clean)
    identity: dict[str, dict[str, Any]] = {}
    if organisation.is_verified and not policies.can_verify(actor):
        identity = {name: changes.pop(name) for name in steps.IDENTITY if name in changes}
        if any(name in clean for name in steps.IDENTITY):
            _replace_change_request(organisation, actor, identity)
    if changes:
        _apply(organisation, actor, changes, {name: clean[name] for name in changes})
        steps.record(actor, "edited", organisation.pk, changes)
    return organisation


def _replace_change_request(
    organisation: Organisation, actor: Actor, changes: dict[str, dict[str, Any]]
) -> None:
    """The owner's latest wish counts; an edit back to what is there takes the wish back."""
    if code := changes.get("credit_code", {}).get("new"):
        steps.check_credit_code_is_free(code, actor, except_id=organisation.pk)
    pending = organisation.change_requests.filter(status=RequestStatus.PENDING)
    if pending.filter(changes=changes).exists():
        return
    pending.update(status=RequestStatus.WITHDRAWN, decided_at=timezone.now())
    if changes:
        organisation.change_requests.create(changes=changes, requested_by=user_or_none(actor))
        steps.record(actor, "change_requested", organisation.pk, changes)


def _apply(
    organisation: Organisation, actor: Actor, changes: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    former = organisation.name
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.version += 1
    steps.save(organisation, actor)
    if "name" in changes and organisation.is_verified:
        _keep_former_name(organisation, former)


def _keep_former_name(organisation: Organisation, former: str) -> None:
    organisation.aliases.get_or_create(
        name=former, merged_id=None, defaults={"source": AliasSource.FORMER_NAME}
    )
    # Back to a name it once had: that is its present name again.
    organisation.aliases.filter(name=organisation.name, merged_id__isnull=True).delete()


@transaction.atomic
def ask_for_verification(*, actor: Actor, organisation_id: UUID) -> Organisation:
    """Put a rejected organisation before staff again, after its owner has corrected it.

    Raises not_found, not_allowed, wrong_state.
    """
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_edit_profile(actor, organisation.pk):
        raise NotAllowed("ask_for_verification")
    _set_status(organisation, actor, VerificationStatus.REJECTED, VerificationStatus.UNVERIFIED)
    steps.record(actor, "verification_asked", organisation.pk)
    return organisation


@transaction.atomic
def verify_organisation(*, actor: Actor, organisation_id: UUID) -> Organisation:
    """Staff say that it exists and is who it says. Raises not_found, not_allowed, wrong_state."""
    organisation = _lock_for_verification(actor, organisation_id)
    _set_status(organisation, actor, VerificationStatus.UNVERIFIED, VerificationStatus.VERIFIED)
    steps.record(actor, "verified", organisation.pk)
    mails.tell_of_verification(organisation)
    return organisation


@transaction.atomic
def reject_organisation(*, actor: Actor, organisation_id: UUID, reason: str) -> Organisation:
    """Staff do not verify it, and say why.

    Raises not_found, not_allowed, wrong_state, invalid_input.
    """
    organisation = _lock_for_verification(actor, organisation_id)
    reason = steps.clean_reason(reason, is_required=True)
    _set_status(
        organisation, actor, VerificationStatus.UNVERIFIED, VerificationStatus.REJECTED, reason
    )
    steps.record(actor, "rejected", organisation.pk, note=reason)
    mails.tell_of_verification(organisation)
    return organisation


def _lock_for_verification(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_verify(actor):
        raise NotAllowed("verify_organisations")
    return organisation


def _set_status(
    organisation: Organisation,
    actor: Actor,
    old: VerificationStatus,
    new: VerificationStatus,
    reason: str = "",
) -> None:
    """The lock makes the second of two deciders see what the first one did."""
    if organisation.status != old:
        raise DomainError("wrong_state", status=organisation.status, action=new.value)
    organisation.status = new
    organisation.status_reason = reason
    organisation.status_at = timezone.now()
    organisation.status_by = user_or_none(actor)
    organisation.save()


@transaction.atomic
def approve_change(*, actor: Actor, change_id: UUID) -> Organisation:
    """Let a change of identity take effect; a former name is kept as an alias.

    Raises not_found, not_allowed, wrong_state, duplicate_credit_code.
    """
    change, organisation = _lock_change(actor, change_id, "approve_change")
    changes = audit.differences(
        {name: getattr(organisation, name) for name in change.changes},
        {name: values["new"] for name, values in change.changes.items()},
    )
    _decide(change, actor, RequestStatus.APPROVED)
    _apply(organisation, actor, changes, {name: values["new"] for name, values in changes.items()})
    steps.record(actor, "change_approved", organisation.pk, changes)
    return organisation


@transaction.atomic
def decline_change(*, actor: Actor, change_id: UUID, reason: str) -> Organisation:
    """Leave things as they are, saying why.

    Raises not_found, not_allowed, wrong_state, invalid_input.
    """
    change, organisation = _lock_change(actor, change_id, "decline_change")
    reason = steps.clean_reason(reason, is_required=True)
    _decide(change, actor, RequestStatus.DECLINED, reason)
    steps.record(actor, "change_declined", organisation.pk, change.changes, note=reason)
    return organisation


def _lock_change(actor: Actor, change_id: UUID, action: str) -> tuple[ChangeRequest, Organisation]:
    found = ChangeRequest.objects.filter(pk=change_id).first()
    if found is None or not policies.can_see_inside(actor, found.organisation_id):
        raise NotFound("change")
    organisation = steps.lock(actor, found.organisation_id)
    if not policies.can_verify(actor):
        raise NotAllowed("verify_organisations")
    found.refresh_from_db()
    if found.status != RequestStatus.PENDING:
        raise DomainError("wrong_state", status=found.status, action=action)
    return found, organisation


def _decide(change: ChangeRequest, actor: Actor, status: RequestStatus, reason: str = "") -> None:
    change.status = status
    change.reason = reason
    change.decided_by = user_or_none(actor)
    change.decided_at = timezone.now()
    change.save()


@transaction.atomic
def add_alias(
    *, actor: Actor, organisation_id: UUID, name: str, source: str = AliasSource.OTHER
) -> OrganisationAlias:
    """Another name by which imports and searches shall find it. For staff.

    Raises not_found, not_allowed, invalid_input.
    """
    organisation = _lock_for_verification(actor, organisation_id)
    problems = Problems()
    name = text_rules.text(name, "name", problems, limit=120, is_line=True, is_required=True)
    source = text_rules.choice(
        source,
        "source",
        problems,
        choices=[AliasSource.FORMER_NAME, AliasSource.OTHER],
        is_required=True,
    )
    if name and name == organisation.name:
        problems.add("name", "is_present_name")
    problems.raise_if_any()
    alias, is_new = organisation.aliases.get_or_create(
        name=name, merged_id=None, defaults={"source": source}
    )
    if is_new:
        changes = {"aliases": {"old": None, "new": name}}
        steps.record(actor, "alias_added", organisation.pk, changes)
    return alias


@transaction.atomic
def remove_alias(*, actor: Actor, organisation_id: UUID, alias_id: UUID) -> None:
    """Not the name of a merged one: old addresses lead through it.

    Raises not_found, not_allowed, wrong_state.
    """
    organisation = _lock_for_verification(actor, organisation_id)
    alias = organisation.aliases.filter(pk=alias_id).first()
    if alias is None:
        raise NotFound("alias")
    if alias.merged_id is not None:
        raise DomainError("wrong_state", status=alias.source, action="remove_alias")
    alias.delete()
    changes = {"aliases": {"old": alias.name, "new": None}}
    steps.record(actor, "alias_removed", organisation.pk, changes)
