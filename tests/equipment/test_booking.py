"""Booking, cancelling and outages: what is refused, by which code, what is offered instead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from psycopg.errors import ExclusionViolation

from equipment import queries, services
from equipment.models import Booking, BookingStatus, Instrument, InstrumentStatus, OccupiedPeriod
from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.core.models import AuditEntry
from park.organisations.models import MembershipRole, Organisation
from tests.factories import OrganisationFactory, UserFactory, make_member, make_staff
from tests.factories.equipment import InstrumentFactory, at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TEN = at(1, 10)
Book = Callable[..., Booking]


@pytest.fixture
def instrument() -> Instrument:
    return InstrumentFactory()


@pytest.fixture
def firm() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def member(firm: Organisation) -> User:
    return make_member(firm)


@pytest.fixture
def book(instrument: Instrument, firm: Organisation, member: User, now: datetime) -> Book:
    def book(start: datetime = TEN, hours: float = 1, **changes: object) -> Booking:
        values: dict = {
            "actor": member,
            "instrument_id": instrument.pk,
            "organisation_id": firm.pk,
            "starts_at": start,
            "ends_at": start + hours * HOUR,
            "purpose": "断口分析",
            "now": now,
        }
        return services.book_instrument(**values | changes)

    return book


def refusal(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_booking_keeps_its_period_and_the_price_of_its_day(
    book: Book, instrument: Instrument
) -> None:
    booking = book(hours=1.5)
    instrument.price_per_hour = Decimal(999)
    instrument.save()
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CONFIRMED
    assert booking.price == Decimal("450.00")
    row = OccupiedPeriod.objects.get(booking=booking)
    assert (row.period.lower, row.period.upper) == (at(1, 10), at(1, 11, 30))
    entry = AuditEntry.objects.get(object_kind="booking", object_id=booking.pk)
    assert entry.action == "book"
    assert entry.actor == booking.booked_by


def test_a_price_that_nobody_named_stays_unknown(book: Book, instrument: Instrument) -> None:
    Instrument.objects.filter(pk=instrument.pk).update(price_per_hour=None)
    assert book().price is None


def test_neighbours_may_touch(book: Book) -> None:
    book(at(1, 10))
    book(at(1, 11))
    book(at(1, 9))
    assert Booking.objects.count() == 3


def test_a_taken_slot_is_refused_with_the_next_three_free_ones(book: Book) -> None:
    book(at(1, 10), hours=2)
    book(at(1, 12, 30), hours=0.5)
    with pytest.raises(DomainError) as error:
        book(at(1, 11), hours=1)
    assert refusal(error) == "slot_taken"
    starts = [datetime.fromisoformat(slot["starts_at"]) for slot in error.value.data["next_free"]]
    assert starts == [at(1, 13), at(1, 14), at(1, 15)]
    for slot in error.value.data["next_free"]:
        book(datetime.fromisoformat(slot["starts_at"]))


def test_the_turnaround_is_taken_too(book: Book, instrument: Instrument) -> None:
    Instrument.objects.filter(pk=instrument.pk).update(turnaround_minutes=30)
    book(at(1, 10))
    for start in (at(1, 11), at(1, 9)):
        with pytest.raises(DomainError) as error:
            book(start)
        assert refusal(error) == "slot_taken"
    book(at(1, 11, 30))


def test_every_broken_rule_is_named_with_its_repair(book: Book) -> None:
    book(at(1, 10))
    with pytest.raises(DomainError) as error:
        book(at(1, 10, 5), hours=11)
    assert refusal(error) == "booking_rules_broken"
    broken = {one["code"]: one["repair"] for one in error.value.data["broken"]}
    assert list(broken) == ["not_on_grid", "too_long", "outside_opening_hours", "slot_taken"]
    assert datetime.fromisoformat(broken["too_long"]["ends_at"]) == at(1, 18, 5)


def test_a_day_in_the_past_or_beyond_the_horizon_is_refused(book: Book) -> None:
    for start, code in ((at(-1, 10), "in_past"), (at(200, 10), "too_far_ahead")):
        with pytest.raises(DomainError) as error:
            book(start)
        assert [one["code"] for one in error.value.data["broken"]] == [code]


@pytest.mark.parametrize(
    ("start", "end", "purpose", "field"),
    [
        (datetime(2026, 3, 3, 10), at(1, 11), "", "starts_at"),  # noqa: DTZ001 - the point
        (at(1, 10), datetime(9999, 12, 31, 23, tzinfo=UTC), "", "ends_at"),
        (datetime(1, 1, 1, tzinfo=UTC), at(1, 11), "", "starts_at"),
        (at(1, 10), at(1, 11), "长" * 301, "purpose"),
        (at(1, 10), at(1, 11), "\x00", "purpose"),
        (at(1, 10), at(1, 11), "\ud800", "purpose"),
        (at(1, 10), at(1, 11), 7, "purpose"),
    ],
)
def test_what_cannot_be_a_booking_is_invalid(
    book: Book, start: datetime, end: datetime, purpose: str, field: str
) -> None:
    with pytest.raises(DomainError) as error:
        book(start, ends_at=end, purpose=purpose)
    assert refusal(error) == "invalid_input"
    assert [fault["field"] for fault in error.value.data["fields"]] == [field]


def test_only_editors_of_the_organisation_and_equipment_officers_book_for_it(
    book: Book, firm: Organisation
) -> None:
    for actor, code in (
        (UserFactory(), "not_allowed"),
        (make_member(OrganisationFactory()), "not_allowed"),
        (make_member(firm, MembershipRole.VIEWER), "not_allowed"),
        (make_staff(StaffRole.MODERATOR), "not_allowed"),
        (AnonymousUser(), "not_authenticated"),
        (None, "not_authenticated"),
    ):
        with pytest.raises(DomainError) as error:
            book(actor=actor)
        assert refusal(error) == code
    assert book(actor=make_staff(StaffRole.EQUIPMENT_OFFICER)).organisation == firm


def test_a_draft_does_not_exist_for_strangers_and_takes_no_booking_from_its_owner(
    book: Book, instrument: Instrument
) -> None:
    Instrument.objects.filter(pk=instrument.pk).update(status=InstrumentStatus.DRAFT)
    with pytest.raises(DomainError) as error:
        book()
    assert refusal(error) == "not_found"
    owner = make_member(instrument.organisation)
    with pytest.raises(DomainError) as error:
        book(actor=owner, organisation_id=instrument.organisation_id)
    assert error.value.data["broken"][0]["code"] == "instrument_closed"


def test_cancelling_frees_the_slot(book: Book, member: User, now: datetime) -> None:
    booking = book()
    cancelled = services.cancel_booking(
        actor=member, booking_id=booking.pk, reason="样品未到", now=now
    )
    assert cancelled.status == BookingStatus.CANCELLED
    assert cancelled.cancellation_reason == "样品未到"
    again = book()
    assert again.pk != booking.pk
    with pytest.raises(DomainError) as error:
        services.cancel_booking(actor=member, booking_id=booking.pk, now=now)
    assert refusal(error) == "wrong_state"
    assert OccupiedPeriod.objects.filter(booking=again).exists()


def test_a_booking_that_is_over_cannot_be_cancelled(book: Book, member: User) -> None:
    booking = book(at(1, 10))
    with pytest.raises(DomainError) as error:
        services.cancel_booking(actor=member, booking_id=booking.pk, now=at(1, 11))
    assert refusal(error) == "wrong_state"
    assert error.value.data["status"] == "over"


def test_who_may_cancel(book: Book, firm: Organisation, instrument: Instrument, now) -> None:
    booking = book()
    for actor, code in (
        (AnonymousUser(), "not_found"),
        (make_member(OrganisationFactory()), "not_found"),
        (make_member(firm, MembershipRole.VIEWER), "not_allowed"),
        (make_staff(StaffRole.MODERATOR), "not_found"),
    ):
        with pytest.raises(DomainError) as error:
            services.cancel_booking(actor=actor, booking_id=booking.pk, now=now)
        assert refusal(error) == code
    for actor in (make_member(instrument.organisation), make_staff(StaffRole.EQUIPMENT_OFFICER)):
        services.cancel_booking(actor=actor, booking_id=booking.pk, now=now)
        booking = book()


def test_an_outage_and_a_booking_exclude_each_other(
    book: Book, instrument: Instrument, now: datetime
) -> None:
    owner = make_member(instrument.organisation)
    booking = book(at(1, 10))
    outage = {"actor": owner, "instrument_id": instrument.pk, "reason": "校准"}
    with pytest.raises(DomainError) as error:
        services.add_outage(**outage, starts_at=at(1, 9), ends_at=at(1, 18))
    assert refusal(error) == "slot_taken"
    services.cancel_booking(actor=owner, booking_id=booking.pk, now=now)
    row = services.add_outage(**outage, starts_at=at(1, 9), ends_at=at(1, 18))
    with pytest.raises(DomainError) as error:
        book(at(1, 10))
    assert refusal(error) == "slot_taken"
    services.remove_outage(actor=owner, instrument_id=instrument.pk, outage_id=row.pk)
    book(at(1, 10))


def test_outages_are_the_owners(instrument: Instrument, book: Book) -> None:
    when = {"starts_at": at(1, 9), "ends_at": at(1, 18)}
    stranger = make_member(OrganisationFactory())
    with pytest.raises(DomainError) as error:
        services.add_outage(actor=stranger, instrument_id=instrument.pk, **when)
    assert refusal(error) == "not_allowed"
    owner = make_member(instrument.organisation)
    row = services.add_outage(actor=owner, instrument_id=instrument.pk, **when)
    with pytest.raises(DomainError) as error:
        services.remove_outage(actor=stranger, instrument_id=instrument.pk, outage_id=row.pk)
    assert refusal(error) == "not_allowed"
    other = InstrumentFactory(organisation=instrument.organisation)
    with pytest.raises(DomainError) as error:
        services.remove_outage(actor=owner, instrument_id=other.pk, outage_id=row.pk)
    assert refusal(error) == "not_found"
    booking = book(at(2, 10))
    taken = OccupiedPeriod.objects.get(booking=booking)
    with pytest.raises(DomainError) as error:
        services.remove_outage(actor=owner, instrument_id=instrument.pk, outage_id=taken.pk)
    assert refusal(error) == "not_found"


@pytest.mark.parametrize("hours", [0, -1, 24 * 400])
def test_an_outage_has_a_length(instrument: Instrument, hours: int) -> None:
    owner = make_member(instrument.organisation)
    with pytest.raises(DomainError) as error:
        services.add_outage(
            actor=owner,
            instrument_id=instrument.pk,
            starts_at=at(1, 9),
            ends_at=at(1, 9) + hours * HOUR,
        )
    assert refusal(error) == "invalid_input"


def test_the_database_refuses_what_bypasses_the_services(
    book: Book, instrument: Instrument
) -> None:
    book(at(1, 10))
    insert = """
        INSERT INTO equipment_occupiedperiod (instrument_number, period, reason)
        VALUES (%s, tstzrange(%s, %s), '')
    """
    with connection.cursor() as cursor:
        cursor.execute(insert, [instrument.number, at(1, 11), at(1, 12)])
        cursor.execute(insert, [instrument.number + 1_000_000, at(1, 10), at(1, 11)])
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            cursor.execute(insert, [instrument.number, at(1, 10, 59), at(1, 11)])
        assert isinstance(error.value.__cause__, ExclusionViolation)
        for start, end in ((at(2, 10), at(2, 10)), (None, at(2, 10)), (at(2, 10), None)):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(insert, [instrument.number, start, end])


def test_bookings_are_seen_by_both_parties_and_by_nobody_else(
    book: Book, firm: Organisation, member: User, instrument: Instrument
) -> None:
    booking = book()
    viewer = make_member(firm, MembershipRole.VIEWER)
    owner = make_member(instrument.organisation)
    for actor in (member, viewer, owner, make_staff(StaffRole.EQUIPMENT_OFFICER)):
        assert queries.get_booking(actor=actor, booking_id=booking.pk) == booking
        assert list(queries.list_bookings(actor=actor).items) == [booking]
    for actor in (make_member(OrganisationFactory()), UserFactory(), AnonymousUser(), None):
        assert list(queries.list_bookings(actor=actor).items) == []
        with pytest.raises(DomainError) as error:
            queries.get_booking(actor=actor, booking_id=booking.pk)
        assert refusal(error) == "not_found"


def test_the_actions_offered_are_the_ones_that_work(
    book: Book, firm: Organisation, member: User, now: datetime
) -> None:
    booking = queries.get_booking(actor=member, booking_id=book().pk)
    viewer = make_member(firm, MembershipRole.VIEWER)
    assert queries.allowed_booking_actions(member, booking, now=now) == ["cancel"]
    assert queries.allowed_booking_actions(viewer, booking, now=now) == []
    assert queries.allowed_booking_actions(member, booking, now=at(1, 11)) == []
    assert queries.allowed_booking_actions(None, booking, now=now) == []


def test_the_list_of_bookings_pages_and_costs_the_same_for_any_length(
    book: Book, member: User, django_assert_max_num_queries
) -> None:
    made = [book(at(day, 10)) for day in range(1, 8)]
    with django_assert_max_num_queries(3):
        page = queries.list_bookings(actor=member, limit=4)
        assert [one.instrument.name for one in page.items]
        assert [one.organisation.name for one in page.items]
        assert [one.booked_by.display_name for one in page.items]
    rest = queries.list_bookings(actor=member, limit=4, cursor=page.next_cursor)
    assert [*page.items, *rest.items] == made[::-1]
    assert rest.next_cursor is None


class TestCalendar:
    def test_strangers_see_that_it_is_taken_but_not_by_whom(
        self, book: Book, instrument: Instrument, firm: Organisation, member: User, now: datetime
    ) -> None:
        Instrument.objects.filter(pk=instrument.pk).update(turnaround_minutes=30)
        owner = make_member(instrument.organisation)
        booking = book(at(1, 10))
        services.add_outage(
            actor=owner,
            instrument_id=instrument.pk,
            starts_at=at(2, 8),
            ends_at=at(2, 20),
            reason="校准",
        )

        def calendar(actor: User | None) -> list[tuple]:
            found = queries.get_calendar(actor=actor, instrument_id=instrument.pk, now=now)
            return [
                (one.kind, one.starts_at, one.ends_at, one.is_own, one.booking_id, one.label)
                for one in found.occupied
            ]

        def expected(is_own: bool, sees_booking: bool, reason: str | None) -> list[tuple]:
            pk, label = (booking.pk, firm.short_name) if sees_booking else (None, None)
            return [
                ("booking", at(1, 10), at(1, 11), is_own, pk, label),
                ("turnaround", at(1, 11), at(1, 11, 30), is_own, None, None),
                ("outage", at(2, 8), at(2, 20), False, None, reason),
            ]

        assert calendar(None) == expected(False, False, None)
        assert calendar(make_member(OrganisationFactory())) == expected(False, False, None)
        assert calendar(member) == expected(True, True, None)
        assert calendar(owner) == expected(False, True, "校准")
        assert calendar(make_staff(StaffRole.EQUIPMENT_OFFICER)) == expected(False, True, "校准")

    def test_every_free_slot_can_be_booked(self, book: Book, instrument: Instrument, now) -> None:
        Instrument.objects.filter(pk=instrument.pk).update(turnaround_minutes=30)
        book(at(0, 10), hours=4)
        book(at(0, 15), hours=3)
        calendar = queries.get_calendar(actor=None, instrument_id=instrument.pk, days=1, now=now)
        starts = [slot.starts_at for slot in calendar.free]
        # Half an hour before a booking is no use: its own turnaround would not fit.
        assert starts == [at(0, 18, 30), at(0, 19), at(0, 19, 30)]
        for start in starts[::2]:
            book(start, hours=0.5)

    def test_the_days_are_the_parks(self, instrument: Instrument, now: datetime) -> None:
        Instrument.objects.filter(pk=instrument.pk).update(open_weekdays=[2])
        calendar = queries.get_calendar(
            actor=None, instrument_id=instrument.pk, first_day=at(0, 0).date(), days=3, now=now
        )
        assert [day.hours is not None for day in calendar.days] == [False, True, False]
        hours = calendar.days[1].hours
        assert hours is not None
        assert (hours.starts_at, hours.ends_at) == (at(1, 8), at(1, 20))
        assert calendar.slot_minutes == 30

    @pytest.mark.parametrize(
        ("days", "year", "field"), [(0, 2026, "days"), (32, 2026, "days"), (7, 9999, "from")]
    )
    def test_its_range_is_limited(
        self, instrument: Instrument, now: datetime, days: int, year: int, field: str
    ) -> None:
        with pytest.raises(DomainError) as error:
            queries.get_calendar(
                actor=None,
                instrument_id=instrument.pk,
                first_day=at(0, 0).date().replace(year=year),
                days=days,
                now=now,
            )
        assert refusal(error) == "invalid_input"
        assert error.value.data["fields"][0]["field"] == field

    def test_its_cost_does_not_grow_with_bookings(
        self, book: Book, instrument: Instrument, member: User, now, django_assert_max_num_queries
    ) -> None:
        for hour in range(8, 18):
            book(at(1, hour))
        with django_assert_max_num_queries(5):
            queries.get_calendar(actor=member, instrument_id=instrument.pk, now=now)


def test_the_constraints_own_index_answers_what_is_taken(instrument: Instrument) -> None:
    """So that a year of bookings costs no more to look through than a week of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO equipment_occupiedperiod (instrument_number, period, reason)
            SELECT %s + i %% 100, tstzrange(t, t + interval '30 minutes'), ''
            FROM (SELECT i, timestamptz '2026-01-01' + i * interval '1 hour' AS t
                  FROM generate_series(1, 20000) AS i) AS rows
            """,
            [instrument.number],
        )
        cursor.execute("ANALYZE equipment_occupiedperiod")
    rows = OccupiedPeriod.objects.of_instrument(instrument.number, at(0, 0), at(7, 0))
    plan = rows.explain()
    assert "occupied_once" in plan
    assert "int8range(instrument_number" in plan.split("Index Cond", 1)[1]
