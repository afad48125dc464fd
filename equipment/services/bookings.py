"""Writes of the one table of occupied periods: bookings and outages.

Every one of them takes the instrument's advisory lock first, then the constrained table.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from equipment import policies
from equipment.availability import judge, next_free, occupied_by
from equipment.locks import is_period_clash, lock_instruments, with_retries
from equipment.models import Booking, BookingStatus, Instrument, OccupiedPeriod
from equipment.queries import occupancy_of, policy_of, span_of
from equipment.rules.booking import Broken, Period, Severity, price_of
from equipment.states import BookingAction, next_booking_status
from park.accounts.actors import Actor
from park.accounts.models import User
from park.core import audit, text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems
from park.organisations.models import Organisation
from park.organisations.policies import require_verified

YEARS = (2000, 2200)
"""Beyond them no calendar arithmetic is tried."""
TEXT_LIMIT = 300
OUTAGE_REASON_LIMIT = 120
LONGEST_OUTAGE = timedelta(days=366)


def book_instrument(
    *,
    actor: Actor,
    instrument_id: UUID,
    organisation_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str = "",
    now: datetime | None = None,
) -> Booking:
    """Book a period for an organisation, at the price of this moment.

    Raises not_found, not_allowed, invalid_input, organisation_unverified, booking_rules_broken with
    every broken rule and its repair, and slot_taken with the next free periods of that length.
    """
    now = now or timezone.now()
    period, purpose = _cleaned(starts_at, ends_at, purpose, "purpose", TEXT_LIMIT)
    if not isinstance(actor, User):
        raise DomainError("not_authenticated")

    def write() -> Booking:
        return _book(actor, instrument_id, organisation_id, period, purpose, now)

    try:
        return with_retries(write)
    except IntegrityError as error:
        if not is_period_clash(error):
            raise
        # Somebody wrote past the lock; the constraint held, and the reader is told the same.
        instrument = Instrument.objects.get(pk=instrument_id)
        raise _slot_taken(instrument, period, now) from error


@transaction.atomic
def _book(
    actor: User,
    instrument_id: UUID,
    organisation_id: UUID,
    period: Period,
    purpose: str,
    now: datetime,
) -> Booking:
    instrument = _locked_instrument(actor, instrument_id)
    organisation = Organisation.objects.visible_to(actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation")
    if not policies.can_write_for(actor, organisation.pk):
        raise NotAllowed("book")
    require_verified(organisation)
    _require_free(instrument, period, now)
    booking = Booking.objects.create(
        instrument=instrument,
        organisation=organisation,
        booked_by=actor,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        purpose=purpose,
        price=price_of(period, instrument.price_per_hour),
    )
    taken = occupied_by(period, policy_of(instrument))
    OccupiedPeriod.objects.create(
        instrument_number=instrument.number,
        period=(taken.starts_at, taken.ends_at),
        booking=booking,
    )
    audit.record(
        actor=actor,
        action="book",
        kind="booking",
        object_id=booking.pk,
        organisation_id=organisation.pk,
        changes=audit.differences({}, {"instrument_id": instrument.pk, **period.as_data()}),
    )
    return booking


def cancel_booking(
    *, actor: Actor, booking_id: UUID, reason: str = "", now: datetime | None = None
) -> Booking:
    """Cancel it and free its time. Raises not_found, not_allowed, invalid_input, wrong_state."""
    now = now or timezone.now()
    problems = Problems()
    reason = text_rules.text(reason, "reason", problems, limit=TEXT_LIMIT, is_line=True)
    problems.raise_if_any()
    return with_retries(lambda: _cancel(actor, booking_id, reason, now))


@transaction.atomic
def _cancel(actor: Actor, booking_id: UUID, reason: str, now: datetime) -> Booking:
    found = Booking.objects.visible_to(actor).filter(pk=booking_id)
    number = found.values_list("instrument__number", flat=True).first()
    if number is None:
        raise NotFound("booking")
    lock_instruments([number])
    booking = (
        found.select_related("instrument", "organisation", "booked_by")
        .select_for_update(of=("self",), no_key=True)
        .get()
    )
    if not policies.can_cancel(actor, booking):
        raise NotAllowed("cancel")
    is_over = booking.ends_at <= now
    following = next_booking_status(booking.status, BookingAction.CANCEL, is_over=is_over)
    if following is None:
        status = "over" if is_over else booking.status
        raise DomainError("wrong_state", status=str(status), action="cancel")
    booking.status = following
    booking.cancelled_at = now
    booking.cancellation_reason = reason
    booking.save(update_fields=["status", "cancelled_at", "cancellation_reason", "updated_at"])
    OccupiedPeriod.objects.filter(booking=booking).delete()
    audit.record(
        actor=actor if isinstance(actor, User) else None,
        action="cancel",
        kind="booking",
        object_id=booking.pk,
        organisation_id=booking.organisation_id,
        changes={"status": {"old": str(BookingStatus.CONFIRMED), "new": str(following)}},
        note=reason,
    )
    return booking


def add_outage(
    *, actor: Actor, instrument_id: UUID, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> OccupiedPeriod:
    """Keep everybody off an instrument for a while.

    Raises not_found, not_allowed, invalid_input, and slot_taken with the `taken` periods that
    stand in its way (cancel them first).
    """
    period, reason = _cleaned(starts_at, ends_at, reason, "reason", OUTAGE_REASON_LIMIT)
    problems = Problems()
    if period.ends_at <= period.starts_at:
        problems.add("ends_at", "below_minimum")
    elif period.length > LONGEST_OUTAGE:
        problems.add("ends_at", "too_long", limit=LONGEST_OUTAGE.days)
    problems.raise_if_any()
    try:
        return with_retries(lambda: _add_outage(actor, instrument_id, period, reason))
    except IntegrityError as error:
        if not is_period_clash(error):
            raise
        raise DomainError("slot_taken", taken=[], next_free=[]) from error


@transaction.atomic
def _add_outage(actor: Actor, instrument_id: UUID, period: Period, reason: str) -> OccupiedPeriod:
    instrument = _locked_instrument(actor, instrument_id)
    if not policies.can_run(actor, instrument):
        raise NotAllowed("add_outage")
    taken = occupancy_of(instrument, period.starts_at, period.ends_at).periods
    if taken:
        raise DomainError("slot_taken", taken=[one.as_data() for one in taken], next_free=[])
    outage = OccupiedPeriod.objects.create(
        instrument_number=instrument.number,
        period=(period.starts_at, period.ends_at),
        reason=reason,
    )
    _record_outage(actor, "add_outage", instrument, period, reason)
    return outage


def remove_outage(*, actor: Actor, instrument_id: UUID, outage_id: int) -> None:
    """Open the time again. Raises not_found, not_allowed."""
    with_retries(lambda: _remove_outage(actor, instrument_id, outage_id))


@transaction.atomic
def _remove_outage(actor: Actor, instrument_id: UUID, outage_id: int) -> None:
    instrument = _locked_instrument(actor, instrument_id)
    if not policies.can_run(actor, instrument):
        raise NotAllowed("remove_outage")
    outage = OccupiedPeriod.objects.filter(
        pk=outage_id, instrument_number=instrument.number, booking=None
    ).first()
    if outage is None:
        raise NotFound("outage")
    period = span_of(outage)
    outage.delete()
    _record_outage(actor, "remove_outage", instrument, period, outage.reason)


def _locked_instrument(actor: Actor, instrument_id: UUID) -> Instrument:
    """The instrument as it is once its lock is ours: hours and state cannot change under us."""
    visible = Instrument.objects.visible_to(actor).filter(pk=instrument_id)
    number = visible.values_list("number", flat=True).first()
    if number is None:
        raise NotFound("instrument")
    lock_instruments([number])
    instrument = visible.select_for_update(no_key=True).first()
    if instrument is None:
        raise NotFound("instrument")
    return instrument


def _require_free(instrument: Instrument, period: Period, now: datetime) -> None:
    policy = policy_of(instrument)
    # Of a period longer than is allowed, only as much is looked up as could be booked.
    until = min(period.ends_at, period.starts_at + policy.longest) + policy.turnaround
    occupancy = occupancy_of(instrument, period.starts_at, until)
    verdict = judge(period, policy, occupancy, now)
    if verdict.broken:
        broken = list(verdict.broken)
        if verdict.clash is not None:
            broken.append(Broken("slot_taken", Severity.HARD, verdict.clash.as_data()))
        raise DomainError("booking_rules_broken", broken=[one.as_data() for one in broken])
    if verdict.clash is not None:
        raise _slot_taken(instrument, period, now)


def _slot_taken(instrument: Instrument, period: Period, now: datetime) -> DomainError:
    policy = policy_of(instrument)
    since = max(period.starts_at, now)
    until = now + policy.horizon + policy.longest + policy.turnaround + timedelta(days=1)
    occupancy = occupancy_of(instrument, since, max(since, until))
    offers = next_free(period.length, period.starts_at, policy, occupancy, now)
    return DomainError("slot_taken", next_free=[offer.as_data() for offer in offers])


def _cleaned(
    starts_at: datetime, ends_at: datetime, text: str, field: str, limit: int
) -> tuple[Period, str]:
    problems = Problems()
    for name, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not isinstance(at, datetime) or at.utcoffset() is None:
            problems.add(name, "invalid_time")
        elif not YEARS[0] <= at.year < YEARS[1]:
            problems.add(name, "out_of_range", limit=YEARS[0] if at.year < YEARS[0] else YEARS[1])
    text = text_rules.text(text, field, problems, limit=limit, is_line=True)
    problems.raise_if_any()
    return Period(starts_at, ends_at), text


def _record_outage(
    actor: Actor, action: str, instrument: Instrument, period: Period, reason: str
) -> None:
    audit.record(
        actor=actor if isinstance(actor, User) else None,
        action=action,
        kind="instrument",
        object_id=instrument.pk,
        organisation_id=instrument.organisation_id,
        changes=audit.differences({}, period.as_data()),
        note=reason,
    )
