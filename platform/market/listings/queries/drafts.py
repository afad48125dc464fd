"""What an author is told while writing, before anybody else sees the entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Capability, Indicator, Need
from market.listings.queries.lists import ListingCard, cards_by_id
from market.listings.sources import PASSAGE_FIELDS, item_of_draft
from market.listings.states import Status
from matching.drafts import queries as drafts
from matching.drafts.queries import WhatIfAnswer
from matching.drafts.rules import Closeness
from matching.queries import Mode
from matching.sources import SourceItem
from park.accounts.actors import Actor
from park.core.models import new_id
from park.organisations.queries import memberships_of

UNPUBLISHED = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.HELD)
MOST_UNPUBLISHED = 50
"""Of the author's own unpublished entries, the newest are looked at."""


@dataclass(frozen=True, slots=True)
class SimilarListing:
    card: ListingCard
    is_own: bool
    closeness: Closeness


@dataclass(frozen=True, slots=True)
class SimilarListings:
    mode: Mode
    """`words` when no worker answered in time."""
    items: list[SimilarListing]


def find_similar(
    *,
    actor: Actor,
    kind: ListingKind,
    content: Mapping[str, Any],
    listing_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> SimilarListings:
    """Entries of the kind that are nearly what is being written: published ones by what is public
    of them, and unpublished ones of the actor's own organisations. The entry itself, when it has
    an id already, is not among them."""
    own = memberships_of(actor).values_list("organisation_id", flat=True)
    rows = LISTING_MODELS[kind].objects.filter(
        Q(organisation_id__in=own) | Q(station_id__in=own), status__in=UNPUBLISHED
    )
    unpublished = [
        item_of_draft(row, list(row.indicators.all()))
        for row in rows.exclude(pk=listing_id)
        .prefetch_related("indicators")
        .order_by("-updated_at", "-pk")[:MOST_UNPUBLISHED]
    ]
    found = drafts.find_similar(
        as_draft(kind, content, listing_id, organisation_id), unpublished=unpublished
    )
    cards = cards_by_id(
        actor=actor, kind=kind, listing_ids=[entry.object_id for entry in found.items]
    )
    own_ids = set(own)
    items = [
        SimilarListing(card, card.organisation.pk in own_ids, entry.closeness)
        for entry in found.items
        # What was closed a moment ago may still be indexed.
        if (card := cards.get(entry.object_id)) is not None and card.status != Status.CLOSED
    ]
    return SimilarListings(found.mode, items)


def ask_what_if(*, content: Mapping[str, Any], organisation_id: UUID | None = None) -> WhatIfAnswer:
    """How many capabilities would meet each number of a need's draft at other values. Those of the
    organisation itself are not counted; hidden indicators may be asked about, since only their
    author sees the answer."""
    draft = as_draft(ListingKind.NEED, content, organisation_id=organisation_id)
    return drafts.ask_what_if(draft, kind=ListingKind.CAPABILITY.value)


def as_draft(
    kind: ListingKind,
    content: Mapping[str, Any],
    listing_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> SourceItem:
    """A content that nobody has saved yet, as matching would see it published."""
    listing: Need | Capability = LISTING_MODELS[kind](
        id=listing_id or new_id(),
        organisation_id=organisation_id,
        updated_at=datetime.fromtimestamp(0, UTC),
        field_levels=content.get("field_levels") or {},
        **{name: content[name] for name in PASSAGE_FIELDS[kind] if content.get(name)},
    )
    lines = [
        Indicator(position=at, **line) for at, line in enumerate(content.get("indicators", []))
    ]
    return item_of_draft(listing, lines)
