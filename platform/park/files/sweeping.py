"""Removes what nobody can bring back any more, and finds bytes and rows that lost each other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q

from park.files.limits import KEPT_DAYS
from park.files.models import StoredFile
from park.files.storage import get_storage

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(days=KEPT_DAYS)
# An upload's bytes are there before its row.
ORPHAN_GRACE = timedelta(days=1)
BATCH = 500


@dataclass
class Swept:
    removed: int = 0
    """Deleted files whose time is over."""
    orphans: int = 0
    """Stored names without a row, removed."""
    missing: list[UUID] = field(default_factory=list)
    """Rows whose bytes are gone: nothing here can mend them."""


def sweep(now: datetime) -> Swept:
    """All of it; safe to run at any time and twice at once."""
    swept = Swept(removed=_remove_deleted(now))
    storage = get_storage()
    swept.orphans = _remove_orphans(storage, now)
    swept.missing = find_missing(storage)
    if swept.missing:
        ids = [str(pk) for pk in swept.missing[:20]]
        log.error("files.missing", count=len(swept.missing), ids=ids)
    return swept


def _remove_deleted(now: datetime) -> int:
    removed = 0
    while True:
        with transaction.atomic():
            rows = list(
                StoredFile.objects.removable(now - KEPT_FOR)
                .select_for_update(skip_locked=True)
                .order_by("id")[:BATCH]
            )
            StoredFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
        # After the commit: a crash here leaves bytes without a row, for the next sweep.
        for row in rows:
            for name in filter(None, (row.storage_name, row.thumbnail_name)):
                get_storage().delete(name)
        removed += len(rows)
        if len(rows) < BATCH:
            return removed


def _remove_orphans(storage: Storage, now: datetime) -> int:
    removed = 0
    for names in _batches(stored_names(storage)):
        known = set()
        for pair in StoredFile.objects.filter(
            Q(storage_name__in=names) | Q(thumbnail_name__in=names)
        ).values_list("storage_name", "thumbnail_name"):
            known.update(pair)
        for name in names:
            if name in known:
                continue
            try:
                if storage.get_modified_time(name) < now - ORPHAN_GRACE:
                    storage.delete(name)
                    removed += 1
            except FileNotFoundError:
                continue  # another sweep was faster
    return removed


def find_missing(storage: Storage) -> list[UUID]:
    missing = []
    for row in StoredFile.objects.order_by("id").iterator(chunk_size=BATCH):
        names = filter(None, (row.storage_name, row.thumbnail_name))
        if not all(storage.exists(name) for name in names):
            missing.append(row.pk)
    return missing


def stored_names(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from stored_names(storage, f"{folder}/{name}" if folder else name)


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for name in names:
        batch.append(name)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
