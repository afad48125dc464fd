"""Entries as the API shows them. What a reader may see is decided in `market.listings.queries`."""

from typing import Any
from uuid import UUID

from market.listings import queries
from market.listings.kinds import ListingKind
from market.listings.models import Revision
from market.listings.queries import ListingView, QueueEntry
from park.accounts.actors import Actor
from park.core.pages import Page


def detail(actor: Actor, kind: ListingKind, listing_id: UUID) -> dict[str, Any]:
    return present(queries.get_listing(actor=actor, kind=kind, listing_id=listing_id))


def present(view: ListingView) -> dict[str, Any]:
    """The fields of `api.schemas.listings.Listing`."""
    listing = view.listing
    return {
        "id": listing.pk,
        "listing_kind": listing.listing_kind,
        "organisation": listing.organisation,
        "station": listing.station if view.sees_all else None,
        "status": listing.status,
        "is_expired": view.is_expired,
        "version": listing.version,
        "is_incomplete": bool(view.missing),
        "missing": view.missing,
        "content": view.content,
        "hidden_fields": view.hidden_fields,
        "field_levels": view.field_levels,
        "return_edits": view.return_edits,
        "pending_revision": view.pending,
        "closing_note": view.closing_note,
        "submitted_at": listing.submitted_at,
        "published_at": listing.published_at,
        "closed_at": listing.closed_at,
        "closing_reason": listing.closing_reason,
        "updated_at": listing.updated_at,
        "is_example": listing.is_example,
        "source_note": view.source_note,
        "allowed_actions": view.allowed_actions,
    }


def present_revisions(page: Page[Revision]) -> dict[str, Any]:
    items = [
        {
            "number": revision.number,
            "status": revision.status,
            "changes": revision.changes,
            "author_name": name_of(revision.author),
            "created_at": revision.created_at,
            "reviewed_at": revision.reviewed_at,
            "review_note": revision.review_note,
        }
        for revision in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def present_queue(page: Page[QueueEntry]) -> dict[str, Any]:
    items = [
        {
            "listing_kind": entry.listing_kind,
            "id": entry.id,
            "title": entry.title,
            "organisation": {
                "id": entry.organisation_id,
                "name": entry.organisation_name,
                "short_name": entry.organisation_short_name,
            },
            "reason": entry.reason,
            "waiting_since": entry.waiting_since,
            "revision_number": entry.revision_number,
        }
        for entry in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def name_of(user: Any) -> str:
    """How a user is called before others; blank for the system and for deleted accounts."""
    return "" if user is None else user.display_name or user.username
