"""Every write of the noun: instruments (`instruments`), bookings and outages (`bookings`)."""

from equipment.services.bookings import add_outage, book_instrument, cancel_booking, remove_outage
from equipment.services.instruments import (
    close_instrument,
    create_instrument,
    edit_instrument,
    publish_instrument,
)

__all__ = [
    "add_outage",
    "book_instrument",
    "cancel_booking",
    "close_instrument",
    "create_instrument",
    "edit_instrument",
    "publish_instrument",
    "remove_outage",
]
