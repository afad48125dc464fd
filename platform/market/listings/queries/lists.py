"""Lists of entries: filters that see no more than the viewer does, and pages that never count."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Left
from django.utils import timezone

from market.listings import policies
from market.listings.content import (
    FIELDS,
    LAST_DAY,
    MAIN_TEXT,
    MATURITY,
    MONEY_PAIRS,
    level_of,
)
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, READING_ROLES, ListingQuerySet
from market.listings.states import Status
from market.listings.storage import as_json
from park.accounts.actors import Actor
from park.core import text_rules
from park.core.errors import NotAllowed
from park.core.levels import Level
from park.core.pages import Page, newest_first
from park.core.text_rules import Problems
from park.core.texts import as_line
from park.organisations.models import Organisation
from park.organisations.queries import Standing, standing_of

SUMMARY_LENGTH = 120
QUERY_LIMIT = 100
CARD_COLUMNS = (
    "title", "kind", "chain", "key_areas", "region", "status", "field_levels", "is_example",
    "published_at", "updated_at", "organisation__name", "organisation__short_name",
    "organisation__kind", "station_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListingFilters:
    """What to list. Blank and None do not filter."""

    q: str = ""
    """A part of the title."""
    kind: str = ""
    chain: str = ""
    key_area: str = ""
    region: str = ""
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
    """In yuan: entries whose band reaches into this one; an entry without a band is not found."""
    maturity: int | None = None
    """At least this level."""
    organisation_id: UUID | None = None
    mine: bool = False
    """Only the actor's own organisations', in every state."""
    status: str = ""
    """With `mine`, or for staff."""


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A line of a list. Null means unknown or hidden."""

    id: UUID
    listing_kind: ListingKind
    title: str
    kind: str
    chain: str
    key_areas: list[str] | None
    region: str | None
    organisation: Organisation
    summary: str | None
    money_min: float | None
    money_max: float | None
    """Budget of a need, price of a capability; in yuan."""
    last_day: date | None
    """due_on of a need, valid_until of a capability."""
    maturity: int | None
    status: str
    is_expired: bool
    is_example: bool
    published_at: datetime | None
    updated_at: datetime


