"""Instruments and their bookings."""

from collections.abc import Callable
from typing import Any

from tests.api.role_rows.base import (
    ABSENT,
    EQUIPMENT_OFFICERS,
    FORBIDDEN,
    SIGN_IN,
    Row,
    constant,
    everybody,
    in_name_of_firm,
)
from tests.api.world import World, instrument_content


def instrument(status: str, name: str = "instrument_id") -> Callable[[World], dict[str, Any]]:
    return lambda world: {name: world.instrument(status).pk}


def booking(world: World) -> dict[str, Any]:
    return {"booking_id": world.booking().pk}


EDIT_NAME = constant({"version": 1, "content": {"name": "新名称"}})

ROWS: dict[str, Row] = {
    "list_instruments": everybody(),
    "create_instrument": Row(
        SIGN_IN,
        FORBIDDEN,
        "201",
        "201",
        body=in_name_of_firm(instrument_content),
        only_for=EQUIPMENT_OFFICERS,
    ),
    "get_instrument": Row(
        ABSENT,
        ABSENT,
        "200",
        "200",
        path=instrument("draft"),
        only_for=EQUIPMENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "edit_instrument": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=instrument("draft"),
        body=EDIT_NAME,
        only_for=EQUIPMENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "publish_instrument": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=instrument("draft"),
        only_for=EQUIPMENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "close_instrument": Row(
        SIGN_IN, FORBIDDEN, "200", "200", path=instrument("published"), only_for=EQUIPMENT_OFFICERS
    ),
    "get_instrument_calendar": Row(
        ABSENT,
        ABSENT,
        "200",
        "200",
        path=instrument("draft"),
        only_for=EQUIPMENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "list_instrument_suggestions": Row(
        ABSENT,
        ABSENT,
        "200",
        "200",
        path=instrument("draft", "entry_id"),
        only_for=EQUIPMENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "book_instrument": Row(
        SIGN_IN,
        FORBIDDEN,  # in the name of the member's firm
        "201",
        "201",
        path=instrument("published"),
        body=lambda world: {"organisation_id": str(world.firm.pk), **world.slot_as_json()},
        only_for=EQUIPMENT_OFFICERS,
    ),
    "list_bookings": Row(SIGN_IN, "200", "200", "200"),
    "get_booking": Row(
        SIGN_IN, ABSENT, "200", "200", path=booking, only_for=EQUIPMENT_OFFICERS, other_staff=ABSENT
    ),
    "cancel_booking": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=booking,
        body=constant({"reason": "x"}),
        only_for=EQUIPMENT_OFFICERS,
        other_staff=ABSENT,
    ),
}
