"""What waits for staff, and an entry's past: its revisions and its audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast

from market.listings import policies
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Revision, RevisionStatus
from market.listings.states import Status
from park.accounts.actors import Actor
from park.core.errors import NotAllowed, NotFound
from park.core.models import AuditEntry
from park.core.pages import MAX_LIMIT, Page, decode_time_cursor, encode_cursor, highest_first
from park.organisations.queries import standing_of

QUEUE_COLUMNS = (
    "queue_kind", "entry_id", "entry_title", "firm_id", "firm_name", "firm_short_name", "reason",
    "waiting_since", "number", "key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """Something that waits for staff."""

    listing_kind: ListingKind
    id: UUID
    title: str
    organisation_id: UUID
    organisation_name: str
    organisation_short_name: str
    reason: str
    """submitted, revision (waits for approval) or correction (took effect, not yet seen)."""
    waiting_since: datetime
    revision_number: int | None


def review_queue(*, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page[QueueEntry]:
    """Longest waiting first; one query. Raises not_allowed and invalid_cursor."""
    if not policies.can_review(actor):
        raise NotAllowed("review")
    limit = max(1, min(limit, MAX_LIMIT))
    after = decode_time_cursor("review-queue", cursor) if cursor else None
    parts = []
    for kind in ListingKind:
        for rows in (_submitted(kind), _waiting_revisions(kind)):
            if after is not None:
                later = Q(waiting_since=after[0], key__gt=after[1])
                rows = rows.filter(later | Q(waiting_since__gt=after[0]))
            # Each part needs to give no more than the page: the union sorts few rows.
            parts.append(rows.order_by("waiting_since", "key").values_list(*QUEUE_COLUMNS))
    found = list(parts[0].union(*parts[1:], all=True).order_by("waiting_since", "key")[: limit + 1])
    more = len(found) > limit
    shown = found[:limit]
    return Page(
        [QueueEntry(ListingKind(row[0]), *row[1:-1]) for row in shown],
        encode_cursor("review-queue", shown[-1][7], shown[-1][9]) if more else None,
    )


def walk_review_queue(*, actor: Actor) -> Iterator[QueueEntry]:
    """The whole queue, a page in memory at a time. Raises not_allowed at once."""
    page = review_queue(actor=actor, limit=MAX_LIMIT)

    def walk() -> Iterator[QueueEntry]:
        here = page
        yield from here.items
        while here.next_cursor:
            here = review_queue(actor=actor, cursor=here.next_cursor, limit=MAX_LIMIT)
            yield from here.items

    return walk()


def _submitted(kind: ListingKind) -> "QuerySet[Any]":
    return (
        LISTING_MODELS[kind]
        .objects.filter(status=Status.SUBMITTED)
        .annotate(
            queue_kind=Value(kind.value, CharField()),
            entry_id=F("id"),
            entry_title=F("title"),
            firm_id=F("organisation_id"),
            firm_name=F("organisation__name"),
            firm_short_name=F("organisation__short_name"),
            reason=Value("submitted", CharField()),
            waiting_since=F("submitted_at"),
            number=Cast(Value(None), IntegerField()),
            key=F("id"),
        )
    )


def _waiting_revisions(kind: ListingKind) -> "QuerySet[Any]":
    name = kind.value
    waiting = Q(status=RevisionStatus.PENDING) | Q(is_seen=False)
    return Revision.objects.filter(waiting, **{f"{name}__isnull": False}).annotate(
        queue_kind=Value(name, CharField()),
        entry_id=F(f"{name}_id"),
        entry_title=F(f"{name}__title"),
        firm_id=F(f"{name}__organisation_id"),
        firm_name=F(f"{name}__organisation__name"),
        firm_short_name=F(f"{name}__organisation__short_name"),
        reason=Case(
            When(status=RevisionStatus.PENDING, then=Value("revision")),
            default=Value("correction"),
            output_field=CharField(),
        ),
        waiting_since=F("created_at"),
        key=F("id"),
    )


def _listing_for_insiders(actor: Actor, kind: ListingKind, listing_id: UUID) -> Any:
    """The entry, for its organisation and staff. To others its past does not exist."""
    found = LISTING_MODELS[kind].objects.visible_to(actor).filter(pk=listing_id).first()
    if found is None or not policies.sees_all(standing_of(actor), found):
        raise NotFound(kind)
    return found


def list_revisions(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, cursor: str | None = None, limit: int = 20
) -> Page[Revision]:
    """Newest first, for the entry's organisation and staff.

    Raises NotFound for all others, and invalid_cursor.
    """
    listing = _listing_for_insiders(actor, kind, listing_id)
    rows = listing.revisions.select_related("author", "reviewer")
    return highest_first(rows, by="number", purpose="revisions", cursor=cursor, limit=limit)


def list_history(
    *, actor: Actor, kind: ListingKind, listing_id: UUID, cursor: str | None = None, limit: int = 20
) -> Page[AuditEntry]:
    """The audit trail, newest first, for the entry's organisation and staff.

    Staff who are not of the organisation see it from the first time it was handed in: what a firm
    wrote and threw away before stays its own. Raises NotFound and invalid_cursor.
    """
    listing = _listing_for_insiders(actor, kind, listing_id)
    entries = AuditEntry.objects.filter(object_kind=kind, object_id=listing.pk)
    if not standing_of(actor).belongs_to(listing.organisation_id, listing.station_id):
        first = entries.filter(action="submitted").order_by("id").values("id")[:1]
        entries = entries.filter(id__gte=Subquery(first))
    return highest_first(entries, by="id", purpose="history", cursor=cursor, limit=limit)
