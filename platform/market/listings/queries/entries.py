"""One entry as a viewer may see it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from market.listings import policies, rules
from market.listings.content import Content
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Capability, Need, Revision, RevisionStatus
from market.listings.states import Action
from market.listings.storage import read_content
from market.listings.visibility import hidden_fields, without
from park.accounts.actors import Actor
from park.core.errors import NotFound
from park.organisations.queries import Standing, standing_of


@dataclass(frozen=True, slots=True)
class PendingView:
    """A change that waits for staff. An edit of the entry starts from its `content`."""

    number: int
    created_at: datetime
    changes: dict[str, dict[str, Any]]
    content: Content


@dataclass(frozen=True, slots=True)
class ListingView:
    """An entry with its hidden fields taken out. `sees_all` marks its owner, the station
    that collected it, and staff.

    Answers are built from this, never from `listing`'s own columns, except those that are public
    for everybody who can see the entry at all: organisation, status, version, times, is_example.
    """

    listing: Need | Capability
    content: Content
    hidden_fields: list[str]
    sees_all: bool
    is_expired: bool
    missing: list[str]
    pending: PendingView | None
    allowed_actions: list[Action]
    field_levels: dict[str, str] = field(default_factory=dict)
    return_edits: list[dict[str, str]] = field(default_factory=list)
    closing_note: str = ""
    source_note: str = ""


def get_listing(*, actor: Actor, kind: ListingKind, listing_id: UUID) -> ListingView:
    """Raises NotFound, also for what the actor may not see."""
    rows = LISTING_MODELS[kind].objects.visible_to(actor)
    listing = rows.select_related("organisation", "station").filter(pk=listing_id).first()
    if listing is None:
        raise NotFound(kind)
    return view_of(actor, listing)


def view_of(
    actor: Actor, listing: Need | Capability, standing: Standing | None = None
) -> ListingView:
    """What the actor may see of an entry that is visible to them, also one just written."""
    standing = standing or standing_of(actor)
    kind = listing.listing_kind
    sees_all = policies.sees_all(standing, listing)
    full = read_content(listing)
    hidden = [] if sees_all else hidden_fields(kind, listing.field_levels)
    missing = rules.missing_fields(kind, full)
    return ListingView(
        listing=listing,
        content=full if sees_all else without(full, hidden),
        hidden_fields=hidden,
        sees_all=sees_all,
        is_expired=listing.is_expired(timezone.localdate()),
        # Whether a hidden field is filled is nobody's business either.
        missing=[name for name in missing if name.split(".")[0] not in hidden],
        pending=_pending(listing) if sees_all else None,
        allowed_actions=policies.allowed_actions(actor, listing, standing),
        field_levels=dict(listing.field_levels) if sees_all else {},
        return_edits=list(listing.return_edits) if sees_all else [],
        closing_note=listing.closing_note if sees_all else "",
        source_note=listing.source_note,
    )


def _pending(listing: Any) -> PendingView | None:
    revision: Revision | None = listing.revisions.filter(status=RevisionStatus.PENDING).first()
    if revision is None:
        return None
    return PendingView(revision.number, revision.created_at, revision.changes, revision.content)
