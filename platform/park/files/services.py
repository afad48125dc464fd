"""Every write of files: taken in, described anew, deleted, brought back.

A file is looked at and made anew before the transaction, so that no lock is held meanwhile. Its
bytes are stored first and its row last: what fails in between leaves bytes without a row, which
`park.files.sweeping` finds.
"""

import errno
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import connection, transaction
from django.utils import timezone

from park.accounts.actors import Actor, user_or_none
from park.core import audit, text_rules
from park.core.errors import DomainError, NotFound
from park.core.text_rules import Problems
from park.files import content, images
from park.files.models import FileVisibility, StoredFile
from park.files.names import clean_name, new_storage_name
from park.files.purposes import FilePurpose, all_purposes, get_purpose
from park.files.queries import owner_of
from park.files.storage import digest_of, get_storage

CAPTION_LIMIT = 200
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass
class _Prepared:
    """What will be stored, checked and described."""

    fields: dict[str, Any]
    whole: File
    thumbnail: File | None = None
    stored: list[str] = field(default_factory=list)


def add_file(
    *,
    actor: Actor,
    purpose_code: str,
    object_id: UUID,
    file: BinaryIO,
    name: str,
    visibility: str = "",
    caption: str = "",
) -> StoredFile:
    """Take in a seekable file for an object.

    Raises not_found, not_allowed, wrong_state, invalid_input, too_many_files, file_too_large,
    file_type_not_allowed, unreadable_image, macro_file, archive_bomb, storage_full.
    """
    purpose = get_purpose(purpose_code)
    fields = _cleaned(purpose, visibility, caption)
    with transaction.atomic():  # before the work, so that nobody else's time is spent on it
        purpose.check_write(actor, object_id)
        _check_count(purpose, object_id)
    prepared = _prepare(purpose, file, name)
    with transaction.atomic():
        owner = purpose.check_write(actor, object_id)
        _lock(purpose, object_id)
        _check_count(purpose, object_id)
        try:
            _store(prepared)
            row = StoredFile.objects.create(
                purpose=purpose.code,
                object_kind=purpose.object_kind,
                object_id=object_id,
                organisation_id=owner.organisation_id,
                uploader=user_or_none(actor),
                **fields,
                **prepared.fields,
            )
            _record(actor, "file_added", row, {"file": {"old": None, "new": row.name}})
        except BaseException:
            # Not when the commit itself fails: the row may stand, and must keep its bytes.
            for stored in prepared.stored:
                get_storage().delete(stored)
            raise
    return row


@transaction.atomic
def edit_file(*, actor: Actor, file_id: UUID, changes: dict[str, Any]) -> StoredFile:
    """Change `caption` or `visibility`. Raises not_found, not_allowed, wrong_state,
    invalid_input."""
    row, purpose = _locked(actor, file_id, is_deleted=False)
    old = {"caption": row.caption, "visibility": row.visibility}
    new = _cleaned(purpose, **old | changes)
    found = audit.differences(old, new)
    if found:
        for name, value in new.items():
            setattr(row, name, value)
        row.save(update_fields=[*new, "updated_at"])
        _record(actor, "file_edited", row, {"file": {"old": row.name, "new": row.name}, **found})
    return row


@transaction.atomic
def delete_file(*, actor: Actor, file_id: UUID, now: datetime | None = None) -> StoredFile:
    """Take it away; for a while `restore_file` brings it back. Raises not_found, not_allowed,
    wrong_state."""
    row, _ = _locked(actor, file_id, is_deleted=False)
    row.deleted_at = now or timezone.now()
    row.save(update_fields=["deleted_at", "updated_at"])
    _record(actor, "file_deleted", row, {"file": {"old": row.name, "new": None}})
    return row


@transaction.atomic
def restore_file(*, actor: Actor, file_id: UUID) -> StoredFile:
    """Undo a deletion; of a file that is there, nothing. Raises not_found, not_allowed,
    wrong_state, too_many_files."""
    row, purpose = _locked(actor, file_id, is_deleted=None)
    if row.deleted_at is None:
        return row
    _check_count(purpose, row.object_id)
    row.deleted_at = None
    row.save(update_fields=["deleted_at", "updated_at"])
    _record(actor, "file_restored", row, {"file": {"old": None, "new": row.name}})
    return row


