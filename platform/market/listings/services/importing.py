"""Takes over entries of lists in bulk: what an import makes, changes and publishes.

Imported entries may lack parts of the minimum; they wait as `held`, beside the queue of what firms
hand in, where their owners can complete them and staff can publish them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from market.listings import policies, rules
from market.listings.content import FIELDS, Content, FieldShape, empty_content
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Indicator, Revision, RevisionStatus
from market.listings.services import steps
from market.listings.services.steps import AnyListing
from market.listings.states import Status
from market.listings.storage import from_json, read_content, write_content
from park.accounts.actors import Actor, user_or_none
from park.core import audit, outbox
from park.core.errors import DomainError, NotAllowed

PUBLISHABLE = (Status.HELD, Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class ImportedEntry:
    """`content` is cleaned and whole."""

    id: UUID
    organisation_id: UUID
    content: Content
    source_note: str


@transaction.atomic
def create_imported_listings(
    *, actor: Actor, kind: ListingKind, entries: Sequence[ImportedEntry], publish: bool = False
) -> None:
    """New entries, held, or published at once. For moderators and the system (None).

    Raises not_allowed, invalid_input (an entry that says of nothing where it comes from).
    """
    _check_importer(actor)
    if any(not entry.source_note for entry in entries):
        raise DomainError("invalid_input", fields=[{"field": "source_note", "code": "required"}])
    now = timezone.now()
    rows = [_row(kind, entry, now, publish) for entry in entries]
    LISTING_MODELS[kind].objects.bulk_create(rows)
    Indicator.objects.bulk_create(
        Indicator(**{f"{kind.value}_id": entry.id}, position=position, **line)
        for entry in entries
        for position, line in enumerate(entry.content["indicators"])
    )
    blank = empty_content(kind)
    audit.record_many(
        actor=user_or_none(actor),
        action="imported",
        kind=kind,
        entries=[
            (entry.id, entry.organisation_id, _filled(blank, entry.content)) for entry in entries
        ],
    )
    if publish:
        _tell_published(actor, kind, rows, {row.pk: Status.HELD for row in rows}, now)
        contents = {entry.id: entry.content for entry in entries}
        _add_revisions(actor, kind, contents, dict.fromkeys(contents, 0), now)


def _check_importer(actor: Actor) -> None:
    if actor is not None and not policies.can_review(actor):
        raise NotAllowed("import")


def _row(kind: ListingKind, entry: ImportedEntry, now: Any, publish: bool) -> AnyListing:
    row = LISTING_MODELS[kind](
        id=entry.id,
        organisation_id=entry.organisation_id,
        source_note=entry.source_note,
        status=Status.PUBLISHED if publish else Status.HELD,
        submitted_at=now,
        published_at=now if publish else None,
    )
    for name, field in FIELDS[kind].items():
        if field.shape is not FieldShape.INDICATORS:
            setattr(row, name, from_json(field.shape, entry.content[name]))
    return row


def _filled(blank: Content, content: Content) -> dict[str, Any]:
    return {
        name: {"old": blank[name], "new": value}
        for name, value in content.items()
        if value != blank[name]
    }


def _tell_published(
    actor: Actor,
    kind: ListingKind,
    rows: Sequence[AnyListing],
    old: Mapping[UUID, str],
    now: Any,
) -> None:
    audit.record_many(
        actor=user_or_none(actor),
        action="published",
        kind=kind,
        entries=[
            (
                row.pk,
                row.organisation_id,
                {"status": {"old": str(old[row.pk]), "new": Status.PUBLISHED.value}},
            )
            for row in rows
        ],
    )
    outbox.publish_many(
        "item.changed", ({"kind": kind.value, "object_id": str(row.pk)} for row in rows)
    )


def _add_revisions(
    actor: Actor,
    kind: ListingKind,
    contents: Mapping[UUID, Content],
    last_numbers: Mapping[UUID, int],
    now: Any,
) -> None:
    Revision.objects.bulk_create(
        Revision(
            **{f"{kind.value}_id": pk},
            number=last_numbers[pk] + 1,
            status=RevisionStatus.EFFECTIVE,
            content=content,
            reviewer=user_or_none(actor),
            reviewed_at=now,
        )
        for pk, content in contents.items()
    )


@transaction.atomic
def publish_imported_listings(
    *, actor: Actor, kind: ListingKind, listing_ids: Sequence[UUID]
) -> int:
    """Publish those of the imported entries that wait (held or submitted); returns how many.

    What somebody published, returned or closed meanwhile is left as it is. Raises not_allowed.
    """
    _check_importer(actor)
    waiting = (
        LISTING_MODELS[kind]
        .objects.filter(pk__in=list(listing_ids), status__in=PUBLISHABLE)
        .exclude(source_note="")
    )
    rows = list(
        waiting.select_for_update(of=("self",)).order_by("pk").prefetch_related("indicators")
    )
    if not rows:
        return 0
    now = timezone.now()
    ids = [row.pk for row in rows]
    LISTING_MODELS[kind].objects.filter(pk__in=ids).update(
        status=Status.PUBLISHED, published_at=now, updated_at=now, return_edits=[]
    )
    revisions = Revision.objects.filter(**{f"{kind.value}__in": ids}).order_by()
    numbers = dict(
        revisions.values(kind.value).annotate(last=Max("number")).values_list(kind.value, "last")
    )
    _tell_published(actor, kind, rows, {row.pk: row.status for row in rows}, now)
    contents = {row.pk: read_content(row) for row in rows}
    _add_revisions(actor, kind, contents, {pk: numbers.get(pk, 0) for pk in ids}, now)
    return len(rows)


@transaction.atomic
def update_imported_listing(
    *,
    actor: Actor,
    kind: ListingKind,
    listing_id: UUID,
    version: int,
    content: Mapping[str, Any],
) -> int | None:
    """Put the given cleaned fields into an entry that nobody has edited since its import.

    `version` is the one the import left. In a published entry the change is a revision by staff
    that takes effect. Gives the new version; None when people have edited it. Raises not_allowed,
    not_found, wrong_state (closed).
    """
    _check_importer(actor)
    rows = LISTING_MODELS[kind].objects.select_for_update(of=("self",))
    listing: AnyListing | None = rows.filter(pk=listing_id).first()
    if listing is None:
        raise DomainError("not_found", kind=kind.value)
    if listing.status == Status.CLOSED:
        raise steps.wrong_state(listing.status, "import")
    if listing.version != version or steps.pending_revision(listing) is not None:
        return None
    old = read_content(listing)
    new = old | dict(content)
    changed = rules.changed_fields(kind, old, new)
    if not changed:
        return listing.version
    listing.version += 1
    changes = audit.differences(old, new)
    write_content(listing, new, changed)
    if listing.status == Status.PUBLISHED:
        steps.add_revision(
            listing,
            actor=actor,
            status=RevisionStatus.EFFECTIVE,
            content=new,
            changes=changes,
            reviewer=user_or_none(actor),
            reviewed_at=timezone.now(),
        )
        steps.tell_matching(listing)
    steps.record(listing, actor, "changed_by_import", changes)
    return listing.version
