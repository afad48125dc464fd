"""Moves entries through their states: submit, return with edits, hold, publish, close."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from market.listings import rules
from market.listings.content import FIELDS
from market.listings.kinds import ListingKind
from market.listings.models import RevisionStatus
from market.listings.services import steps
from market.listings.services.steps import AnyListing
from market.listings.states import Action, Status
from market.listings.storage import read_content
from park.accounts.actors import Actor, user_or_none
from park.core import text_rules
from park.core.text_rules import Problems
from park.organisations.policies import require_verified

MAX_RETURN_EDITS = 50
ADVICE_LIMIT = 500


def _begin(
    actor: Actor, kind: ListingKind, listing_id: UUID, action: Action, version: int | None
) -> tuple[AnyListing, Status]:
    """The locked entry and where the action leads. `version` is what the actor was reading."""
    listing = steps.lock(actor, kind, listing_id)
    steps.check_allowed(actor, action, listing)
    target = steps.check_state(listing, action)
    if version is not None and version != listing.version:
        steps.check_version(listing, version, steps.editable_content(listing))
    return listing, target


def _move(
    listing: AnyListing, actor: Actor, target: Status, action: str, note: str = ""
) -> AnyListing:
    old = listing.status
    listing.status = target
    listing.save()
    changes = {"status": {"old": str(old), "new": str(target)}}
    steps.record(listing, actor, action, changes, note)
    return listing


@transaction.atomic
def submit_listing(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, version: int | None = None
) -> AnyListing:
    """Hand it in for review.

    Raises not_found, not_allowed, wrong_state, edit_conflict, organisation_unverified, incomplete,
    invalid_input (a last day that has passed since it was typed).
    """
    listing, target = _begin(actor, kind, listing_id, Action.SUBMIT, version)
    for organisation in (listing.organisation, listing.station):
        if organisation is not None:
            require_verified(organisation)
    content = read_content(listing)
    steps.check_complete(listing, content)
    if not listing.is_imported:
        problems = Problems()
        rules.check_last_day(kind, content, problems, timezone.localdate())
        problems.raise_if_any()
    listing.submitted_at = timezone.now()
    listing.return_edits = []
    return _move(listing, actor, target, "submitted")


@transaction.atomic
def return_listing(
    *,
    actor: Actor,
    kind: ListingKind,
    listing_id: UUID,
    edits: Sequence[Mapping[str, Any]],
    note: str = "",
    version: int | None = None,
) -> AnyListing:
    """Send it back with what should be changed: at least one {field, advice}, or a note.

    Raises not_found, not_allowed, wrong_state, edit_conflict, invalid_input.
    """
    listing, target = _begin(actor, kind, listing_id, Action.RETURN, version)
    note = steps.clean_note(note)
    listing.return_edits = _clean_edits(kind, edits, is_required=not note)
    return _move(listing, actor, target, "returned", note)


def _clean_edits(
    kind: ListingKind, edits: Sequence[Mapping[str, Any]], *, is_required: bool
) -> list[dict[str, str]]:
    problems = Problems()
    clean = []
    for position, edit in enumerate(
        text_rules.listed(edits, "edits", problems, limit=MAX_RETURN_EDITS)
    ):
        path = f"edits.{position}"
        clean.append(
            {
                "field": text_rules.choice(
                    edit.get("field"),
                    f"{path}.field",
                    problems,
                    choices=FIELDS[kind].keys(),
                    is_required=True,
                ),
                "advice": text_rules.text(
                    edit.get("advice"),
                    f"{path}.advice",
                    problems,
                    limit=ADVICE_LIMIT,
                    is_required=True,
                ),
            }
        )
    if is_required and not edits:
        problems.add("edits", "required")
    problems.raise_if_any()
    return clean


@transaction.atomic
def hold_listing(
    *,
    actor: Actor,
    kind: ListingKind,
    listing_id: UUID,
    note: str = "",
    version: int | None = None,
) -> AnyListing:
    """Put it aside: worth keeping, not ready. Raises as `return_listing` does."""
    listing, target = _begin(actor, kind, listing_id, Action.HOLD, version)
    return _move(listing, actor, target, "held", steps.clean_note(note))


@transaction.atomic
def publish_listing(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, version: int | None = None
) -> AnyListing:
    """Show it to everybody and let matching find it. Raises as `return_listing` does.

    A held entry may be edited while staff read it: `version` says what they read.
    """
    listing, target = _begin(actor, kind, listing_id, Action.PUBLISH, version)
    content = read_content(listing)
    now = timezone.now()
    steps.check_complete(listing, content)
    listing.published_at = now
    listing.return_edits = []
    _move(listing, actor, target, "published")
    steps.add_revision(
        listing,
        actor=None,
        status=RevisionStatus.EFFECTIVE,
        content=content,
        reviewer=user_or_none(actor),
        reviewed_at=now,
    )
    steps.tell_matching(listing)
    return listing


@transaction.atomic
def close_listing(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, reason: str, note: str = ""
) -> AnyListing:
    """End it, with a reason; a revision that waits goes with it.

    Raises not_found, not_allowed, wrong_state, invalid_input.
    """
    listing, target = _begin(actor, kind, listing_id, Action.CLOSE, None)
    note = steps.clean_note(note)
    problems = Problems()
    rules.check_closing(reason, note, problems)
    problems.raise_if_any()
    was_published = listing.status == Status.PUBLISHED
    listing.closed_at = timezone.now()
    listing.closing_reason = reason
    listing.closing_note = note
    _move(listing, actor, target, "closed", note)
    listing.revisions.filter(status=RevisionStatus.PENDING).update(status=RevisionStatus.SUPERSEDED)
    listing.revisions.filter(is_seen=False).update(is_seen=True)
    if was_published:
        steps.tell_matching(listing)
    return listing