def list_listings(
    *,
    actor: Actor,
    kind: ListingKind,
    filters: ListingFilters | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[ListingCard]:
    """Newest first: published and not expired ones, or with `mine` or `status` what those say.

    Three queries at most, whatever the limit. Raises invalid_cursor, invalid_input, not_allowed.
    """
    standing = standing_of(actor)
    rows, order = rows_to_list(actor, kind, filters or ListingFilters(), standing)
    page = newest_first(
        _for_cards(rows, kind),
        by=order,
        purpose=f"{kind}s",
        cursor=cursor,
        limit=limit,
    )
    today = timezone.localdate()
    return Page([_card_of(row, standing, today) for row in page.items], page.next_cursor)


def rows_to_list(
    actor: Actor, kind: ListingKind, filters: ListingFilters, standing: Standing
) -> tuple[ListingQuerySet, str]:
    """The rows that the filters leave, and the time they are ordered by, latest first.

    Raises invalid_input and not_allowed.
    """
    _check(filters)
    rows, order = _scope(actor, kind, filters, standing, timezone.localdate())
    return _filtered(rows, kind, filters, standing), order


def _check(filters: ListingFilters) -> None:
    problems = Problems()
    for spec in fields(filters):
        value = getattr(filters, spec.name)
        if isinstance(value, str):
            text_rules.text(value, spec.name, problems, limit=QUERY_LIMIT)
        elif isinstance(value, Decimal) and not value.is_finite():
            problems.add(spec.name, "not_finite")
    text_rules.choice(filters.status, "status", problems, choices=Status.values)
    problems.raise_if_any()


def _scope(
    actor: Actor, kind: ListingKind, filters: ListingFilters, standing: Standing, today: date
) -> tuple[ListingQuerySet, str]:
    """The rows to filter, and the time they are ordered by."""
    rows = LISTING_MODELS[kind].objects.visible_to(actor)
    if filters.mine:
        rows = rows.filter(organisation_id__in=standing.organisation_ids)
    elif not filters.status:
        return rows.current(today), "published_at"
    elif not standing.has_role(*READING_ROLES):
        raise NotAllowed("filter_by_status")
    if filters.status:
        rows = rows.filter(status=filters.status)
    return rows, "updated_at"


def _filtered(
    rows: ListingQuerySet, kind: ListingKind, filters: ListingFilters, standing: Standing
) -> ListingQuerySet:
    if filters.q:
        rows = rows.filter(title__icontains=as_line(filters.q))
    if filters.organisation_id is not None:
        rows = rows.filter(organisation_id=filters.organisation_id)
    for name in ("kind", "chain"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.key_area:
        rows = rows.filter(
            _readable("key_areas", kind, standing), key_areas__contains=[filters.key_area]
        )
    if filters.region:
        rows = rows.filter(_readable("region", kind, standing), region=filters.region)
    if filters.maturity is not None:
        name = MATURITY[kind]
        rows = rows.filter(_readable(name, kind, standing), **{f"{name}__gte": filters.maturity})
    return _in_band(rows, kind, filters, standing)


def _in_band(
    rows: ListingQuerySet, kind: ListingKind, filters: ListingFilters, standing: Standing
) -> ListingQuerySet:
    """Bands that overlap the asked one. An open end of a known band is no limit."""
    if filters.budget_min is None and filters.budget_max is None:
        return rows
    low, high = MONEY_PAIRS[kind]
    rows = rows.filter(_readable(low, kind, standing), _readable(high, kind, standing))
    rows = rows.exclude(**{f"{low}__isnull": True, f"{high}__isnull": True})
    if filters.budget_min is not None:
        rows = rows.filter(
            Q(**{f"{high}__gte": filters.budget_min}) | Q(**{f"{high}__isnull": True})
        )
    if filters.budget_max is not None:
        rows = rows.filter(Q(**{f"{low}__lte": filters.budget_max}) | Q(**{f"{low}__isnull": True}))
    return rows


def _readable(name: str, kind: ListingKind, standing: Standing) -> Q:
    """A filter must not find by what the viewer cannot read, or hidden budgets could be guessed."""
    if standing.has_role(*READING_ROLES):
        return Q()
    public = Q(**{f"field_levels__{name}": Level.PUBLIC.value})
    if FIELDS[kind][name].default_level is Level.PUBLIC:
        public |= ~Q(field_levels__has_key=name)
    own = standing.organisation_ids
    return public | Q(organisation_id__in=own) | Q(station_id__in=own)


def _for_cards(rows: ListingQuerySet, kind: ListingKind) -> ListingQuerySet:
    """Only what a card shows: a page of long texts would cost more than all the rest."""
    columns = (*CARD_COLUMNS, *MONEY_PAIRS[kind], LAST_DAY[kind], MATURITY[kind])
    opening = Left(MAIN_TEXT[kind], SUMMARY_LENGTH * 4)
    return rows.select_related("organisation").only(*columns).annotate(opening=opening)


def _card_of(listing: Any, standing: Standing, today: date) -> ListingCard:
    """The card of a row of `_for_cards`, as the viewer may see it."""
    kind = listing.listing_kind
    sees_all = policies.sees_all(standing, listing)

    def shown(name: str, column: str = "") -> Any:
        if sees_all or level_of(kind, name, listing.field_levels) is Level.PUBLIC:
            return getattr(listing, column or name)
        return None

    summary = shown(MAIN_TEXT[kind], "opening")
    low, high = MONEY_PAIRS[kind]
    return ListingCard(
        id=listing.pk,
        listing_kind=kind,
        title=listing.title,
        kind=listing.kind,
        chain=listing.chain,
        key_areas=shown("key_areas"),
        region=shown("region"),
        organisation=listing.organisation,
        summary=None if summary is None else as_line(summary)[:SUMMARY_LENGTH],
        money_min=as_json(shown(low)),
        money_max=as_json(shown(high)),
        last_day=shown(LAST_DAY[kind]),
        maturity=shown(MATURITY[kind]),
        status=listing.status,
        is_expired=listing.is_expired(today),
        is_example=listing.is_example,
        published_at=listing.published_at,
        updated_at=listing.updated_at,
    )


def cards_by_id(
    *, actor: Actor, kind: ListingKind, listing_ids: list[UUID]
) -> dict[UUID, ListingCard]:
    """Cards of the given entries that are visible to the actor: for suggestions and searches."""
    standing = standing_of(actor)
    today = timezone.localdate()
    rows = LISTING_MODELS[kind].objects.visible_to(actor).filter(pk__in=listing_ids)
    return {row.pk: _card_of(row, standing, today) for row in _for_cards(rows, kind)}


def count_current(kind: ListingKind) -> int:
    """How many are published and not expired."""
    return LISTING_MODELS[kind].objects.current(timezone.localdate()).count()


def figures() -> dict[str, int]:
    return {
        "needs": count_current(ListingKind.NEED),
        "capabilities": count_current(ListingKind.CAPABILITY),
    }
