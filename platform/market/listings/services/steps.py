"""The steps that the services share: find and lock, check, save a content, tell the others."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from market.listings import policies, rules
from market.listings.content import Content
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Capability, Need, Revision, RevisionStatus
from market.listings.states import Action, Status, next_status
from market.listings.storage import read_content
from park.accounts.actors import Actor, user_or_none
from park.core import audit, outbox, text_rules
from park.core.errors import DomainError, NotAllowed, NotFound
from park.core.text_rules import Problems
from park.vocabularies.queries import known_codes

AnyListing = Need | Capability


def lock(actor: Actor, kind: ListingKind, listing_id: UUID) -> AnyListing:
    """The entry, locked until the transaction ends. Raises NotFound for what is not visible."""
    rows = LISTING_MODELS[kind].objects.visible_to(actor)
    found = rows.select_for_update(of=("self",)).filter(pk=listing_id).first()
    if found is None:
        raise NotFound(kind)
    return found


def check_allowed(actor: Actor, action: Action, listing: AnyListing) -> None:
    if not policies.can_do(actor, action, listing):
        raise NotAllowed(action)


def check_review(actor: Actor, action: str) -> None:
    if not policies.can_review(actor):
        raise NotAllowed(action)


def check_state(listing: AnyListing, action: Action) -> Status:
    """The state that the action leads to. Raises wrong_state."""
    target = next_status(listing.status, action)
    if target is None:
        raise wrong_state(listing.status, action)
    return target


def wrong_state(status: str, action: str) -> DomainError:
    return DomainError("wrong_state", status=str(status), action=str(action))


def check_version(listing: AnyListing, version: int | None, current: Content) -> None:
    """Nobody overwrites what they have not seen: the second editor gets what is there now."""
    if version is not None and version != listing.version:
        raise DomainError("edit_conflict", current_version=listing.version, current=current)


def clean(kind: ListingKind, raw: Mapping[str, Any], base: Content) -> Content:
    problems = Problems()
    content = rules.clean_content(
        kind, raw, problems, base=base, terms=known_codes(), today=timezone.localdate()
    )
    problems.raise_if_any()
    return content


def clean_note(note: str, *, is_required: bool = False) -> str:
    """A remark that is not part of a content: the same rules of text. Raises invalid_input."""
    problems = Problems()
    limit = rules.NOTE_LIMIT
    note = text_rules.text(note, "note", problems, limit=limit, is_required=is_required)
    problems.raise_if_any()
    return note


def check_complete(listing: AnyListing, content: Content) -> None:
    """The minimum of domain.md; what was taken over from elsewhere may lack parts of it."""
    if listing.is_imported:
        return
    if missing := rules.missing_fields(listing.listing_kind, content):
        raise DomainError("incomplete", missing=missing)


def pending_revision(listing: AnyListing) -> Revision | None:
    return listing.revisions.filter(status=RevisionStatus.PENDING).first()


def editable_content(listing: AnyListing) -> Content:
    """What an edit starts from: the revision that waits for staff if there is one."""
    pending = pending_revision(listing) if listing.status == Status.PUBLISHED else None
    return read_content(listing) if pending is None else pending.content


def add_revision(
    listing: AnyListing, *, actor: Actor, status: RevisionStatus, content: Content, **more: Any
) -> Revision:
    """The next revision. The entry's lock is what makes its number the next."""
    last = listing.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return listing.revisions.create(
        number=last + 1,
        status=status,
        content=content,
        author=user_or_none(actor),
        **more,
    )


def record(
    listing: AnyListing,
    actor: Actor,
    action: str,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    audit.record(
        actor=user_or_none(actor),
        action=action,
        kind=listing.listing_kind,
        object_id=listing.pk,
        organisation_id=listing.organisation_id,
        changes=changes,
        note=note,
    )


def tell_matching(listing: AnyListing) -> None:
    """What others may find of it has changed."""
    outbox.publish("item.changed", kind=listing.listing_kind.value, object_id=str(listing.pk))
