"""Reads of editions, their entries and files, and the comparison of two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q

from market.editions import comparison, policies, rules
from market.editions.comparison import Compared, Entry, Verdict
from market.editions.models import Edition, EditionEntry, EditionFile
from market.editions.outcomes import outcomes_of
from market.editions.states import EditionAction, EditionStatus, FileStatus
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS
from market.listings.states import Status
from market.listings.visibility import hidden_fields
from park.accounts.actors import Actor
from park.core.errors import DomainError, NotFound
from park.core.pages import MAX_LIMIT, Page, decode_cursor, encode_cursor, highest_first
from park.core.text_rules import Problems
from park.organisations.queries import is_staff


@dataclass(frozen=True, slots=True)
class FileView:
    form: str
    status: str
    progress: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition as a viewer may see it. Of one that was taken back only staff see the inside."""

    edition: Edition
    is_readable: bool
    entry_count: int
    left_out_count: int
    files: list[FileView]
    outdated: list[UUID]
    """Entries of a draft that could not be issued as they are; not told in lists."""
    allowed_actions: list[EditionAction]


def list_editions(
    *,
    actor: Actor,
    list_kind: str = "",
    status: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[EditionView]:
    """Newest first. Raises invalid_cursor."""
    rows = _rows(actor)
    if list_kind:
        rows = rows.filter(list_kind=list_kind)
    if status:
        rows = rows.filter(status=status)
    page = highest_first(rows, by="id", purpose="editions", cursor=cursor, limit=limit)
    return Page([_view_of(actor, row) for row in page.items], page.next_cursor)


def get_edition(*, actor: Actor, edition_id: UUID) -> EditionView:
    """Raises NotFound, also for what the actor may not see."""
    edition = _edition(actor, edition_id)
    is_draft = edition.status == EditionStatus.DRAFT
    return _view_of(actor, edition, outdated_entries(edition) if is_draft else [])


def _edition(actor: Actor, edition_id: UUID) -> Edition:
    found = _rows(actor).filter(pk=edition_id).first()
    if found is None:
        raise NotFound("edition")
    return found


def _rows(actor: Actor) -> Any:
    """With what a view needs; never the files themselves."""
    files = EditionFile.objects.defer("content").order_by("form")
    return (
        Edition.objects.visible_to(actor)
        .select_related("round")
        .prefetch_related(Prefetch("files", files))
        .annotate(
            entry_count=Count("entries", filter=Q(entries__position__isnull=False)),
            left_out_count=Count("entries", filter=Q(entries__position__isnull=True)),
        )
    )


def _view_of(actor: Actor, edition: Any, outdated: Sequence[UUID] = ()) -> EditionView:
    is_readable = _is_readable(actor, edition)
    return EditionView(
        edition=edition,
        is_readable=is_readable,
        entry_count=edition.entry_count,
        left_out_count=edition.left_out_count,
        files=[
            FileView(file.form, file.status, file.progress, file.size, file.digest)
            for file in (edition.files.all() if is_readable else ())
        ],
        outdated=list(outdated),
        allowed_actions=policies.allowed_edition_actions(actor, edition),
    )


def _is_readable(actor: Actor, edition: Edition) -> bool:
    return edition.status != EditionStatus.WITHDRAWN or is_staff(actor)


def _readable(actor: Actor, edition_id: UUID) -> Edition:
    """The edition, if its inside may be seen. Raises NotFound otherwise."""
    edition = _edition(actor, edition_id)
    if not _is_readable(actor, edition):
        raise NotFound("edition")
    return edition


def list_entries(
    *,
    actor: Actor,
    edition_id: UUID,
    is_left_out: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[EditionEntry]:
    """In the edition's order; or, for a draft, what staff left out. Raises not_found,
    invalid_cursor."""
    edition = _readable(actor, edition_id)
    if is_left_out:
        rows = edition.entries.filter(position__isnull=True)
        return highest_first(rows, by="id", purpose="left-out", cursor=cursor, limit=limit)
    limit = max(1, min(limit, MAX_LIMIT))
    purpose = f"edition:{edition.pk}"
    rows = edition.entries.filter(position__isnull=False).order_by("position")
    if cursor:
        (last,) = decode_cursor(purpose, cursor)
        rows = rows.filter(position__gt=last)
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    shown = found[:limit]
    return Page(shown, encode_cursor(purpose, shown[-1].position or 0))


def outdated_entries(edition: Edition) -> list[UUID]:
    """Entries of a draft whose listing is not published any more, or whose owner has hidden since
    what the draft would show."""
    kind = ListingKind(edition.list_kind)
    entries = edition.entries.filter(position__isnull=False).order_by("position")
    found = list(entries.only("pk", "listing_id", "content"))
    levels = dict(
        LISTING_MODELS[kind]
        .objects.filter(pk__in=[entry.listing_id for entry in found], status=Status.PUBLISHED)
        .values_list("pk", "field_levels")
    )
    return [
        entry.pk
        for entry in found
        if entry.listing_id not in levels
        or rules.shows_hidden(entry.content, hidden_fields(kind, levels[entry.listing_id]))
    ]


def file_content(*, actor: Actor, edition_id: UUID, form: str) -> tuple[Edition, bytes]:
    """A file as it was made. Raises not_found (also when the edition has none), and
    edition_not_ready while a worker is at it."""
    edition = _readable(actor, edition_id)
    file = edition.files.filter(form=form).first()
    if file is None:
        raise NotFound("edition_file")
    if file.status != FileStatus.READY or file.content is None:
        raise DomainError("edition_not_ready", status=file.status, progress=file.progress)
    return edition, bytes(file.content)


@dataclass(frozen=True, slots=True)
class ComparisonView:
    older: Edition
    newer: Edition
    counts: dict[str, int]
    items: Sequence[Compared]


def compare_editions(
    *, actor: Actor, edition_id: UUID, other_id: UUID, verdict: str = "", q: str = ""
) -> ComparisonView:
    """The edition beside another of the same list; the one frozen first counts as the older.

    Raises not_found, and invalid_input for one with itself or with one of the other list.
    """
    one, other = _readable(actor, edition_id), _readable(actor, other_id)
    if one.pk == other.pk or one.list_kind != other.list_kind:
        problems = Problems()
        problems.add("other_id", "not_comparable")
        problems.raise_if_any()
    older, newer = sorted((one, other), key=lambda edition: (edition.frozen_at, edition.pk))
    before, after = _entries_of(older), _entries_of(newer)
    ids = {entry.listing_id for entry in (*before, *after)}
    compared = comparison.compare(before, after, outcomes_of(ListingKind(one.list_kind), ids))
    counts = comparison.counted(compared)
    shown = [
        item
        for item in compared
        if (not verdict or item.verdict == Verdict(verdict))
        and (not q or q.casefold() in _words_of(item.entry))
    ]
    return ComparisonView(older, newer, counts, shown)


def _entries_of(edition: Edition) -> list[Entry]:
    rows = edition.entries.filter(Q(position__isnull=False)).order_by("position")
    return [
        Entry(row.listing_id, row.position or 0, row.content, row.organisation_name) for row in rows
    ]


def _words_of(entry: Entry) -> str:
    return f"{entry.content.get('title')} {entry.organisation_name}".casefold()
