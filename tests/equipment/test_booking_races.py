"""Eight writers with connections of their own want one slot: one gets it, seven are told so."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from psycopg.errors import DeadlockDetected

from equipment import services
from equipment.locks import with_retries
from equipment.models import Booking, BookingStatus, Instrument, OccupiedPeriod
from park.accounts.models import User
from park.core.errors import DomainError
from park.organisations.models import Organisation
from tests.factories import OrganisationFactory, make_member
from tests.factories.equipment import InstrumentFactory, at

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8
TRIALS = 10


def race(writes: list[Callable[[], object]]) -> Counter[str]:
    """Run all at once, each in a thread with its own connection; counts "done" and error codes."""
    barrier = threading.Barrier(len(writes))

    def run(write: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            write()
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(writes)) as threads:
        return Counter(threads.map(run, writes))


@pytest.fixture
def writers() -> list[tuple[User, Organisation]]:
    organisations = [OrganisationFactory() for _ in range(WRITERS)]
    return [(make_member(one), one) for one in organisations]


def booking_of(
    writer: tuple[User, Organisation], instrument: Instrument, start: datetime, minutes: int, now
) -> Callable[[], Booking]:
    actor, organisation = writer
    return lambda: services.book_instrument(
        actor=actor,
        instrument_id=instrument.pk,
        organisation_id=organisation.pk,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        now=now,
    )


def test_one_of_eight_gets_the_slot_ten_times_over(writers, now: datetime) -> None:
    instrument = InstrumentFactory()
    for trial in range(TRIALS):
        start = at(1 + trial, 10)
        results = race([booking_of(one, instrument, start, 60, now) for one in writers])
        assert results == {"done": 1, "slot_taken": WRITERS - 1}
        assert Booking.objects.filter(starts_at=start).count() == 1
    assert OccupiedPeriod.objects.count() == TRIALS


def test_periods_that_overlap_only_by_their_turnaround_race_too(writers, now: datetime) -> None:
    instrument = InstrumentFactory(turnaround_minutes=30)
    for trial in range(TRIALS):
        day = 1 + trial
        writes = [
            booking_of(one, instrument, at(day, 10 + index % 2), 60, now)
            for index, one in enumerate(writers)
        ]
        assert race(writes) == {"done": 1, "slot_taken": WRITERS - 1}


def test_the_constraint_holds_when_the_lock_does_not(
    writers, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers without any lock and without a look at the table still cannot double-book."""
    from equipment.services import bookings

    monkeypatch.setattr(
        bookings, "_locked_instrument", lambda actor, pk: Instrument.objects.get(pk=pk)
    )
    monkeypatch.setattr(bookings, "_require_free", lambda instrument, period, now: None)
    instrument = InstrumentFactory()
    for trial in range(TRIALS):
        start = at(1 + trial, 10)
        results = race([booking_of(one, instrument, start, 60, now) for one in writers])
        assert results == {"done": 1, "slot_taken": WRITERS - 1}
        assert Booking.objects.filter(starts_at=start).count() == 1


