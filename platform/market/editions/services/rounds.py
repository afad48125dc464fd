"""Runs a collection round: prepare, open, close, and choose what counts to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from market.editions import rules
from market.editions.models import CollectionRound, RoundChoice
from market.editions.policies import can_keep_editions
from market.editions.services import steps
from market.editions.states import RoundAction, RoundStatus
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS
from park.accounts.actors import Actor, user_or_none
from park.core import audit
from park.core.errors import NotAllowed, NotFound
from park.core.text_rules import Problems
from park.organisations.queries import editable_organisation_ids
from park.vocabularies.queries import known_codes

FIELDS = ("title", "notice", "kinds", "chains", "key_areas", "opens_at", "deadline")
# Who reads the notice relies on what is asked for; only its words and a later end may change.
FIELDS_WHILE_OPEN = frozenset({"title", "notice", "deadline"})


@transaction.atomic
def create_round(
    *,
    actor: Actor,
    list_kind: ListingKind,
    content: Mapping[str, Any],
    is_example: bool = False,
) -> CollectionRound:
    """A round in preparation. `title`, `opens_at` and `deadline` are needed.

    Raises not_allowed, invalid_input.
    """
    steps.check_keeper(actor, "create_round")
    given = {"title": None, "opens_at": None, "deadline": None, **content}
    round_ = CollectionRound(list_kind=list_kind, is_example=is_example)
    changed = _clean(round_, given)
    for name, value in changed.items():
        setattr(round_, name, value)
    round_.save(force_insert=True)
    steps.record(round_, actor, "created", audit.differences({}, changed))
    return round_


@transaction.atomic
def edit_round(
    *, actor: Actor, round_id: UUID, version: int, content: Mapping[str, Any]
) -> CollectionRound:
    """Change the given fields; of an open round only its words and its end.

    Raises not_found, not_allowed, wrong_state, edit_conflict, invalid_input.
    """
    round_ = steps.lock_round(actor, round_id)
    steps.check_keeper(actor, RoundAction.EDIT)
    steps.check_round_state(round_, RoundAction.EDIT)
    current = {name: getattr(round_, name) for name in FIELDS}
    steps.check_version(round_, version, _as_json(current))
    changed = _clean(round_, content)
    differences = audit.differences(current, changed)
    if not differences:
        return round_
    if round_.status == RoundStatus.OPEN:
        _check_while_open(round_, changed, differences)
    for name, value in changed.items():
        setattr(round_, name, value)
    round_.version += 1
    round_.save()
    steps.record(round_, actor, "edited", differences)
    return round_


def _check_while_open(
    round_: CollectionRound, changed: Mapping[str, Any], differences: Mapping[str, Any]
) -> None:
    problems = Problems()
    for name in differences:
        if name not in FIELDS_WHILE_OPEN:
            problems.add(name, "fixed_while_open")
    if "deadline" in differences and changed["deadline"] <= timezone.now():
        problems.add("deadline", "date_in_past")
    problems.raise_if_any()


def _clean(round_: CollectionRound, given: Mapping[str, Any]) -> dict[str, Any]:
    problems = Problems()
    kind = ListingKind(round_.list_kind)
    changed = rules.clean_round(kind, given, problems, terms=known_codes())
    problems.raise_if_any()
    opens_at = changed.get("opens_at", round_.opens_at)
    rules.check_period(opens_at, changed.get("deadline", round_.deadline), problems)
    problems.raise_if_any()
    return changed


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


@transaction.atomic
def open_round(*, actor: Actor, round_id: UUID, now: datetime | None = None) -> CollectionRound:
    """Let everybody see it. Raises not_found, not_allowed, wrong_state, invalid_input (its
    deadline has passed)."""
    round_ = steps.lock_round(actor, round_id)
    steps.check_keeper(actor, RoundAction.OPEN)
    target = steps.check_round_state(round_, RoundAction.OPEN)
    if round_.deadline <= (now or timezone.now()):
        problems = Problems()
        problems.add("deadline", "date_in_past")
        problems.raise_if_any()
    return _move(round_, actor, target, "opened")


@transaction.atomic
def close_round(*, actor: Actor, round_id: UUID, now: datetime | None = None) -> CollectionRound:
    """End it, also before its deadline. Raises not_found, not_allowed, wrong_state."""
    round_ = steps.lock_round(actor, round_id)
    steps.check_keeper(actor, RoundAction.CLOSE)
    target = steps.check_round_state(round_, RoundAction.CLOSE)
    round_.closed_at = now or timezone.now()
    return _move(round_, actor, target, "closed")


@transaction.atomic
def close_due_rounds(*, now: datetime) -> int:
    """What a clock does for staff: rounds whose deadline has passed. Returns how many."""
    due = CollectionRound.objects.filter(status=RoundStatus.OPEN, deadline__lte=now)
    rounds = list(due.select_for_update(skip_locked=True))
    for round_ in rounds:
        round_.closed_at = now
        _move(round_, None, RoundStatus.CLOSED, "closed")
    return len(rounds)


@transaction.atomic
def discard_round(*, actor: Actor, round_id: UUID) -> None:
    """Delete one that was never opened. Raises not_found, not_allowed, wrong_state."""
    round_ = steps.lock_round(actor, round_id)
    steps.check_keeper(actor, RoundAction.DISCARD)
    steps.check_round_state(round_, RoundAction.DISCARD)
    steps.record(round_, actor, "discarded")
    round_.delete()


@transaction.atomic
def choose_for_round(
    *, actor: Actor, round_id: UUID, listing_id: UUID, is_included: bool
) -> RoundChoice:
    """Put an entry into a round, or take it out, whatever its time and kind.

    The owner may while the round is open; staff also after. Raises not_found, not_allowed,
    wrong_state.
    """
    round_ = steps.lock_round(actor, round_id)
    kind = ListingKind(round_.list_kind)
    listing = LISTING_MODELS[kind].objects.visible_to(actor).filter(pk=listing_id).first()
    if listing is None:
        raise NotFound(kind)
    steps.check_round_state(round_, RoundAction.CHOOSE)
    if not can_keep_editions(actor) and (
        round_.status != RoundStatus.OPEN
        or listing.organisation_id not in editable_organisation_ids(actor)
    ):
        raise NotAllowed(RoundAction.CHOOSE)
    choice, _ = RoundChoice.objects.update_or_create(
        round=round_,
        **{kind.value: listing},
        defaults={"is_included": is_included, "chosen_by": user_or_none(actor)},
    )
    action = "entry_included" if is_included else "entry_left_out"
    steps.record(round_, actor, action, {str(listing_id): {"old": None, "new": is_included}})
    return choice


def _move(
    round_: CollectionRound, actor: Actor, target: RoundStatus, action: str
) -> CollectionRound:
    old = round_.status
    round_.status = target
    round_.version += 1
    round_.save()
    steps.record(round_, actor, action, {"status": {"old": str(old), "new": str(target)}})
    return round_
