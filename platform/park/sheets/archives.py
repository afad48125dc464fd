"""Guards a workbook before anything of it is parsed: it is a ZIP, and a ZIP may lie.

Python's own reader stops at the size that the directory declares, so a limit on the declared sizes
is a limit on what is ever unpacked; what does not fit its declaration is a damaged file.
"""

import zipfile
from pathlib import Path

from park.core.errors import DomainError
from park.sheets.tables import Limits

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_MAGIC = b"PK"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")
_MACRO_TYPES = (b"macroEnabled", b"vbaProject")
_MANIFEST = "[Content_Types].xml"
_MANIFEST_LIMIT = 2 * 1024 * 1024
_SMALL = 20 * 1024 * 1024
"""Below this a high ratio is only a very regular sheet."""


def refuse_ole(path: Path) -> None:
    """The container of old workbooks and of encrypted new ones. Always raises."""
    with path.open("rb") as file:
        head = file.read(4 * 1024 * 1024)
    code = "password_protected" if _ENCRYPTED_PART in head else "old_workbook"
    raise DomainError(code)


def open_workbook(path: Path, limits: Limits) -> zipfile.ZipFile:
    """The archive, checked. Raises unreadable_file, unsupported_file, zip_bomb, macro_workbook,
    password_protected."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DomainError("unreadable_file") from error
    try:
        _check_sizes(archive, path.stat().st_size, limits)
        _check_kind(archive)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        archive.close()
        raise DomainError("unreadable_file") from error
    except DomainError:
        archive.close()
        raise
    return archive


def _check_sizes(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    is_bomb = (
        len(members) > limits.members
        or unpacked > limits.unpacked_bytes
        or (unpacked > _SMALL and unpacked > packed * limits.ratio)
    )
    if is_bomb:
        raise DomainError("zip_bomb")
    if any(member.flag_bits & 1 for member in members):
        raise DomainError("password_protected")


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise DomainError("macro_workbook")
    if _MANIFEST not in names:
        raise DomainError("unsupported_file")
    with archive.open(_MANIFEST) as file:
        manifest = file.read(_MANIFEST_LIMIT)
    if any(word in manifest for word in _MACRO_TYPES):
        raise DomainError("macro_workbook")
    if b"spreadsheetml.sheet.main" not in manifest and b"template.main" not in manifest:
        raise DomainError("unsupported_file")
