"""Reads of instruments, their calendars and bookings; what a reader may see of each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from equipment.availability import Occupancy, free_slots
from equipment.models import (
    Booking,
    Instrument,
    InstrumentQuerySet,
    InstrumentStatus,
    MeasuredCapability,
    OccupiedPeriod,
)
from equipment.policies import is_equipment_officer, sees_bookings, writes_for
from equipment.rules.booking import PARK_ZONE, BookingPolicy, OpeningHours, Period
from equipment.rules.content import BLANK, Content
from equipment.states import (
    BookingAction,
    InstrumentAction,
    next_booking_status,
    next_instrument_status,
)
from park.accounts.actors import Actor
from park.core.errors import DomainError, NotFound
from park.core.pages import Page, newest_first
from park.core.text_rules import Problems
from park.core.texts import character_problem
from park.organisations.queries import Standing, organisation_ids, standing_of

MOST_DAYS = 31
YEARS = (2000, 2200)
LINE_FIELDS = ("name", "comparator", "value", "value_max", "unit", "text")


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    hours: Period | None


@dataclass(frozen=True, slots=True)
class Occupied:
    """A taken stretch. Who took it is None for strangers."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    """booking, turnaround or outage."""
    is_own: bool = False
    booking_id: UUID | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    days: list[Day]
    occupied: list[Occupied]
    free: list[Period]
    slot_minutes: int


def list_instruments(
    *,
    actor: Actor,
    q: str = "",
    chain: str = "",
    region: str = "",
    service_mode: str = "",
    mine: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Instrument]:
    """The published ones, newest first; with `mine` those of the actor's organisations, drafts
    included. Raises invalid_input, invalid_cursor."""
    rows, by = instruments_to_list(
        actor, q=q, chain=chain, region=region, service_mode=service_mode, mine=mine
    )
    return newest_first(rows, by=by, purpose="instruments", cursor=cursor, limit=limit)


def instruments_to_list(
    actor: Actor, *, q: str, chain: str, region: str, service_mode: str, mine: bool
) -> tuple[InstrumentQuerySet, str]:
    """The rows that the filters leave, and the time they are ordered by, latest first.

    Raises invalid_input.
    """
    _check_filters(q=q, chain=chain, region=region, service_mode=service_mode)
    rows = _with_parts(Instrument.objects.visible_to(actor))
    if mine:
        rows = rows.filter(organisation_id__in=organisation_ids(actor))
    else:
        rows = rows.filter(status=InstrumentStatus.PUBLISHED)
    if q:
        measured = MeasuredCapability.objects.filter(Q(name__icontains=q) | Q(text__icontains=q))
        rows = rows.filter(
            Q(name__icontains=q)
            | Q(model__icontains=q)
            | Q(description__icontains=q)
            | Q(pk__in=measured.values("instrument_id"))
        )
    if chain:
        rows = rows.filter(chains__contains=[chain])
    if region:
        rows = rows.filter(region=region)
    if service_mode:
        rows = rows.filter(service_mode=service_mode)
    return rows, "created_at" if mine else "published_at"


def get_instrument(*, actor: Actor, instrument_id: UUID) -> Instrument:
    """Raises NotFound."""
    instrument = _with_parts(Instrument.objects.visible_to(actor)).filter(pk=instrument_id).first()
    if instrument is None:
        raise NotFound("instrument")
    return instrument


def count_instruments() -> int:
    return Instrument.objects.filter(status=InstrumentStatus.PUBLISHED).count()


def content_of(instrument: Instrument) -> Content:
    """The whole content as the owner sees it; `policies.can_see_contact` says to whom the phone
    may be shown."""
    content = {
        field: getattr(instrument, field) for field in BLANK if field != "measured_capabilities"
    }
    content["measured_capabilities"] = [
        {field: getattr(line, field) for field in LINE_FIELDS}
        for line in instrument.measured_capabilities.all()
    ]
    return content


def allowed_actions(
    actor: Actor, instrument: Instrument, standing: Standing | None = None
) -> list[InstrumentAction]:
    """What the actor could do with it right now. Pass `standing` when asking for many."""
    standing = standing or standing_of(actor)
    runs = writes_for(actor, instrument.organisation_id, standing)
    books = is_equipment_officer(actor) or bool(standing.editable_ids)
    return [
        action
        for action in InstrumentAction
        if (books if action is InstrumentAction.BOOK else runs)
        and next_instrument_status(instrument.status, action)
    ]


def policy_of(instrument: Instrument) -> BookingPolicy:
    """The instrument's rules as values."""
    return BookingPolicy(
        hours=OpeningHours(
            instrument.open_from, instrument.open_until, frozenset(instrument.open_weekdays)
        ),
        slot=timedelta(minutes=instrument.slot_minutes),
        longest=timedelta(minutes=instrument.max_minutes),
        turnaround=timedelta(minutes=instrument.turnaround_minutes),
        horizon=timedelta(days=instrument.horizon_days),
        is_bookable=instrument.status == InstrumentStatus.PUBLISHED,
    )


def occupancy_of(instrument: Instrument, since: datetime, until: datetime) -> Occupancy:
    """What is taken in [since, until), turnarounds included. One query."""
    if until <= since:
        return Occupancy()
    rows = OccupiedPeriod.objects.of_instrument(instrument.number, since, until)
    periods = rows.values_list("period", flat=True)
    return Occupancy(_bounded(period) for period in periods)