def test_without_both_guards_the_race_shows(
    writers, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the tests above can fail: with neither lock nor constraint somebody double-books."""
    from equipment.services import bookings

    constraint = next(
        one for one in OccupiedPeriod._meta.constraints if one.name == "occupied_once"
    )
    monkeypatch.setattr(bookings, "_locked_instrument", _instrument_after_a_rest)
    with connection.schema_editor() as editor:
        editor.remove_constraint(OccupiedPeriod, constraint)
    try:
        instrument = InstrumentFactory()
        results = race([booking_of(one, instrument, at(1, 10), 60, now) for one in writers])
        assert results["done"] > 1
    finally:
        OccupiedPeriod.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(OccupiedPeriod, constraint)


_rest = threading.Barrier(WRITERS)


def _instrument_after_a_rest(actor: User, instrument_id) -> Instrument:
    instrument = Instrument.objects.get(pk=instrument_id)
    _rest.wait(timeout=30)
    return instrument


def test_writers_of_different_periods_all_get_theirs(writers, now: datetime) -> None:
    instrument = InstrumentFactory()
    writes = [
        booking_of(one, instrument, at(1, 8 + index), 60, now) for index, one in enumerate(writers)
    ]
    assert race(writes) == {"done": WRITERS}


def test_an_outage_and_bookings_race_for_a_day(writers, now: datetime) -> None:
    instrument = InstrumentFactory()
    owner = make_member(instrument.organisation)
    for trial in range(TRIALS):
        day = 1 + trial
        writes = [booking_of(one, instrument, at(day, 10), 60, now) for one in writers[:-1]]
        writes.append(
            lambda day=day: services.add_outage(
                actor=owner,
                instrument_id=instrument.pk,
                starts_at=at(day, 8),
                ends_at=at(day, 20),
            )
        )
        assert race(writes) == {"done": 1, "slot_taken": WRITERS - 1}


def test_a_slot_is_cancelled_once_and_booked_anew_once(writers, now: datetime) -> None:
    instrument = InstrumentFactory()
    actor, _ = writers[0]
    for trial in range(TRIALS):
        start = at(1 + trial, 10)
        held = booking_of(writers[0], instrument, start, 60, now)()
        cancel = lambda pk=held.pk: services.cancel_booking(actor=actor, booking_id=pk, now=now)  # noqa: E731
        writes: list[Callable[[], object]] = [cancel, cancel]
        writes += [booking_of(one, instrument, start, 60, now) for one in writers[2:]]
        results = race(writes)
        assert results["wrong_state"] == 1
        assert results["done"] in (1, 2)
        live = Booking.objects.filter(starts_at=start, status=BookingStatus.CONFIRMED)
        assert live.count() == results["done"] - 1
        assert OccupiedPeriod.objects.filter(period__contains=start).count() == live.count()


def test_new_instruments_never_share_a_number() -> None:
    owners = [OrganisationFactory() for _ in range(WRITERS)]
    assert race([lambda one=one: InstrumentFactory(organisation=one) for one in owners]) == {
        "done": WRITERS
    }
    numbers = Instrument.objects.values_list("number", flat=True)
    assert len(set(numbers)) == WRITERS


def test_a_closed_instrument_gets_no_booking_from_a_racing_writer(writers, now) -> None:
    for _ in range(TRIALS):
        instrument = InstrumentFactory()
        owner = make_member(instrument.organisation)
        writes: list[Callable[[], object]] = [
            lambda pk=instrument.pk, owner=owner: services.close_instrument(
                actor=owner, instrument_id=pk
            )
        ]
        writes += [
            booking_of(one, instrument, at(1, 8 + index), 60, now)
            for index, one in enumerate(writers[:4])
        ]
        results = race(writes)
        # Whoever came too late finds it gone; nobody gets an error of the database.
        assert set(results) <= {"done", "not_found"}
        assert results["done"] == 1 + instrument.bookings.count()


class TestRetries:
    def test_a_deadlock_is_tried_again(self) -> None:
        """Two transactions take two instruments' rows in opposite order: both end well."""
        first, second = InstrumentFactory(), InstrumentFactory()
        barrier = threading.Barrier(2)
        attempts: Counter[str] = Counter()

        def write(name: str, order: list[Instrument]) -> Callable[[], None]:
            @transaction.atomic
            def attempt() -> None:
                attempts[name] += 1
                Instrument.objects.select_for_update().get(pk=order[0].pk)
                if attempts[name] == 1:
                    barrier.wait(timeout=30)
                Instrument.objects.select_for_update().get(pk=order[1].pk)

            return lambda: with_retries(attempt)

        results = race([write("a", [first, second]), write("b", [second, first])])
        assert results == {"done": 2}
        assert sum(attempts.values()) == 3

    def test_it_gives_up_with_a_code(self) -> None:
        def always_loses() -> None:
            raise OperationalError from DeadlockDetected()

        with pytest.raises(DomainError) as error:
            with_retries(always_loses)
        assert error.value.code == "service_unavailable"

    def test_other_errors_pass_at_once(self) -> None:
        calls = []

        def breaks() -> None:
            calls.append(1)
            raise OperationalError

        with pytest.raises(OperationalError):
            with_retries(breaks)
        assert len(calls) == 1
