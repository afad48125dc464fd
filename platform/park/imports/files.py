"""Where uploaded lists lie: under `imports/` of the data folder, by names that nobody can guess."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from park.core.errors import DomainError
from park.sheets.tables import Limits


@dataclass(frozen=True, slots=True)
class StoredFile:
    name: str
    size: int
    sha256: str


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(stored_name: str) -> Path:
    return folder() / stored_name


def store(chunks: Iterable[bytes], limits: Limits) -> StoredFile:
    """Writes the file as it comes; nothing stays when it is too large. Raises payload_too_large."""
    name = secrets.token_urlsafe(24)
    path = path_of(name)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > limits.bytes:
                    raise DomainError("payload_too_large", limit=limits.bytes)
                digest.update(chunk)
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return StoredFile(name, size, digest.hexdigest())


def forget(stored_name: str) -> None:
    path_of(stored_name).unlink(missing_ok=True)
