"""Reads of files. Whoever may not see the object, or a private file of it, finds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import File

from park.accounts.actors import Actor
from park.core.errors import NotFound
from park.files.models import FileVisibility, StoredFile
from park.files.purposes import FileOwner, FilePurpose, get_purpose
from park.files.storage import get_storage


@dataclass(frozen=True, slots=True)
class FileList:
    """An object's files as the actor sees them, and what could be added."""

    purpose: FilePurpose
    items: Sequence[StoredFile]
    can_write: bool


def list_files(*, actor: Actor, purpose_code: str, object_id: UUID) -> FileList:
    """Oldest first. Raises NotFound, also for an object that the actor may not see."""
    purpose = get_purpose(purpose_code)
    owner = purpose.find_owner(actor, object_id)
    rows = StoredFile.objects.live().of(purpose.code, object_id).order_by("id")
    if not owner.sees_private:
        rows = rows.filter(visibility=FileVisibility.PUBLIC)
    return FileList(purpose, list(rows), owner.can_write)


def get_file(*, actor: Actor, file_id: UUID) -> StoredFile:
    """Raises NotFound."""
    file = StoredFile.objects.live().filter(pk=file_id).first()
    if file is None or not _may_see(file, owner_of(actor, file)):
        raise NotFound("file")
    return file


def owner_of(actor: Actor, file: StoredFile) -> FileOwner:
    """Raises NotFound when the file's object is not for the actor's eyes."""
    try:
        return get_purpose(file.purpose).find_owner(actor, file.object_id)
    except NotFound as error:
        raise NotFound("file") from error


def _may_see(file: StoredFile, owner: FileOwner) -> bool:
    return owner.sees_private or file.visibility == FileVisibility.PUBLIC


def open_file(file: StoredFile, *, is_thumbnail: bool = False) -> File:
    """The stored bytes. Raises NotFound for a thumbnail of what has none, and for a lost file."""
    name = file.thumbnail_name if is_thumbnail else file.storage_name
    if not name:
        raise NotFound("thumbnail")
    try:
        return get_storage().open(name)
    except FileNotFoundError as error:
        raise NotFound("file_content") from error
