"""What of the equipment belongs to organisations, for a merge of two."""

from collections.abc import Sequence
from typing import Any

from equipment.models import Booking, Instrument
from park.core import outbox
from park.organisations import holdings
from park.organisations.holdings import Holding


def register() -> None:
    holdings.register(Holding("instruments", Instrument, "organisation", _tell_matching))
    holdings.register(Holding("bookings", Booking, "organisation"))


def _tell_matching(ids: Sequence[Any]) -> None:
    """Whose an instrument is decides what of it a viewer's search may find."""
    for instrument_id in ids:
        outbox.publish("item.changed", kind="instrument", object_id=str(instrument_id))
