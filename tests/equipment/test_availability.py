"""The verdict on a period and the list of free slots agree, whatever the rules and the calendar."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from equipment.availability import Occupancy, free_slots, judge, next_free, occupied_by
from equipment.rules.booking import PARK_ZONE, RULES, BookingPolicy, OpeningHours, Period
from tests.factories.equipment import at

NOW = at(0, 9, 10)
MINUTE = timedelta(minutes=1)
NINE_TO_FIVE = OpeningHours(time(9), time(17), frozenset({1, 2, 3, 4, 5}))


def policy(**changes: object) -> BookingPolicy:
    values: dict = {
        "hours": NINE_TO_FIVE,
        "slot": 30 * MINUTE,
        "longest": 240 * MINUTE,
        "horizon": timedelta(days=30),
    }
    return BookingPolicy(**values | changes)


def period(day: int, hour: float, until: float) -> Period:
    return Period(at(day, 0) + timedelta(hours=hour), at(day, 0) + timedelta(hours=until))


def codes(wanted: Period, rules: BookingPolicy, now: datetime = NOW) -> list[str]:
    return [broken.code for broken in judge(wanted, rules, Occupancy(), now).broken]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (period(1, 9, 10), []),
        (period(1, 16.5, 17), []),
        (period(0, 9, 10), ["in_past"]),
        (period(1, 9.25, 10.25), ["not_on_grid"]),
        (period(1, 9, 10.25), ["not_on_grid"]),
        (period(1, 9, 9.25), ["not_on_grid", "too_short"]),
        (period(1, 10, 10), ["ends_before_start"]),
        (period(1, 10, 9), ["ends_before_start"]),
        (period(1, 9, 13.5), ["too_long"]),
        (period(1, 8, 9.5), ["outside_opening_hours"]),
        (period(1, 16, 18), ["outside_opening_hours"]),
        (period(5, 10, 11), ["outside_opening_hours"]),
        (period(35, 10, 11), ["too_far_ahead"]),
        (
            period(-2, 7.25, 24 * 3650),
            ["in_past", "not_on_grid", "too_long", "outside_opening_hours"],
        ),
    ],
)
def test_all_broken_rules_are_reported_together(wanted: Period, expected: list[str]) -> None:
    assert codes(wanted, policy()) == expected


def test_a_closed_instrument_takes_no_booking() -> None:
    assert codes(period(1, 9, 10), policy(is_bookable=False)) == ["instrument_closed"]


def test_a_closing_at_midnight_joins_the_next_day() -> None:
    always = OpeningHours(time(0), time(0), frozenset(range(1, 8)))
    assert codes(period(1, 22, 26), policy(hours=always)) == []
    workdays = OpeningHours(time(0), time(0), frozenset({1, 2, 3, 4, 5}))
    friday_night = period(4, 22, 26)
    assert codes(friday_night, policy(hours=workdays)) == ["outside_opening_hours"]


def test_the_turnaround_keeps_the_next_booking_away() -> None:
    rules = policy(turnaround=30 * MINUTE)
    taken = Occupancy([occupied_by(period(1, 10, 11), rules)])
    assert judge(period(1, 11, 12), rules, taken, NOW).clash == occupied_by(
        period(1, 10, 11), rules
    )
    assert judge(period(1, 9.5, 10), rules, taken, NOW).clash is not None
    assert judge(period(1, 9, 9.5), rules, taken, NOW).is_free
    assert judge(period(1, 11.5, 12), rules, taken, NOW).is_free


def test_a_taken_period_is_answered_with_the_next_three() -> None:
    taken = Occupancy([period(1, 9, 11), period(1, 14, 17)])
    assert next_free(2 * timedelta(hours=1), at(1, 9), policy(), taken, NOW) == [
        period(1, 11, 13),
        period(2, 9, 11),
        period(2, 11, 13),
    ]


def test_no_day_open_means_no_slot_and_no_endless_search() -> None:
    never = policy(hours=OpeningHours(time(9), time(17), frozenset()))
    assert free_slots(Period(at(0, 0), at(30, 0)), never, Occupancy(), NOW) == []
    assert next_free(timedelta(hours=1), NOW, never, Occupancy(), NOW) == []
    assert codes(period(-1, 9, 10), never) == ["in_past", "outside_opening_hours"]


times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 10, 30, 45)))
minutes = st.integers(-600, 5 * 1440).map(lambda count: at(0, 0) + count * MINUTE)


@st.composite
def policies(draw: st.DrawFn) -> BookingPolicy:
    opens = draw(times)
    later = [time(0)] + [time(hour) for hour in range(opens.hour + 1, 24)]
    slot = draw(st.sampled_from((5, 15, 25, 30, 60, 90)))
    return BookingPolicy(
        hours=OpeningHours(
            opens, draw(st.sampled_from(later)), frozenset(draw(st.sets(st.integers(1, 7))))
        ),
        slot=slot * MINUTE,
        longest=slot * draw(st.integers(1, 12)) * MINUTE,
        turnaround=draw(st.sampled_from((0, 5, 20, 60))) * MINUTE,
        horizon=timedelta(days=draw(st.integers(1, 4))),
        is_bookable=draw(st.integers(0, 9)) > 0,
    )


@st.composite
def occupancies(draw: st.DrawFn) -> Occupancy:
    spans = draw(st.lists(st.tuples(minutes, st.integers(1, 300)), max_size=8))
    return Occupancy(Period(start, start + length * MINUTE) for start, length in spans)


@settings(max_examples=150, deadline=None)
@given(rules=policies(), taken=occupancies(), now=minutes, start=minutes, slots=st.integers(1, 6))
def test_the_slots_and_the_verdict_agree(
    rules: BookingPolicy, taken: Occupancy, now: datetime, start: datetime, slots: int
) -> None:
    span = Period(at(-1, 0), at(6, 0))
    offered = set(free_slots(span, rules, taken, now))
    wanted = Period(start, start + slots * rules.slot)
    parts = [
        Period(start + index * rules.slot, start + (index + 1) * rules.slot)
        for index in range(slots)
    ]
    if all(part in offered for part in parts) and wanted.length <= rules.longest:
        assert judge(wanted, rules, taken, now).is_free
    if slots == 1:
        assert (wanted in offered) == judge(wanted, rules, taken, now).is_free


@settings(max_examples=100, deadline=None)
@given(rules=policies(), taken=occupancies(), now=minutes, after=minutes, slots=st.integers(1, 6))
def test_what_is_offered_instead_could_be_booked_one_after_the_other(
    rules: BookingPolicy, taken: Occupancy, now: datetime, after: datetime, slots: int
) -> None:
    length = slots * rules.slot
    offers = next_free(length, after, rules, taken, now)
    assert len(offers) <= 3
    periods = list(taken.periods)
    for offer in offers:
        assert offer.starts_at >= after
        assert offer.length == length
        assert judge(offer, rules, Occupancy(periods), now).is_free
        periods.append(occupied_by(offer, rules))
    # The first is the earliest there is: no minute before it passes the verdict.
    end = offers[0].starts_at if offers else now + rules.horizon
    for hour in range(int((end - max(after, now)) / timedelta(minutes=5))):
        start = max(after, now) + hour * 5 * MINUTE
        start -= timedelta(minutes=start.minute % 5)
        if start >= after and start < end:
            assert not judge(Period(start, start + length), rules, taken, now).is_free


@settings(max_examples=300, deadline=None)
@example(
    rules=BookingPolicy(
        hours=OpeningHours(time(0, 10), time(0), frozenset(range(1, 8))),
        slot=25 * MINUTE,
        longest=25 * MINUTE,
    ),
    now=at(0, 0),
    start=at(0, 0),
    length=1,
)
@given(rules=policies(), now=minutes, start=minutes, length=st.integers(-60, 2000))
def test_a_repair_satisfies_its_own_rule(
    rules: BookingPolicy, now: datetime, start: datetime, length: int
) -> None:
    wanted = Period(start, start + length * MINUTE)
    known = {rule.code: rule for rule in RULES}
    for broken in judge(wanted, rules, Occupancy(), now).broken:
        if "starts_at" in broken.repair:
            repaired = Period(
                datetime.fromisoformat(broken.repair["starts_at"]),
                datetime.fromisoformat(broken.repair["ends_at"]),
            )
            assert known[broken.code].check(repaired, rules, now) is None


@settings(max_examples=150, deadline=None)
@given(taken=st.lists(st.tuples(minutes, st.integers(1, 600)), max_size=12), start=minutes)
def test_a_clash_is_found_exactly_where_periods_overlap(
    taken: list[tuple[datetime, int]], start: datetime
) -> None:
    periods = [Period(since, since + length * MINUTE) for since, length in taken]
    wanted = Period(start, start + 45 * MINUTE)
    clash = Occupancy(periods).clash(wanted)
    assert (clash is not None) == any(wanted.overlaps(period) for period in periods)


def test_hours_are_the_parks_whatever_zone_a_time_comes_in() -> None:
    from datetime import UTC

    local = period(1, 9, 10)
    distant = Period(local.starts_at.astimezone(UTC), local.ends_at.astimezone(UTC))
    assert codes(distant, policy()) == []
    assert PARK_ZONE.key == "Asia/Shanghai"
