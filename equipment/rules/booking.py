"""The rules of a booking (pure): each with a code, hard or soft, and a repair that satisfies it.

Whether the time is already taken is `availability`'s question; what a rule says is the screens'.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

PARK_ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open, with zones: `starts_at` belongs to it, `ends_at` does not."""

    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    def overlaps(self, other: "Period") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def as_data(self) -> dict[str, str]:
        """As JSON, in the park's zone."""
        return {
            "starts_at": self.starts_at.astimezone(PARK_ZONE).isoformat(),
            "ends_at": self.ends_at.astimezone(PARK_ZONE).isoformat(),
        }


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """From when until when on which ISO weekdays (Monday is 1). Closing at 00:00 ends the day."""

    opens: time
    closes: time
    weekdays: frozenset[int]

    def on(self, day: date) -> Period | None:
        """The open hours of a day in the park's zone, or None."""
        if day.isoweekday() not in self.weekdays:
            return None
        closing_day = day + timedelta(days=1) if self.closes == MIDNIGHT else day
        return Period(
            datetime.combine(day, self.opens, PARK_ZONE),
            datetime.combine(closing_day, self.closes, PARK_ZONE),
        )

    def around(self, at: datetime) -> Period | None:
        """The open hours of the day on which `at` falls, or None."""
        return self.on(at.astimezone(PARK_ZONE).date())

    def is_open_throughout(self, period: Period) -> bool:
        """Also across midnight where one day's closing is the next day's opening."""
        at = period.starts_at
        # What is open for eight days on end is always open: the weeks are alike.
        while at < min(period.ends_at, period.starts_at + timedelta(days=8)):
            hours = self.around(at)
            if hours is None or not hours.starts_at <= at < hours.ends_at:
                return False
            at = hours.ends_at
        return True

    def next_opening(self, after: datetime) -> Period | None:
        """The first open hours that end later than `after`; None when no day is open."""
        day = after.astimezone(PARK_ZONE).date()
        for ahead in range(8):
            hours = self.on(day + timedelta(days=ahead))
            if hours is not None and hours.ends_at > after:
                return hours
        return None


@dataclass(frozen=True, slots=True)
class BookingPolicy:
    """An instrument's rules as data."""

    hours: OpeningHours
    slot: timedelta
    """Bookings start on a grid of slots from the day's opening and last whole slots."""
    longest: timedelta
    turnaround: timedelta = timedelta(0)
    horizon: timedelta = timedelta(days=90)
    is_bookable: bool = True

    @property
    def shortest(self) -> timedelta:
        return self.slot

    def next_start(self, at: datetime) -> datetime | None:
        """The first grid start at or after a time; None when no day is open."""
        for _ in range(9):
            hours = self.hours.next_opening(at)
            if hours is None:
                return None
            slots = max(0, -((hours.starts_at - at) // self.slot)) if at > hours.starts_at else 0
            start = hours.starts_at + slots * self.slot
            if start < hours.ends_at:
                return start
            at = hours.ends_at
        return None


class Severity(StrEnum):
    HARD = "hard"
    """Nobody may override it."""
    SOFT = "soft"
    """The instrument's owner may let it pass."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a period breaks. `repair` is JSON: the values that would satisfy this rule."""

    code: str
    severity: Severity
    repair: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return {"code": self.code, "severity": str(self.severity), "repair": dict(self.repair)}


class Rule(Protocol):
    """One rule. `check` returns None when the period keeps it, else the repair."""

    code: str
    severity: Severity

    def check(
        self, period: Period, policy: BookingPolicy, now: datetime
    ) -> Mapping[str, Any] | None: ...


class InstrumentClosed:
    code = "instrument_closed"
    severity = Severity.HARD

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        return None if policy.is_bookable else {}


class EndsBeforeStart:
    code = "ends_before_start"
    severity = Severity.HARD

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        if period.starts_at < period.ends_at:
            return None
        return Period(period.starts_at, period.starts_at + policy.shortest).as_data()


class InPast:
    code = "in_past"
    severity = Severity.HARD

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        return None if period.starts_at >= now else _moved(period, policy.next_start(now))


class NotOnGrid:
    code = "not_on_grid"
    severity = Severity.HARD

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        hours = policy.hours.around(period.starts_at)
        if period.ends_at <= period.starts_at:
            return None
        # A closed day has no grid: its opening hours are broken, here only the length counts.
        late = (period.starts_at - hours.starts_at) % policy.slot if hours else timedelta(0)
        over = period.length % policy.slot
        if not late and not over:
            return None
        start = period.starts_at - late
        if hours is not None and start < hours.starts_at:
            # Back would be the day before, which has a grid of its own.
            start = hours.starts_at
        length = period.length - over + (policy.slot if over else timedelta(0))
        return Period(start, start + length).as_data()


class TooShort:
    code = "too_short"
    severity = Severity.SOFT

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        if period.ends_at <= period.starts_at or period.length >= policy.shortest:
            return None
        return Period(period.starts_at, period.starts_at + policy.shortest).as_data()


class TooLong:
    code = "too_long"
    severity = Severity.SOFT

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        if period.length <= policy.longest:
            return None
        return Period(period.starts_at, period.starts_at + policy.longest).as_data()


class OutsideOpeningHours:
    code = "outside_opening_hours"
    severity = Severity.SOFT

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        if period.ends_at <= period.starts_at or policy.hours.is_open_throughout(period):
            return None
        hours = policy.hours.next_opening(period.starts_at)
        if hours is None:
            return {}
        # As much of the wished time as the open hours hold, moved as little as they demand.
        length = min(period.length, hours.length)
        start = max(hours.starts_at, min(period.starts_at, hours.ends_at - length))
        return Period(start, start + length).as_data()


class TooFarAhead:
    code = "too_far_ahead"
    severity = Severity.SOFT

    def check(self, period: Period, policy: BookingPolicy, now: datetime) -> dict[str, Any] | None:
        latest = now + policy.horizon
        if period.starts_at <= latest:
            return None
        return {"latest_start_at": latest.astimezone(PARK_ZONE).isoformat()}


RULES: tuple[Rule, ...] = (
    InstrumentClosed(),
    EndsBeforeStart(),
    InPast(),
    NotOnGrid(),
    TooShort(),
    TooLong(),
    OutsideOpeningHours(),
    TooFarAhead(),
)


def broken_rules(period: Period, policy: BookingPolicy, now: datetime) -> tuple[Broken, ...]:
    """Every rule the period breaks, in the order of `RULES`."""
    found = []
    for rule in RULES:
        repair = rule.check(period, policy, now)
        if repair is not None:
            found.append(Broken(rule.code, rule.severity, repair))
    return tuple(found)


def price_of(period: Period, price_per_hour: Decimal | None) -> Decimal | None:
    """In yuan, to the fen; unknown stays unknown."""
    if price_per_hour is None:
        return None
    hours = Decimal(period.length // timedelta(seconds=1)) / 3600
    return (price_per_hour * hours).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _moved(period: Period, start: datetime | None) -> dict[str, Any]:
    if start is None:
        return {}
    return Period(start, start + max(period.length, timedelta(0))).as_data()
