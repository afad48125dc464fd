"""Tiers held, facts on file, and the conditions they are held against."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from park.accounts.actors import Actor, user_or_none
from park.core import audit, text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems
from park.organisations import policies, rules
from park.organisations.facts import SPECS, clean_value
from park.organisations.kinds import FactKey
from park.organisations.models import (
    GrowthCondition,
    GrowthStep,
    HeldTier,
    Organisation,
    OrganisationFact,
)
from park.organisations.services import steps

TEXT_LIMIT = 1000


@transaction.atomic
def record_fact(
    *,
    actor: Actor,
    organisation_id: UUID,
    key: str,
    value: Any,
    year: int | None = None,
    source: str,
    today: date | None = None,
) -> OrganisationFact:
    """Put one value on file. It counts from now on; what was there stays as history.

    What staff enter is verified with it. Raises not_found, not_allowed, invalid_input.
    """
    organisation = _lock_for_growth(actor, organisation_id, "record_fact")
    problems = Problems()
    name = text_rules.choice(key, "key", problems, choices=FactKey.values, is_required=True)
    source = text_rules.text(source, "source", problems, limit=200, is_required=True, is_line=True)
    stored = None
    if name:
        spec = SPECS[FactKey(name)]
        today = today or timezone.localdate()
        stored = clean_value(spec, value, year, problems, today=today)
    problems.raise_if_any()
    fact = OrganisationFact(
        organisation=organisation,
        key=name,
        year=year,
        source=source,
        entered_by=user_or_none(actor),
    )
    column = {bool: "flag", date: "day"}.get(type(stored), "number")
    setattr(fact, column, stored)
    if policies.can_verify(actor):
        _mark_verified(fact, actor)
    fact.save()
    label = name if year is None else f"{name}.{year}"
    steps.record(
        actor,
        "fact_recorded",
        organisation.pk,
        audit.differences({}, {label: stored}),
        note=source,
    )
    return fact


@transaction.atomic
def verify_fact(*, actor: Actor, organisation_id: UUID, fact_id: UUID) -> OrganisationFact:
    """Staff have seen the evidence; twice is once. Raises not_found, not_allowed."""
    organisation = _lock_for_verifying(actor, organisation_id)
    fact = organisation.facts.filter(pk=fact_id).first()
    if fact is None:
        raise NotFound("fact")
    if fact.verified_at is None:
        _mark_verified(fact, actor)
        fact.save()
        steps.record(actor, "fact_verified", organisation.pk, note=str(fact.key))
    return fact


@transaction.atomic
def record_tier(
    *,
    actor: Actor,
    organisation_id: UUID,
    step: str,
    granted_on: date,
    expires_on: date | None = None,
    certificate_number: str = "",
    evidence_note: str = "",
) -> HeldTier:
    """A tier that was granted. Without `expires_on` the step's usual term is taken.

    Raises not_found, not_allowed, invalid_input, wrong_state (granted on that day already).
    """
    organisation = _lock_for_growth(actor, organisation_id, "record_tier")
    problems = Problems()
    found = GrowthStep.objects.filter(code=step).first()
    if found is None:
        problems.add("step", "unknown_choice")
    number = text_rules.text(
        certificate_number, "certificate_number", problems, limit=60, is_line=True
    )
    note = text_rules.text(evidence_note, "evidence_note", problems, limit=300, is_line=True)
    if granted_on > timezone.localdate():
        problems.add("granted_on", "out_of_range")
    if found is not None and expires_on is None and found.valid_months:
        expires_on = months_later(granted_on, found.valid_months)
    if expires_on is not None and expires_on <= granted_on:
        problems.add("expires_on", "below_minimum")
    problems.raise_if_any()
    tier = HeldTier(
        organisation=organisation,
        step=found,
        granted_on=granted_on,
        expires_on=expires_on,
        certificate_number=number,
        evidence_note=note,
        recorded_by=user_or_none(actor),
    )
    if policies.can_verify(actor):
        _mark_verified(tier, actor)
    try:
        with transaction.atomic():
            tier.save()
    except IntegrityError as error:
        raise DomainError("wrong_state", status="granted", action="record_tier") from error
    changes = audit.differences({}, {step: {"granted_on": granted_on, "expires_on": expires_on}})
    steps.record(actor, "tier_recorded", organisation.pk, changes, note=note)
    return tier


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@transaction.atomic
def verify_tier(*, actor: Actor, organisation_id: UUID, tier_id: UUID) -> HeldTier:
    """Staff have seen the certificate; twice is once. Raises not_found, not_allowed."""
    organisation = _lock_for_verifying(actor, organisation_id)
    tier = _tier(organisation, tier_id)
    if tier.verified_at is None:
        _mark_verified(tier, actor)
        tier.save()
        steps.record(actor, "tier_verified", organisation.pk, note=tier.step.code)
    return tier


@transaction.atomic
def remove_tier(*, actor: Actor, organisation_id: UUID, tier_id: UUID) -> None:
    """Take a wrong record out; a verified one only staff may. Raises not_found, not_allowed."""
    organisation = _lock_for_growth(actor, organisation_id, "remove_tier")
    tier = _tier(organisation, tier_id)
    if tier.verified_at is not None and not policies.can_verify(actor):
        raise NotAllowed("remove_tier")
    changes = audit.differences(
        {tier.step.code: {"granted_on": tier.granted_on, "number": tier.certificate_number}},
        {tier.step.code: None},
    )
    tier.delete()
    steps.record(actor, "tier_removed", organisation.pk, changes)


def _tier(organisation: Organisation, tier_id: UUID) -> HeldTier:
    tier = organisation.tiers.select_related("step").filter(pk=tier_id).first()
    if tier is None:
        raise NotFound("tier")
    return tier


def _lock_for_growth(actor: Actor, organisation_id: UUID, action: str) -> Organisation:
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_edit_profile(actor, organisation.pk):
        raise NotAllowed(action)
    return organisation


def _lock_for_verifying(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = steps.lock(actor, organisation_id)
    if not policies.can_verify(actor):
        raise NotAllowed("verify_growth")
    return organisation


def _mark_verified(row: OrganisationFact | HeldTier, actor: Actor) -> None:
    row.verified_by = user_or_none(actor)
    row.verified_at = timezone.now()


@transaction.atomic
def edit_condition(
    *, actor: Actor, condition_id: UUID, changes: Mapping[str, Any]
) -> GrowthCondition:
    """Keep a published condition in step with what is in force. For administrators.

    `changes` may hold text_zh, text_en, source, since_on, must_check, rule, is_active.
    Raises not_found, not_allowed, invalid_input.
    """
    if not policies.can_create_organisation(actor):
        raise NotAllowed("edit_condition")
    condition = GrowthCondition.objects.select_for_update().filter(pk=condition_id).first()
    if condition is None:
        raise NotFound("condition")
    problems = Problems()
    clean = _clean_condition(changes, problems)
    problems.raise_if_any()
    old = {name: getattr(condition, name) for name in clean}
    for name, value in clean.items():
        setattr(condition, name, value)
    condition.save()
    if differences := audit.differences(old, clean):
        audit.record(
            actor=user_or_none(actor),
            action="condition_edited",
            kind="growth_condition",
            object_id=condition.pk,
            changes=differences,
            note=f"{condition.step.code}.{condition.code}",
        )
    return condition


def _clean_condition(changes: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    known = ("text_zh", "text_en", "source", "since_on", "must_check", "rule", "is_active")
    text_rules.unknown_fields(changes, known, problems)
    clean = {name: value for name, value in changes.items() if name in known}
    for name in ("text_zh", "text_en"):
        if name in clean:
            clean[name] = text_rules.text(
                clean[name], name, problems, limit=TEXT_LIMIT, is_required=True
            )
    if "source" in clean:
        clean["source"] = text_rules.text(
            clean["source"], "source", problems, limit=200, is_line=True
        )
    if "rule" in clean and not rules.is_sound(clean["rule"]):
        problems.add("rule", "invalid_rule")
    return clean
