"""When an instrument is free (pure): the verdict on a period, and the slots that would pass it.

The slots offered are the grid's periods that `judge` accepts, so list and verdict cannot differ.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from equipment.rules.booking import BookingPolicy, Broken, Period, broken_rules


class Occupancy:
    """The taken periods of one instrument, turnarounds included."""

    def __init__(self, periods: Iterable[Period] = ()) -> None:
        merged: list[Period] = []
        for period in sorted(periods, key=lambda taken: taken.starts_at):
            if merged and period.starts_at < merged[-1].ends_at:
                last = merged.pop()
                period = Period(last.starts_at, max(last.ends_at, period.ends_at))
            merged.append(period)
        self.periods = merged
        self._starts = [period.starts_at for period in merged]

    def clash(self, wanted: Period) -> Period | None:
        """A taken period that overlaps the wanted one, or None."""
        # Disjoint and sorted: only the last one that starts before the wanted end can overlap.
        last = bisect_right(self._starts, wanted.ends_at) - 1
        for position in (last, last - 1):
            if position >= 0 and self.periods[position].overlaps(wanted):
                return self.periods[position]
        return None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a period: the rules it breaks, and whether the time is taken."""

    broken: tuple[Broken, ...]
    clash: Period | None

    @property
    def is_free(self) -> bool:
        return not self.broken and self.clash is None


def occupied_by(period: Period, policy: BookingPolicy) -> Period:
    """What a booking of the period keeps others from: itself and the turnaround after it."""
    return Period(period.starts_at, period.ends_at + policy.turnaround)


def judge(period: Period, policy: BookingPolicy, occupancy: Occupancy, now: datetime) -> Verdict:
    """The one verdict: screens, services and slot lists all ask here."""
    clash = None
    if period.starts_at < period.ends_at:
        clash = occupancy.clash(occupied_by(period, policy))
    return Verdict(broken_rules(period, policy, now), clash)


def free_slots(
    span: Period, policy: BookingPolicy, occupancy: Occupancy, now: datetime
) -> list[Period]:
    """The single grid slots inside the span that could be booked, in order."""
    return [
        slot
        for slot in _grid(span.starts_at, span.ends_at, policy.slot, policy)
        if slot.ends_at <= span.ends_at and judge(slot, policy, occupancy, now).is_free
    ]


def next_free(
    length: timedelta,
    after: datetime,
    policy: BookingPolicy,
    occupancy: Occupancy,
    now: datetime,
    count: int = 3,
) -> list[Period]:
    """The first periods of that length at or after a time that could be booked.

    They do not overlap, so that several who were refused do not all meet again. The occupancy must
    reach to the horizon and the length beyond it.
    """
    return list(islice(_free_periods(length, after, policy, occupancy, now), count))


def _free_periods(
    length: timedelta,
    after: datetime,
    policy: BookingPolicy,
    occupancy: Occupancy,
    now: datetime,
) -> Iterator[Period]:
    if length <= timedelta(0) or not policy.is_bookable:
        return
    taken_until = max(after, now)
    for period in _grid(taken_until, now + policy.horizon + policy.slot, length, policy):
        if period.starts_at < taken_until:
            continue
        verdict = judge(period, policy, occupancy, now)
        if verdict.is_free:
            yield period
            taken_until = period.ends_at + policy.turnaround
        elif verdict.clash is not None:
            taken_until = verdict.clash.ends_at


def _grid(
    since: datetime, until: datetime, length: timedelta, policy: BookingPolicy
) -> Iterator[Period]:
    """Periods of a length at every grid start in [since, until)."""
    hours = policy.hours.next_opening(since)
    while hours is not None and hours.starts_at < until:
        missed = max(timedelta(0), since - hours.starts_at)
        # Rounded up to the next start.
        start = hours.starts_at + -(-missed // policy.slot) * policy.slot
        while start < min(hours.ends_at, until):
            yield Period(start, start + length)
            start += policy.slot
        hours = policy.hours.next_opening(hours.ends_at)
