"""Makes, edits and discards entries. An edit of a published one becomes a revision."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from market.listings import policies, rules
from market.listings.content import Content, empty_content
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Revision, RevisionStatus
from market.listings.services import steps
from market.listings.services.steps import AnyListing
from market.listings.states import Action, Status
from market.listings.storage import read_content, write_content
from park.accounts.actors import Actor
from park.core import audit
from park.core.errors import NotAllowed
from park.files.services import discard_files
from park.organisations.queries import get_organisation


@transaction.atomic
def create_listing(
    *,
    actor: Actor,
    kind: ListingKind,
    organisation_id: UUID,
    content: Mapping[str, Any],
    station_id: UUID | None = None,
    is_example: bool = False,
    source_note: str = "",
) -> AnyListing:
    """A draft, however incomplete. Raises not_found, not_allowed, invalid_input.

    With `station_id` a liaison station or platform collects it in the name of a verified firm.
    `source_note` says where an entry that nobody typed here comes from; `is_example` marks
    demonstration data. Neither is for the public API to set.
    """
    organisation = get_organisation(actor, organisation_id)
    station = None if station_id is None else get_organisation(actor, station_id)
    if not policies.can_create(actor, organisation, station):
        raise NotAllowed("create")
    blank = empty_content(kind)
    cleaned = steps.clean(kind, content, blank)
    listing = LISTING_MODELS[kind](
        organisation=organisation,
        station=station,
        is_example=is_example,
        source_note=source_note,
    )
    changed = rules.changed_fields(kind, blank, cleaned)
    write_content(listing, cleaned, changed)
    steps.record(listing, actor, "created", audit.differences(blank, cleaned))
    return listing


@transaction.atomic
def edit_listing(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, version: int, content: Mapping[str, Any]
) -> AnyListing:
    """Change the given fields, starting from `version`.

    Before publication the change is made in place. In a published entry corrections take effect
    and are shown to staff; a change of what staff judged waits beside it as a pending revision.
    Raises not_found, not_allowed, wrong_state, edit_conflict, invalid_input, incomplete.
    """
    listing = steps.lock(actor, kind, listing_id)
    steps.check_allowed(actor, Action.EDIT, listing)
    steps.check_state(listing, Action.EDIT)
    base = steps.editable_content(listing)
    steps.check_version(listing, version, base)
    cleaned = steps.clean(kind, content, base)
    changed = rules.changed_fields(kind, base, cleaned)
    if not changed:
        return listing
    listing.version += 1
    if listing.status == Status.PUBLISHED:
        steps.check_complete(listing, cleaned)
        _revise(listing, actor, base, cleaned, changed)
    else:
        write_content(listing, cleaned, changed)
        steps.record(listing, actor, "edited", audit.differences(base, cleaned))
    return listing


def _revise(
    listing: AnyListing, actor: Actor, base: Content, new: Content, changed: list[str]
) -> None:
    """`base` is what the editor started from: the pending revision, else what is published."""
    pending = steps.pending_revision(listing)
    if not rules.needs_review(listing.listing_kind, changed):
        _correct(listing, actor, pending, new, changed)
        return
    published = read_content(listing)
    if pending is not None:
        pending.status = RevisionStatus.SUPERSEDED
        pending.save()
    listing.save()
    changes = audit.differences(published, new)
    if not changes:
        # The editor took back what was waiting: there is nothing left to review.
        steps.record(listing, actor, "revision_withdrawn", audit.differences(base, new))
        return
    steps.add_revision(
        listing, actor=actor, status=RevisionStatus.PENDING, content=new, changes=changes
    )
    steps.record(listing, actor, "revision_proposed", audit.differences(base, new))


def _correct(
    listing: AnyListing, actor: Actor, pending: Revision | None, new: Content, changed: list[str]
) -> None:
    """Only corrections: they take effect at once, and in the revision that waits as well."""
    published = read_content(listing)
    corrected = published | {name: new[name] for name in changed}
    changes = audit.differences(published, corrected)
    write_content(listing, corrected, changed)
    if pending is not None:
        pending.content = new
        pending.changes = audit.differences(corrected, new)
        pending.save()
    steps.add_revision(
        listing,
        actor=actor,
        status=RevisionStatus.EFFECTIVE,
        content=corrected,
        changes=changes,
        reviewed_at=None,
        is_seen=False,
    )
    steps.record(listing, actor, "corrected", changes)
    steps.tell_matching(listing)


@transaction.atomic
def discard_listing(*, actor: Actor, kind: ListingKind, listing_id: UUID) -> None:
    """Delete a draft for good; what was handed in once is closed instead, with a reason.

    Raises not_found, not_allowed, wrong_state.
    """
    listing = steps.lock(actor, kind, listing_id)
    steps.check_allowed(actor, Action.DISCARD, listing)
    steps.check_state(listing, Action.DISCARD)
    content = read_content(listing)
    steps.record(listing, actor, "discarded", audit.differences(content, empty_content(kind)))
    discard_files(object_kind=kind, object_id=listing.pk)
    listing.delete()
