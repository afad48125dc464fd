"""Reads of growth: ladders with what they ask, tiers held, facts on file, and the verdicts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch

from park.accounts.actors import Actor
from park.core.errors import NotFound
from park.organisations import policies, rules
from park.organisations.facts import FactOnFile
from park.organisations.kinds import FactKey
from park.organisations.models import (
    GrowthCondition,
    GrowthLadder,
    GrowthStep,
    HeldTier,
    Organisation,
    OrganisationFact,
)
from park.organisations.queries.directory import get_organisation
from park.organisations.rules import FactBook, Judgement


@dataclass(frozen=True, slots=True)
class ConditionView:
    """What a condition asks, and what is on file for it."""

    condition: GrowthCondition
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class LadderView:
    """Where an organisation stands on a ladder. `next_step` is None at the top."""

    ladder: GrowthLadder
    steps: list[GrowthStep]
    tiers: list[HeldTier]
    """Of this ladder, newest first, also past ones."""
    held_step: GrowthStep | None
    next_step: GrowthStep | None
    conditions: list[ConditionView]


def list_ladders() -> list[GrowthLadder]:
    """All ladders with steps and the conditions in use; three queries."""
    active = GrowthCondition.objects.filter(is_active=True)
    steps = GrowthStep.objects.prefetch_related(Prefetch("conditions", active))
    return list(GrowthLadder.objects.prefetch_related(Prefetch("steps", steps)))


def growth_of(*, actor: Actor, organisation_id: UUID, today: date) -> list[LadderView]:
    """Every ladder, for the organisation's members and staff. Raises NotFound for others."""
    organisation = _organisation_with_facts(actor, organisation_id)
    book = fact_book(organisation)
    tiers: dict[int, list[HeldTier]] = defaultdict(list)
    for tier in organisation.tiers.select_related("step", "verified_by"):
        tiers[tier.step.ladder_id].append(tier)
    return [_view(ladder, tiers[ladder.pk], book, today) for ladder in list_ladders()]


def _view(ladder: GrowthLadder, tiers: list[HeldTier], book: FactBook, today: date) -> LadderView:
    steps = list(ladder.steps.all())
    held_ids = {tier.step_id for tier in tiers if tier.holds_on(today)}
    held = [index for index, step in enumerate(steps) if step.pk in held_ids]
    following = steps[held[-1] + 1 :] if held else steps
    next_step = following[0] if following else None
    return LadderView(
        ladder=ladder,
        steps=steps,
        tiers=tiers,
        held_step=steps[held[-1]] if held else None,
        next_step=next_step,
        conditions=[
            ConditionView(condition, _judge(condition, book, today))
            for condition in (next_step.conditions.all() if next_step else ())
        ],
    )


def _judge(condition: GrowthCondition, book: FactBook, today: date) -> Judgement:
    """A rule that somebody broke past the service's check stays unknown, like one by hand."""
    if not rules.is_sound(condition.rule):
        return Judgement(rules.Verdict.UNKNOWN)
    return rules.judge(condition.rule, book, today)


def fact_book(organisation: Organisation) -> FactBook:
    """The newest record of every key and year; one query."""
    newest = organisation.facts.order_by("key", "year", "-id").distinct("key", "year")
    return FactBook(
        tuple(
            FactOnFile(FactKey(row.key), row.year, row.value, row.verified_at is not None)
            for row in newest
            if row.value is not None
        )
    )


def list_facts(*, actor: Actor, organisation_id: UUID) -> list[OrganisationFact]:
    """The records that count, by key and year (newest first). Raises NotFound for others."""
    organisation = _organisation_with_facts(actor, organisation_id)
    rows = organisation.facts.order_by("key", "-year", "-id").distinct("key", "year")
    order = list(FactKey.values)
    found = list(rows.select_related("entered_by", "verified_by"))
    return sorted(found, key=lambda row: order.index(row.key))


def _organisation_with_facts(actor: Actor, organisation_id: UUID) -> Organisation:
    organisation = get_organisation(actor, organisation_id)
    if not policies.can_see_facts(actor, organisation.pk):
        raise NotFound("organisation")
    return organisation


def public_tiers(organisation: Organisation, today: date) -> list[HeldTier]:
    """What anybody may know: verified tiers that hold today."""
    rows = organisation.tiers.filter(verified_at__isnull=False).select_related("step")
    return [tier for tier in rows if tier.holds_on(today)]
