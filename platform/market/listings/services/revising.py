"""Staff's decisions on changes of published entries: approve, reject, tick off a correction."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from market.listings import rules
from market.listings.kinds import ListingKind
from market.listings.models import Revision, RevisionStatus
from market.listings.services import steps
from market.listings.services.steps import AnyListing
from market.listings.states import Status
from market.listings.storage import read_content, write_content
from park.accounts.actors import Actor, user_or_none
from park.core import audit
from park.core.errors import NotFound


def _begin(
    actor: Actor, kind: ListingKind, listing_id: UUID, number: int, action: str
) -> tuple[AnyListing, Revision]:
    """The locked entry and one revision of it."""
    listing = steps.lock(actor, kind, listing_id)
    steps.check_review(actor, action)
    revision = listing.revisions.filter(number=number).first()
    if revision is None:
        raise NotFound("revision")
    return listing, revision


def _check_pending(listing: AnyListing, revision: Revision, action: str) -> None:
    if listing.status != Status.PUBLISHED:
        raise steps.wrong_state(listing.status, action)
    if revision.status != RevisionStatus.PENDING:
        raise steps.wrong_state(revision.status, action)


def _decide(
    listing: AnyListing, revision: Revision, actor: Actor, status: RevisionStatus, note: str
) -> None:
    revision.status = status
    revision.reviewer = user_or_none(actor)
    revision.reviewed_at = timezone.now()
    revision.review_note = note
    revision.save()
    # What an editor starts from is different now.
    listing.version += 1


@transaction.atomic
def approve_revision(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, number: int, note: str = ""
) -> AnyListing:
    """Let a pending revision take effect. Raises not_found, not_allowed, wrong_state."""
    listing, revision = _begin(actor, kind, listing_id, number, "approve_revision")
    _check_pending(listing, revision, "approve_revision")
    note = steps.clean_note(note)
    published = read_content(listing)
    _decide(listing, revision, actor, RevisionStatus.EFFECTIVE, note)
    write_content(
        listing, revision.content, rules.changed_fields(kind, published, revision.content)
    )
    changes = audit.differences(published, revision.content)
    steps.record(listing, actor, "revision_approved", changes, note)
    steps.tell_matching(listing)
    return listing


@transaction.atomic
def reject_revision(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, number: int, note: str
) -> AnyListing:
    """Turn a pending revision down, saying why; what is published stays.

    Raises not_found, not_allowed, wrong_state, invalid_input.
    """
    listing, revision = _begin(actor, kind, listing_id, number, "reject_revision")
    _check_pending(listing, revision, "reject_revision")
    note = steps.clean_note(note, is_required=True)
    _decide(listing, revision, actor, RevisionStatus.REJECTED, note)
    listing.save()
    steps.record(listing, actor, "revision_rejected", note=note)
    return listing


@transaction.atomic
def acknowledge_revision(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, number: int
) -> AnyListing:
    """Tick off a correction that took effect by itself. Twice is once.

    Raises not_found, not_allowed, wrong_state (it is no correction).
    """
    listing, revision = _begin(actor, kind, listing_id, number, "acknowledge_revision")
    if revision.status != RevisionStatus.EFFECTIVE:
        raise steps.wrong_state(revision.status, "acknowledge_revision")
    if not revision.is_seen:
        revision.is_seen = True
        revision.reviewer = user_or_none(actor)
        revision.reviewed_at = timezone.now()
        revision.save()
        steps.record(listing, actor, "revision_acknowledged")
    return listing
