"""Takes out the demonstration accounts and organisations with all that they own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from config.demo import logins
from config.demo.loading import KIND, MARK, REMOVED, take_lock
from equipment.models import Booking, Instrument, OccupiedPeriod
from market.editions.models import CollectionRound, Edition
from market.listings.models import Capability, Need
from park.accounts.models import User
from park.core import audit, outbox
from park.organisations.models import Organisation
from talent.models import TalentCard

OF_EXAMPLES = Q(is_example=True) | Q(organisation__is_example=True)


def remove(*, data_dir: Path) -> dict[str, int]:
    """Delete all of it, bookings on example instruments included; how many of what went.

    What demonstration staff did to real entries stays done; the audit trail stays as it is.
    """
    with transaction.atomic():
        take_lock()
        counts = {}
        for name, rows, matched_as in _in_order_of_removal():
            ids = list(rows.values_list("pk", flat=True))
            counts[name] = len(ids)
            if name == "instruments":
                _free_periods_of(ids)
            rows.delete()
            if matched_as:
                _tell_matching(matched_as, ids)
        audit.record(actor=None, action=REMOVED, kind=KIND, object_id=MARK, changes=counts)
    (data_dir / logins.FILE_NAME).unlink(missing_ok=True)
    return counts


def count() -> dict[str, int]:
    """What `remove` would delete."""
    return {name: rows.count() for name, rows, _ in _in_order_of_removal()}


def _in_order_of_removal() -> list[tuple[str, QuerySet[Any, Any], str]]:
    """(name, rows, kind of the matching source or ""), those that point at others first."""
    demonstrators = User.objects.filter(is_demonstration=True)
    return [
        (
            "bookings",
            Booking.objects.filter(
                Q(organisation__is_example=True)
                | Q(instrument__is_example=True)
                | Q(instrument__organisation__is_example=True)
                | Q(booked_by__is_demonstration=True)
            ),
            "",
        ),
        # What printed example entries is an example itself; files and choices go with them.
        ("editions", Edition.objects.filter(is_example=True), ""),
        ("rounds", CollectionRound.objects.filter(is_example=True), ""),
        ("needs", Need.objects.filter(OF_EXAMPLES), "need"),
        ("capabilities", Capability.objects.filter(OF_EXAMPLES), "capability"),
        ("instruments", Instrument.objects.filter(OF_EXAMPLES), "instrument"),
        (
            "people",
            TalentCard.objects.filter(OF_EXAMPLES | Q(holder__is_demonstration=True)),
            "person",
        ),
        ("organisations", Organisation.objects.filter(is_example=True), ""),
        ("users", demonstrators, ""),
    ]


def _free_periods_of(instrument_ids: Iterable[UUID]) -> None:
    """Outages know their instrument by its number only, so nothing cascades to them."""
    numbers = Instrument.objects.filter(pk__in=instrument_ids).values_list("number", flat=True)
    OccupiedPeriod.objects.filter(instrument_number__in=list(numbers)).delete()


def _tell_matching(kind: str, ids: Iterable[UUID]) -> None:
    for object_id in ids:
        outbox.publish("item.changed", kind=kind, object_id=str(object_id))
