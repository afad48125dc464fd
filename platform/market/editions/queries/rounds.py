"""Reads of rounds, and which entries count to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from market.editions import policies, rules
from market.editions.models import CollectionRound, Edition, RoundChoice
from market.editions.states import EditionStatus, RoundAction
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Capability, ListingQuerySet, Need
from market.listings.states import Status
from park.accounts.actors import Actor
from park.core.errors import NotAllowed, NotFound
from park.core.pages import Page, highest_first
from park.organisations.queries import is_staff


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round as a viewer may see it; what follows `is_collecting` is staff's and else empty."""

    round: CollectionRound
    is_collecting: bool
    """Open, begun, and not past its deadline."""
    reminders: list[str]
    counts: Mapping[str, int] | None
    """How many entries count to it, by their state; not told in lists."""
    edition_id: UUID | None
    allowed_actions: list[RoundAction]


@dataclass(frozen=True, slots=True)
class RoundEntryView:
    listing: Need | Capability
    how: str
    """period (handed in meanwhile), chosen, or left_out."""


def list_rounds(
    *,
    actor: Actor,
    status: str = "",
    list_kind: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[RoundView]:
    """Newest first. Raises invalid_cursor."""
    rows = CollectionRound.objects.visible_to(actor).prefetch_related(_EDITION)
    if status:
        rows = rows.filter(status=status)
    if list_kind:
        rows = rows.filter(list_kind=list_kind)
    page = highest_first(rows, by="id", purpose="rounds", cursor=cursor, limit=limit)
    now = timezone.now()
    return Page([_view_of(actor, row, now) for row in page.items], page.next_cursor)


def get_round(*, actor: Actor, round_id: UUID) -> RoundView:
    """Raises NotFound, also for what the actor may not see."""
    rows = CollectionRound.objects.visible_to(actor).prefetch_related(_EDITION)
    found = rows.filter(pk=round_id).first()
    if found is None:
        raise NotFound("round")
    counts = _counts(found) if is_staff(actor) else None
    return _view_of(actor, found, timezone.now(), counts)


# A round has one at a time, by a constraint.
_EDITION = Prefetch(
    "editions", Edition.objects.exclude(status=EditionStatus.WITHDRAWN), to_attr="edition_now"
)


def _view_of(
    actor: Actor, round_: Any, now: datetime, counts: Mapping[str, int] | None = None
) -> RoundView:
    is_insider = is_staff(actor)
    edition = next(iter(round_.edition_now), None)
    return RoundView(
        round=round_,
        is_collecting=round_.status == "open" and round_.opens_at <= now < round_.deadline,
        reminders=_reminders(round_, now) if is_insider else [],
        counts=counts,
        edition_id=edition.pk if edition and is_insider else None,
        allowed_actions=policies.allowed_round_actions(actor, round_),
    )


def _reminders(round_: CollectionRound, now: datetime) -> list[str]:
    return rules.reminders(round_.status, round_.opens_at, round_.deadline, round_.closed_at, now)


def _counts(round_: CollectionRound) -> dict[str, int]:
    rows = listings_of_round(round_).values("status").annotate(count=Count("pk")).order_by()
    return {row["status"]: row["count"] for row in rows}


def listings_of_round(round_: CollectionRound) -> ListingQuerySet:
    """What counts to it: handed in during its time and of what it asks for, or chosen."""
    rows, choices = _candidates(round_)
    included = choices.filter(is_included=True).values(f"{round_.list_kind}_id")
    left_out = choices.filter(is_included=False).values(f"{round_.list_kind}_id")
    return rows.filter(_fitting(round_) | Q(pk__in=included)).exclude(pk__in=left_out)


def _candidates(round_: CollectionRound) -> tuple[Any, Any]:
    """Never a draft: what a firm has not handed in is its own."""
    kind = ListingKind(round_.list_kind)
    choices = RoundChoice.objects.filter(round=round_, **{f"{kind}__isnull": False})
    return LISTING_MODELS[kind].objects.exclude(status=Status.DRAFT), choices


def _fitting(round_: CollectionRound) -> Q:
    period = rules.collecting_period(round_.opens_at, round_.deadline, round_.closed_at)
    fitting = Q(submitted_at__gte=period.starts_at, submitted_at__lt=period.ends_at)
    if round_.kinds:
        fitting &= Q(kind__in=round_.kinds)
    if round_.chains:
        fitting &= Q(chain__in=round_.chains)
    if round_.key_areas:
        fitting &= Q(key_areas__overlap=round_.key_areas)
    return fitting


def list_round_entries(
    *, actor: Actor, round_id: UUID, cursor: str | None = None, limit: int = 20
) -> Page[RoundEntryView]:
    """What counts to it and what was left out, newest first; for staff.

    Raises not_found, not_allowed and invalid_cursor.
    """
    round_ = get_round(actor=actor, round_id=round_id).round
    if not is_staff(actor):
        raise NotAllowed("list_round_entries")
    rows, choices = _candidates(round_)
    chosen = dict(choices.values_list(f"{round_.list_kind}_id", "is_included"))
    rows = rows.filter(_fitting(round_) | Q(pk__in=list(chosen)))
    page = highest_first(
        rows.select_related("organisation"),
        by="id",
        purpose="round-entries",
        cursor=cursor,
        limit=limit,
    )
    words = {True: "chosen", False: "left_out", None: "period"}
    items = [RoundEntryView(row, words[chosen.get(row.pk)]) for row in page.items]
    return Page(items, page.next_cursor)
