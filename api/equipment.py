"""Instruments, calendars and bookings as the API shows them."""

from typing import Any
from uuid import UUID

from api.listings import name_of
from equipment import policies, queries
from equipment.models import Booking, Instrument
from park.accounts.actors import Actor
from park.core.pages import Page
from park.core.texts import as_line
from park.organisations.queries import Standing, standing_of

SUMMARY_LENGTH = 120


def detail(actor: Actor, instrument_id: UUID) -> dict[str, Any]:
    instrument = queries.get_instrument(actor=actor, instrument_id=instrument_id)
    content = queries.content_of(instrument)
    if not policies.can_see_contact(actor):
        content["contact_phone"] = None
    return {
        "id": instrument.pk,
        "organisation": instrument.organisation,
        "status": instrument.status,
        "version": instrument.version,
        "content": content,
        "published_at": instrument.published_at,
        "is_example": instrument.is_example,
        "source_note": instrument.source_note,
        "allowed_actions": queries.allowed_actions(actor, instrument),
    }


def present_cards(page: Page[Instrument]) -> dict[str, Any]:
    return {"items": [card_of(row) for row in page.items], "next_cursor": page.next_cursor}


def card_of(instrument: Instrument) -> dict[str, Any]:
    return {
        "id": instrument.pk,
        "name": instrument.name,
        "model": instrument.model,
        "summary": as_line(instrument.description)[:SUMMARY_LENGTH],
        "place": instrument.place,
        "region": instrument.region,
        "chains": instrument.chains,
        "service_mode": instrument.service_mode,
        "price_per_hour": instrument.price_per_hour,
        "organisation": instrument.organisation,
        "status": instrument.status,
        "is_example": instrument.is_example,
        "published_at": instrument.published_at,
    }


def present_calendar(calendar: queries.Calendar) -> dict[str, Any]:
    return {
        "days": [
            {
                "date": day.date,
                "is_open": day.hours is not None,
                "opens_at": day.hours and day.hours.starts_at,
                "closes_at": day.hours and day.hours.ends_at,
            }
            for day in calendar.days
        ],
        "occupied": calendar.occupied,
        "free": calendar.free,
        "slot_minutes": calendar.slot_minutes,
    }


def booking_detail(actor: Actor, booking_id: UUID) -> dict[str, Any]:
    booking = queries.get_booking(actor=actor, booking_id=booking_id)
    return present_booking(actor, booking, standing_of(actor))


def present_bookings(actor: Actor, page: Page[Booking]) -> dict[str, Any]:
    standing = standing_of(actor)
    items = [present_booking(actor, row, standing) for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def present_booking(actor: Actor, booking: Booking, standing: Standing) -> dict[str, Any]:
    """Only its two sides and staff ever get here, and they may know all of it."""
    return {
        "id": booking.pk,
        "instrument": booking.instrument,
        "organisation": booking.organisation,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "status": booking.status,
        "purpose": booking.purpose,
        "price": booking.price,
        "booked_by_name": name_of(booking.booked_by),
        "allowed_actions": queries.allowed_booking_actions(actor, booking, standing),
    }