@transaction.atomic
def discard_files(*, object_kind: str, object_id: UUID, now: datetime | None = None) -> int:
    """The object is gone for good, and its files with it; returns how many."""
    at = now or timezone.now()
    rows = StoredFile.objects.live().filter(object_kind=object_kind, object_id=object_id)
    return rows.update(deleted_at=at, updated_at=at)


def largest_upload(purpose_code: str = "") -> int:
    """The most bytes that a purpose takes; of an unknown one, what the most generous takes."""
    purposes = all_purposes()
    if purpose_code in purposes:
        return purposes[purpose_code].max_bytes
    return max((purpose.max_bytes for purpose in purposes.values()), default=0)


# --- steps ---


def _cleaned(purpose: FilePurpose, visibility: str, caption: str) -> dict[str, Any]:
    problems = Problems()
    fields = {
        "visibility": text_rules.choice(
            visibility or purpose.visibilities[0],
            "visibility",
            problems,
            choices=[str(one) for one in purpose.visibilities],
        ),
        "caption": text_rules.text(caption, "caption", problems, limit=CAPTION_LIMIT, is_line=True),
    }
    problems.raise_if_any()
    return fields


def _locked(
    actor: Actor, file_id: UUID, *, is_deleted: bool | None
) -> tuple[StoredFile, FilePurpose]:
    """The row, held, and whoever may not write was refused; `is_deleted` None takes either."""
    row = StoredFile.objects.filter(pk=file_id).first()
    if row is None:
        raise NotFound("file")
    if not owner_of(actor, row).sees_private and row.visibility == FileVisibility.PRIVATE:
        raise NotFound("file")
    purpose = get_purpose(row.purpose)
    # The object first, as everybody does who locks both.
    purpose.check_write(actor, row.object_id)
    _lock(purpose, row.object_id)
    row = StoredFile.objects.select_for_update(no_key=True).filter(pk=file_id).first()
    if row is None or (is_deleted is not None and is_deleted != (row.deleted_at is not None)):
        raise NotFound("file")
    return row, purpose


def _lock(purpose: FilePurpose, object_id: UUID) -> None:
    """Two uploads at once must not both be the last that fits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"files:{purpose.code}:{object_id}"],
        )


def _check_count(purpose: FilePurpose, object_id: UUID) -> None:
    if StoredFile.objects.live().of(purpose.code, object_id).count() >= purpose.max_count:
        raise DomainError("too_many_files", limit=purpose.max_count)


def _prepare(purpose: FilePurpose, file: BinaryIO, name: str) -> _Prepared:
    size = file.seek(0, 2)
    if size > purpose.max_bytes:
        raise DomainError("file_too_large", limit=purpose.max_bytes)
    media = content.detect(file, name)
    if media not in purpose.media:
        raise DomainError(
            "file_type_not_allowed",
            reason="purpose",
            found=str(media),
            allowed=sorted(purpose.media),
        )
    if media.is_image:
        return _prepare_image(images.remake(file, media), name)
    return _Prepared(
        {
            "name": clean_name(name, media),
            "media_type": str(media),
            "size": size,
            "sha256": digest_of(file),
            "storage_name": new_storage_name(),
        },
        File(file),
    )


def _prepare_image(picture: images.Picture, name: str) -> _Prepared:
    fields = {
        "name": clean_name(name, picture.media),
        "media_type": str(picture.media),
        "size": len(picture.content),
        "sha256": hashlib.sha256(picture.content).hexdigest(),
        "storage_name": new_storage_name(),
        "width": picture.width,
        "height": picture.height,
        "thumbnail_name": new_storage_name(),
        "thumbnail_size": len(picture.thumbnail),
        "thumbnail_sha256": hashlib.sha256(picture.thumbnail).hexdigest(),
    }
    return _Prepared(fields, ContentFile(picture.content), ContentFile(picture.thumbnail))


def _store(prepared: _Prepared) -> None:
    parts = [(prepared.fields["storage_name"], prepared.whole)]
    if prepared.thumbnail is not None:
        parts.append((prepared.fields["thumbnail_name"], prepared.thumbnail))
    try:
        for name, part in parts:
            get_storage().save(name, part)
            prepared.stored.append(name)
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise DomainError("storage_full") from error


def _record(actor: Actor, action: str, row: StoredFile, changes: dict[str, Any]) -> None:
    """On the record of the object, where its owner and staff look back."""
    audit.record(
        actor=user_or_none(actor),
        action=action,
        kind=row.object_kind,
        object_id=row.object_id,
        organisation_id=row.organisation_id,
        changes=changes,
    )
