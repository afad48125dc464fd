"""Entries as the API shows them: cards for lists, the whole with what this reader may see."""

from typing import Any
from uuid import UUID

from market.listings.kinds import ListingKind


def detail(actor: Any, kind: ListingKind, listing_id: UUID) -> dict[str, Any]:
    from market.listings import queries

    return queries.get_listing(kind=kind, actor=actor, listing_id=listing_id)
