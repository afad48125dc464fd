"""Instruments, their calendar and bookings."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.schemas.base import (
    Amount,
    Code,
    Day,
    Input,
    Moment,
    NamedRef,
    OrganisationRef,
    Output,
    Version,
    choice,
)
from equipment.models import ServiceMode
from market.listings.kinds import Comparator

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")


def _on_the_clock(value: Any) -> Any:
    if not isinstance(value, time) and not (isinstance(value, str) and CLOCK.fullmatch(value)):
        raise PydanticCustomError("wrong_type", "not hours and minutes")
    return value


Clock = Annotated[
    time,
    BeforeValidator(_on_the_clock),
    # Not the format `time`: that one has an offset, and this is the park's own clock.
    WithJsonSchema({"type": "string", "pattern": f"^{CLOCK.pattern}$"}),
]
"""`09:00` or `09:00:00`."""


class MeasuredCapabilityIn(Input):
    name: Annotated[str, Field(max_length=80)]
    comparator: choice(Comparator.values, is_blank_allowed=False) = Comparator.TEXT  # type: ignore[valid-type]
    value: float | None = None
    value_max: float | None = None
    unit: Annotated[str, Field(max_length=40)] = ""
    text: Annotated[str, Field(max_length=500)] = ""


class InstrumentContentIn(Input):
    name: Annotated[str, Field(max_length=120)] = ""
    model: Annotated[str, Field(max_length=120)] = ""
    description: Annotated[str, Field(max_length=8000)] = ""
    place: Annotated[str, Field(max_length=120)] = ""
    region: Code = ""
    chains: Annotated[list[Code], Field(max_length=20)] = []
    service_mode: choice(ServiceMode.values) = ""  # type: ignore[valid-type]
    price_per_hour: Annotated[Amount, Field(max_digits=10)] | None = None
    slot_minutes: Annotated[int, Field(ge=5, le=480)] = 30
    turnaround_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    max_minutes: Annotated[int, Field(ge=5, le=10080)] = 480
    horizon_days: Annotated[int, Field(ge=1, le=365)] = 90
    """How far ahead one may book."""
    open_from: Clock = time(9)
    open_until: Clock = time(17)
    """00:00 is midnight at the end of the day."""
    open_weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7)] = []
    contact_name: Annotated[str, Field(max_length=60)] = ""
    contact_phone: Annotated[str, Field(max_length=40)] = ""
    measured_capabilities: Annotated[list[MeasuredCapabilityIn], Field(max_length=100)] = []


class NewInstrument(Input):
    organisation_id: UUID
    content: InstrumentContentIn


class InstrumentEdit(Input):
    version: Version
    content: InstrumentContentIn


class MeasuredCapabilityOut(Output):
    name: str
    comparator: str
    value: float | None
    value_max: float | None
    unit: str
    text: str


class InstrumentContent(Output):
    name: str
    model: str
    description: str
    place: str
    region: str
    chains: list[str]
    service_mode: str
    price_per_hour: float | None
    slot_minutes: int
    turnaround_minutes: int
    max_minutes: int
    horizon_days: int
    open_from: Clock
    open_until: Clock
    open_weekdays: list[int]
    """ISO weekdays, Monday is 1."""
    contact_name: str
    contact_phone: str | None
    """Null for visitors."""
    measured_capabilities: list[MeasuredCapabilityOut]


class Instrument(Output):
    id: UUID
    organisation: OrganisationRef
    status: str
    version: int
    content: InstrumentContent
    published_at: datetime | None
    is_example: bool
    source_note: str
    allowed_actions: list[str]


class InstrumentCard(Output):
    id: UUID
    name: str
    model: str
    summary: str
    place: str
    region: str
    chains: list[str]
    service_mode: str
    price_per_hour: float | None
    organisation: OrganisationRef
    status: str
    is_example: bool
    published_at: datetime | None


class CalendarDay(Output):
    date: date
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None


class OccupiedSpan(Output):
    starts_at: datetime
    ends_at: datetime
    kind: Literal["booking", "outage", "turnaround"]
    is_own: bool
    booking_id: UUID | None
    label: str | None


class FreeSpan(Output):
    starts_at: datetime
    ends_at: datetime


class InstrumentCalendar(Output):
    days: list[CalendarDay]
    occupied: list[OccupiedSpan]
    free: list[FreeSpan]
    slot_minutes: int


class NewBooking(Input):
    organisation_id: UUID
    starts_at: Moment
    ends_at: Moment
    purpose: Annotated[str, Field(max_length=300)] = ""


class CancellationRequest(Input):
    reason: Annotated[str, Field(max_length=300)] = ""


class Booking(Output):
    id: UUID
    instrument: NamedRef
    organisation: NamedRef
    starts_at: datetime
    ends_at: datetime
    status: str
    purpose: str | None
    price: float | None
    booked_by_name: str
    allowed_actions: list[str]


class InstrumentFilters(Input):
    q: Annotated[str, Field(max_length=200)] = ""
    chain: Code = ""
    region: Code = ""
    service_mode: choice(ServiceMode.values) = ""  # type: ignore[valid-type]
    mine: bool = False


class BookingFilters(Input):
    instrument_id: UUID | None = None


class CalendarQuery(Input):
    from_: Annotated[Day | None, Field(alias="from")] = None
    days: Annotated[int, Field(ge=1, le=31)] = 7
