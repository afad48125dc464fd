"""What became of listings, for the comparison of editions.

Why a listing was closed is known here. What came of it (intent, contract, paid, accepted) is known
on a higher floor, which registers a counter.
"""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from django.utils import timezone

from market.editions.comparison import Outcome
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS
from market.listings.states import Status

Counter = Callable[[ListingKind, Collection[UUID]], Mapping[UUID, Mapping[str, int]]]
"""(kind, listing ids) → {listing id: {"intent" | "contract" | "paid" | "accepted": how many}}."""

_counters: list[Counter] = []


def register_counter(counter: Counter) -> None:
    """Twice is once."""
    if counter not in _counters:
        _counters.append(counter)


def outcomes_of(kind: ListingKind, listing_ids: Collection[UUID]) -> dict[UUID, Outcome]:
    """Of those that still exist. Nothing here is hidden: state and reason of what was published."""
    today = timezone.localdate()
    counts: dict[UUID, dict[str, int]] = {}
    for counter in _counters:
        for listing_id, found in counter(kind, listing_ids).items():
            counts.setdefault(listing_id, {}).update(found)
    rows = LISTING_MODELS[kind].objects.filter(pk__in=listing_ids)
    found = {}
    for row in rows:
        if row.status == Status.CLOSED:
            code, reason = "closed", row.closing_reason
        elif row.status != Status.PUBLISHED:
            code, reason = "in_review", ""
        else:
            code, reason = ("expired" if row.is_expired(today) else "ongoing"), ""
        found[row.pk] = Outcome(code, reason, counts.get(row.pk, {}))
    return found
