"""Rounds and editions as the API shows them. Who sees what is decided in `market.editions`."""

from typing import Any
from uuid import UUID

from market.editions import queries
from market.editions.comparison import Compared
from market.editions.models import EditionEntry
from market.editions.queries import ComparisonView, EditionView, RoundEntryView, RoundView
from park.accounts.actors import Actor
from park.core.pages import Page

ROUND_COLUMNS = (
    "id", "list_kind", "status", "version", "title", "notice", "kinds", "chains", "key_areas",
    "opens_at", "deadline", "closed_at", "is_example",
)  # fmt: skip
EDITION_COLUMNS = (
    "id", "number", "heading", "list_kind", "status", "issued_at", "frozen_at", "title", "note",
    "version", "round", "withdrawn_at", "withdrawal_reason", "is_example",
)  # fmt: skip


def round_detail(actor: Actor, round_id: UUID) -> dict[str, Any]:
    return present_round(queries.get_round(actor=actor, round_id=round_id))


def present_round(view: RoundView) -> dict[str, Any]:
    return {
        **{name: getattr(view.round, name) for name in ROUND_COLUMNS},
        "is_collecting": view.is_collecting,
        "reminders": view.reminders,
        "counts": view.counts,
        "edition_id": view.edition_id,
        "allowed_actions": view.allowed_actions,
    }


def present_rounds(page: Page[RoundView]) -> dict[str, Any]:
    return {
        "items": [present_round(view) for view in page.items],
        "next_cursor": page.next_cursor,
    }


def present_round_entries(page: Page[RoundEntryView]) -> dict[str, Any]:
    items = [
        {
            "id": view.listing.pk,
            "title": view.listing.title,
            "organisation": view.listing.organisation,
            "status": view.listing.status,
            "submitted_at": view.listing.submitted_at,
            "how": view.how,
        }
        for view in page.items
    ]
    return {"items": items, "next_cursor": page.next_cursor}


def edition_detail(actor: Actor, edition_id: UUID) -> dict[str, Any]:
    return present_edition(queries.get_edition(actor=actor, edition_id=edition_id))


def present_edition(view: EditionView) -> dict[str, Any]:
    return {
        **{name: getattr(view.edition, name) for name in EDITION_COLUMNS},
        "is_readable": view.is_readable,
        "entry_count": view.entry_count,
        "left_out_count": view.left_out_count,
        "files": view.files,
        "outdated": view.outdated,
        "allowed_actions": view.allowed_actions,
    }


def present_editions(page: Page[EditionView]) -> dict[str, Any]:
    return {
        "items": [present_edition(view) for view in page.items],
        "next_cursor": page.next_cursor,
    }


def present_entries(page: Page[EditionEntry]) -> dict[str, Any]:
    return {"items": list(page.items), "next_cursor": page.next_cursor}


def present_comparison(view: ComparisonView) -> dict[str, Any]:
    return {
        "older": view.older,
        "newer": view.newer,
        "counts": view.counts,
        "items": [_compared(one) for one in view.items],
    }


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "verdict": one.verdict,
        "listing_id": one.listing_id,
        "title": one.entry.content["title"] or "",
        "organisation_name": one.entry.organisation_name,
        "chain": one.entry.content["chain"] or "",
        "old_position": one.old and one.old.position,
        "new_position": one.new and one.new.position,
        "fields": one.fields,
        "lines": one.lines,
        "outcome": one.outcome,
    }
