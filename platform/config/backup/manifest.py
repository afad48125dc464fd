"""What an archive says of itself: a header before everything else, a list of contents at its end.

The list is last because only then everything has been read; an archive without it was cut short.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT_VERSION = 1
HEADER = "cuohe-backup.json"
DUMP = "database.dump"
FILES = "files/"
CONTENTS = "contents.json"


class BackupError(Exception):
    """It cannot be done; the text is one sentence for the operator."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Header(BaseModel):
    # A later version may say more.
    model_config = ConfigDict(extra="ignore")

    format: Literal["cuohe-backup"]
    format_version: int
    app_version: str
    created_at: datetime
    server_version: int
    """As PostgreSQL counts: 180004 is 18.4."""
    dumped_with: int
    """The major version of pg_dump."""
    migrations: list[tuple[str, str]]
    tables: dict[str, int]
    """Rows of each, in the snapshot that was dumped."""
    key_fingerprint: str


class Contents(BaseModel):
    model_config = ConfigDict(extra="ignore")

    parts: dict[str, Part]
    missing: list[str]
    """Stored names that a row knew of and the storage did not, when the backup was made."""


def read_header(text: bytes) -> Header:
    try:
        header = Header.model_validate_json(text)
    except ValidationError as error:
        raise BackupError("This is not a backup of Cuohe: its header makes no sense.") from error
    if header.format_version > FORMAT_VERSION:
        raise BackupError(
            f"The backup has format {header.format_version}, this version of Cuohe "
            f"({FORMAT_VERSION} at most) is too old to read it."
        )
    return header


def read_contents(text: bytes) -> Contents:
    try:
        return Contents.model_validate_json(text)
    except ValidationError as error:
        raise BackupError("The backup is damaged: its list of contents makes no sense.") from error
