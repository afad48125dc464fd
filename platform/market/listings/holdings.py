"""What of the market belongs to organisations, for a merge of two."""

from collections.abc import Callable, Sequence
from typing import Any

from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS
from park.core import outbox
from park.organisations import holdings
from park.organisations.holdings import Holding

PLURALS = {ListingKind.NEED: "needs", ListingKind.CAPABILITY: "capabilities"}


def register() -> None:
    for kind, model in LISTING_MODELS.items():
        name = PLURALS[kind]
        holdings.register(Holding(name, model, "organisation", _tell_matching(kind)))
        holdings.register(Holding(f"collected_{name}", model, "station"))


def _tell_matching(kind: ListingKind) -> Callable[[Sequence[Any]], None]:
    """Whose an entry is decides what of it a viewer's search may find."""

    def tell(ids: Sequence[Any]) -> None:
        for listing_id in ids:
            outbox.publish("item.changed", kind=kind.value, object_id=str(listing_id))

    return tell
