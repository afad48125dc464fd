"""Makes an edition out of what is published, and prepares it: order, what is left out, its words.

The content is copied: whatever becomes of a listing, the edition says what it said.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from market.editions import rules
from market.editions.models import CollectionRound, Edition, EditionEntry
from market.editions.queries.rounds import listings_of_round
from market.editions.services import steps
from market.editions.states import EditionAction, RoundAction
from market.listings.kinds import ListingKind, RevisionStatus
from market.listings.models import LISTING_MODELS, Revision
from market.listings.storage import read_content
from market.listings.visibility import hidden_fields, without
from park.accounts.actors import Actor, user_or_none
from park.core import audit, text_rules
from park.core.errors import DomainError
from park.core.text_rules import Problems
from park.vocabularies.models import Term, Vocabulary

MOST_ENTRIES = 5000


@transaction.atomic
def freeze_edition(
    *,
    actor: Actor,
    list_kind: ListingKind | None = None,
    round_id: UUID | None = None,
    title: str = "",
    note: str = "",
    now: datetime | None = None,
    is_example: bool = False,
) -> Edition:
    """A draft edition of what counts to a closed round, or of all that is published of a list.

    Raises not_found, not_allowed, wrong_state, invalid_input (also when neither is named),
    edition_empty, edition_too_large.
    """
    steps.check_keeper(actor, "freeze")
    now = now or timezone.now()
    round_ = None
    if round_id is not None:
        round_ = steps.lock_round(actor, round_id)
        target = steps.check_round_state(round_, RoundAction.FREEZE)
        list_kind = ListingKind(round_.list_kind)
        round_.status = target
        round_.version += 1
        round_.save()
        steps.record(round_, actor, "frozen")
    if list_kind is None:
        problems = Problems()
        problems.add("list_kind", "required")
        problems.raise_if_any()
        raise AssertionError("unreachable")
    edition = Edition(
        list_kind=list_kind,
        round=round_,
        frozen_at=now,
        frozen_by=user_or_none(actor),
        is_example=is_example,
        **_clean_words({"title": title or rules.USUAL_TITLES[list_kind], "note": note}),
    )
    frozen = _freeze(edition, round_)
    if not frozen:
        raise DomainError("edition_empty")
    edition.save(force_insert=True)
    _place(frozen)
    EditionEntry.objects.bulk_create(frozen, batch_size=500)
    steps.record(edition, actor, "created", {"entries": {"old": None, "new": len(frozen)}})
    return edition


def _freeze(edition: Edition, round_: CollectionRound | None) -> list[EditionEntry]:
    """Unsaved entries in the usual order."""
    kind = ListingKind(edition.list_kind)
    today = timezone.localdate(edition.frozen_at)
    rows = LISTING_MODELS[kind].objects.current(today)
    if round_ is not None:
        rows = rows.filter(pk__in=listings_of_round(round_).values("pk"))
    # Locked, because an entry's indicators are rows of their own: an edit between the two reads
    # would be frozen by half.
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    if len(ids) > MOST_ENTRIES:
        raise DomainError("edition_too_large", limit=MOST_ENTRIES)
    effective = (
        Revision.objects.filter(**{kind.value: OuterRef("pk")}, status=RevisionStatus.EFFECTIVE)
        .order_by("-number")
        .values("number")[:1]
    )
    listings = (
        LISTING_MODELS[kind]
        .objects.filter(pk__in=ids)
        .select_related("organisation")
        .prefetch_related("indicators")
        .annotate(revision_number=Coalesce(Subquery(effective), 0))
    )
    entries = [_frozen(edition, listing) for listing in listings]
    return rules.usual_order(entries, _chain_positions())


def _frozen(edition: Edition, listing: Any) -> EditionEntry:
    hidden = hidden_fields(listing.listing_kind, listing.field_levels)
    return EditionEntry(
        edition=edition,
        listing_id=listing.pk,
        revision_number=listing.revision_number,
        content=without(read_content(listing), hidden),
        organisation_id=listing.organisation_id,
        organisation_name=listing.organisation.name,
        published_at=listing.published_at,
    )


def _chain_positions() -> dict[str, int]:
    codes = Term.objects.filter(vocabulary=Vocabulary.CHAIN).order_by("position", "id")
    return {code: place for place, code in enumerate(codes.values_list("code", flat=True))}


def _place(entries: Sequence[EditionEntry]) -> None:
    for position, entry in enumerate(entries, 1):
        entry.position = position


def _begin(actor: Actor, edition_id: UUID, action: EditionAction, version: int | None) -> Edition:
    edition = steps.lock_edition(actor, edition_id)
    steps.check_keeper(actor, action)
    steps.check_edition_state(edition, action)
    steps.check_version(edition, version, {"title": edition.title, "note": edition.note})
    return edition


@transaction.atomic
def edit_edition(
    *, actor: Actor, edition_id: UUID, version: int, content: Mapping[str, Any]
) -> Edition:
    """Change title or note of a draft.

    Raises not_found, not_allowed, wrong_state, edit_conflict, invalid_input.
    """
    edition = _begin(actor, edition_id, EditionAction.EDIT, version)
    current = {"title": edition.title, "note": edition.note}
    cleaned = _clean_words(content)
    if changes := audit.differences(current, cleaned):
        for name, value in cleaned.items():
            setattr(edition, name, value)
        edition.version += 1
        edition.save()
        steps.record(edition, actor, "edited", changes)
    return edition


def _clean_words(content: Mapping[str, Any]) -> dict[str, Any]:
    problems = Problems()
    text_rules.unknown_fields(content, ("title", "note"), problems)
    cleaned = {}
    if "title" in content:
        cleaned["title"] = text_rules.text(
            content["title"],
            "title",
            problems,
            limit=rules.TITLE_LIMIT,
            is_required=True,
            is_line=True,
        )
    if "note" in content:
        cleaned["note"] = text_rules.text(content["note"], "note", problems, limit=rules.NOTE_LIMIT)
    problems.raise_if_any()
    return cleaned


@transaction.atomic
def arrange_edition(
    *, actor: Actor, edition_id: UUID, version: int, entry_ids: Sequence[UUID]
) -> Edition:
    """Put the entries in this order; those that are not named are left out.

    Raises not_found, not_allowed, wrong_state, edit_conflict, invalid_input (an entry that is not
    of this edition, or named twice).
    """
    edition = _begin(actor, edition_id, EditionAction.ARRANGE, version)
    entries = {entry.pk: entry for entry in edition.entries.all()}
    problems = Problems()
    if len(set(entry_ids)) != len(entry_ids):
        problems.add("entry_ids", "repeated")
    elif not entries.keys() >= set(entry_ids):
        problems.add("entry_ids", "unknown_choice")
    problems.raise_if_any()
    places = {entry_id: position for position, entry_id in enumerate(entry_ids, 1)}
    moved = [entry for entry in entries.values() if entry.position != places.get(entry.pk)]
    for entry in moved:
        entry.position = places.get(entry.pk)
    _save_positions(moved)
    edition.version += 1
    edition.save()
    left_out = len(entries) - len(entry_ids)
    steps.record(edition, actor, "arranged", {"left_out": {"old": None, "new": left_out}})
    return edition


@transaction.atomic
def refresh_edition(
    *, actor: Actor, edition_id: UUID, version: int, now: datetime | None = None
) -> Edition:
    """Freeze again: contents as they are published now, what is gone is gone, what came after is at
    the end; order and what staff left out stay.

    Raises not_found, not_allowed, wrong_state, edit_conflict, edition_too_large.
    """
    edition = _begin(actor, edition_id, EditionAction.REFRESH, version)
    edition.frozen_at = now or timezone.now()
    edition.version += 1
    before = {entry.listing_id: entry for entry in edition.entries.all()}
    found = _freeze(edition, edition.round)
    kept, new = [], []
    for entry in found:
        old = before.pop(entry.listing_id, None)
        if old is None:
            new.append(entry)
            continue
        # The row stays the same: whoever arranges the edition right now names it by its id.
        entry.pk, entry.created_at, entry.position = old.pk, old.created_at, old.position
        kept.append(entry)
    EditionEntry.objects.filter(pk__in=[entry.pk for entry in before.values()]).delete()
    placed = sorted((e for e in kept if e.position is not None), key=lambda e: e.position or 0)
    _place([*placed, *new])
    columns = ["position", "revision_number", "content", "organisation_name", "published_at"]
    EditionEntry.objects.bulk_update(kept, [*columns, "organisation_id"], batch_size=500)
    EditionEntry.objects.bulk_create(new, batch_size=500)
    edition.save()
    changes = {"added": {"old": None, "new": len(new)}, "gone": {"old": None, "new": len(before)}}
    steps.record(edition, actor, "refreshed", changes)
    return edition


def _save_positions(entries: Sequence[EditionEntry]) -> None:
    EditionEntry.objects.bulk_update(entries, ["position"], batch_size=500)


@transaction.atomic
def discard_edition(*, actor: Actor, edition_id: UUID) -> None:
    """Delete a draft; its round can be frozen anew. Raises not_found, not_allowed, wrong_state."""
    edition = _begin(actor, edition_id, EditionAction.DISCARD, None)
    if edition.round_id is not None:
        round_ = steps.lock_round(actor, edition.round_id)
        round_.status = steps.check_round_state(round_, RoundAction.UNFREEZE)
        round_.version += 1
        round_.save()
        steps.record(round_, actor, "unfrozen")
    steps.record(edition, actor, "discarded")
    edition.delete()


def last_number(kind: ListingKind) -> int:
    """Of the list's editions; call it under `steps.hold_numbers`."""
    return Edition.objects.filter(list_kind=kind).aggregate(last=Max("number"))["last"] or 0
