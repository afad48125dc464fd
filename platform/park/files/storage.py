"""The folder that files are kept in: private, written aside, never overwritten.

Django's `STORAGES["files"]` names it, so that a store of objects on the network can take its place.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

CHUNK = 256 * 1024
ASIDE = ".part"
"""How a file ends that is being written; whatever is left of one after a crash is swept."""


def get_storage() -> Storage:
    return storages["files"]


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of a whole seekable file, which stands at its start afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class PrivateFolderStorage(FileSystemStorage):
    def __init__(self, location: str | Path) -> None:
        super().__init__(
            location=str(location), file_permissions_mode=0o600, directory_permissions_mode=0o700
        )

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A name that is taken is a mistake: they are random."""
        if self.exists(name):
            raise FileExistsError(name)
        return name

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        self._make_folders(path.parent)
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{ASIDE}")
        try:
            with open(aside, "xb", opener=_private) as file:
                file.writelines(content.chunks())
                file.flush()
                os.fsync(file.fileno())
            aside.rename(path)
            _sync_folder(path.parent)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return name

    def _make_folders(self, folder: Path) -> None:
        root = Path(self.base_location)
        for one in (root, *reversed([p for p in folder.parents if root in p.parents]), folder):
            one.mkdir(mode=0o700, parents=one == root, exist_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Without this a power cut may forget the name of a file whose row is already committed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