def span_of(row: OccupiedPeriod) -> Period:
    return _bounded(row.period)


def get_calendar(
    *,
    actor: Actor,
    instrument_id: UUID,
    first_day: date | None = None,
    days: int = 7,
    now: datetime | None = None,
) -> Calendar:
    """The days from `first_day` (today when None) in the park's zone.

    The actor's organisations and who runs the instrument see whose a booking is; others see that
    the time is taken. Raises not_found, invalid_input.
    """
    now = now or timezone.now()
    first_day = first_day or now.astimezone(PARK_ZONE).date()
    problems = Problems()
    if not 1 <= days <= MOST_DAYS:
        problems.add("days", "out_of_range", limit=1 if days < 1 else MOST_DAYS)
    if not YEARS[0] <= first_day.year < YEARS[1]:
        problems.add("from", "out_of_range", limit=YEARS[0 if first_day.year < YEARS[0] else 1])
    problems.raise_if_any()
    instrument = get_instrument(actor=actor, instrument_id=instrument_id)
    policy = policy_of(instrument)
    span = Period(_midnight(first_day), _midnight(first_day + timedelta(days=days)))
    # The last slot's turnaround reaches beyond the days that are shown.
    rows = list(
        OccupiedPeriod.objects.of_instrument(
            instrument.number, span.starts_at, span.ends_at + policy.turnaround
        )
        .select_related("booking__organisation")
        .order_by("period")
    )
    standing = standing_of(actor)
    sees_all = sees_bookings(instrument, standing)
    occupied = [part for row in rows for part in _parts(row, standing, sees_all)]
    shown = [part for part in occupied if part.starts_at < span.ends_at]
    taken = Occupancy(span_of(row) for row in rows)
    return Calendar(
        days=[
            Day(day, policy.hours.on(day))
            for day in (first_day + timedelta(days=ahead) for ahead in range(days))
        ],
        occupied=[part for part in shown if part.ends_at > span.starts_at],
        free=free_slots(span, policy, taken, now),
        slot_minutes=instrument.slot_minutes,
    )


def list_bookings(
    *,
    actor: Actor,
    instrument_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Booking]:
    """Those of the actor's organisations and those on their instruments, latest start first."""
    rows = bookings_to_list(actor, instrument_id)
    return newest_first(rows, by="starts_at", purpose="bookings", cursor=cursor, limit=limit)


def bookings_to_list(actor: Actor, instrument_id: UUID | None) -> Any:
    """The rows of `list_bookings`, to be ordered by `starts_at`."""
    rows = _booking_rows(actor)
    return rows if instrument_id is None else rows.filter(instrument_id=instrument_id)


def get_booking(*, actor: Actor, booking_id: UUID) -> Booking:
    """Raises NotFound."""
    booking = _booking_rows(actor).filter(pk=booking_id).first()
    if booking is None:
        raise NotFound("booking")
    return booking


def allowed_booking_actions(
    actor: Actor,
    booking: Booking,
    standing: Standing | None = None,
    now: datetime | None = None,
) -> list[BookingAction]:
    """What the actor could do with it right now. Pass `standing` when asking for many."""
    standing = standing or standing_of(actor)
    is_over = booking.ends_at <= (now or timezone.now())
    is_party = any(
        writes_for(actor, organisation_id, standing)
        for organisation_id in (booking.organisation_id, booking.instrument.organisation_id)
    )
    return [
        action
        for action in BookingAction
        if is_party and next_booking_status(booking.status, action, is_over=is_over)
    ]


def _with_parts(rows: InstrumentQuerySet) -> InstrumentQuerySet:
    return rows.select_related("organisation").prefetch_related("measured_capabilities")


def _booking_rows(actor: Actor) -> Any:
    return Booking.objects.visible_to(actor).select_related(
        "instrument", "organisation", "booked_by"
    )


def _parts(row: OccupiedPeriod, standing: Standing, sees_all: bool) -> list[Occupied]:
    """A row as the calendar shows it: a booking and its turnaround are two stretches."""
    booking, span = row.booking, span_of(row)
    if booking is None:
        label = row.reason if sees_all else None
        return [Occupied(span.starts_at, span.ends_at, "outage", label=label)]
    is_own = booking.organisation_id in standing.organisation_ids
    sees_who = is_own or sees_all
    organisation = booking.organisation
    parts = [
        Occupied(
            booking.starts_at,
            booking.ends_at,
            "booking",
            is_own=is_own,
            booking_id=booking.pk if sees_who else None,
            label=(organisation.short_name or organisation.name) if sees_who else None,
        )
    ]
    if booking.ends_at < span.ends_at:
        parts.append(Occupied(booking.ends_at, span.ends_at, "turnaround", is_own=is_own))
    return parts


def _bounded(period: Any) -> Period:
    """The table holds no endless periods; the driver's type could."""
    assert period.lower is not None  # noqa: S101 - for the type checker
    assert period.upper is not None  # noqa: S101
    return Period(period.lower, period.upper)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARK_ZONE)


def _check_filters(**filters: str) -> None:
    fields = [
        {"field": name, "code": fault}
        for name, value in filters.items()
        if (fault := character_problem(value))
    ]
    if fields:
        raise DomainError("invalid_input", fields=fields)
