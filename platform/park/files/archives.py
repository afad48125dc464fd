"""Zip archives from strangers: opened only within limits, and looked at for macros.

Word and Excel files are such archives; whoever reads a workbook checks it here first.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from park.core.errors import DomainError
from park.files import limits

END_SIGNATURE = b"PK\x05\x06"
END_SIZE = 22
CHUNK = 64 * 1024
CONTENT_TYPES = "[Content_Types].xml"
ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    entries: int = limits.MAX_ARCHIVE_ENTRIES
    directory: int = limits.MAX_ARCHIVE_DIRECTORY
    total: int = limits.MAX_ARCHIVE_BYTES
    ratio: int = limits.MAX_ARCHIVE_RATIO


DEFAULT_LIMITS = ArchiveLimits()


def check_office_archive(file: BinaryIO, within: ArchiveLimits = DEFAULT_LIMITS) -> str:
    """Reads every entry to its end, keeping none, and gives the text of the content types.

    Raises archive_bomb, macro_file, file_type_not_allowed.
    """
    _check_directory(file, within)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_declared(entries, within)
            _check_macros(entries)
            types = _read_all(archive, entries, within)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise refused("damaged") from error
    if types is None:
        raise refused("archive")
    return types


def refused(reason: str) -> DomainError:
    return DomainError("file_type_not_allowed", reason=reason)


def _bomb(reason: str, limit: int) -> DomainError:
    return DomainError("archive_bomb", reason=reason, limit=limit)


def _check_directory(file: BinaryIO, within: ArchiveLimits) -> None:
    """The list of entries is held in memory whole: how long it is comes first."""
    size = file.seek(0, 2)
    start = max(0, size - END_SIZE - 65_535)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(END_SIGNATURE)
    if at < 0 or len(tail) - at < END_SIZE:
        raise refused("damaged")
    count, length, offset, comment = struct.unpack("<HIIH", tail[at + 10 : at + END_SIZE])
    if count > within.entries:
        raise _bomb("entries", within.entries)
    # 4 GB and more are written in another record; what is allowed here never needs it.
    if length > within.directory:
        raise _bomb("directory", within.directory)
    if offset + length != start + at or at + END_SIZE + comment != len(tail):
        raise refused("polyglot")  # something stands before, between or behind
    file.seek(0)


def _check_declared(entries: list[zipfile.ZipInfo], within: ArchiveLimits) -> None:
    if len(entries) > within.entries:
        raise _bomb("entries", within.entries)
    if sum(entry.file_size for entry in entries) > within.total:
        raise _bomb("size", within.total)
    for entry in entries:
        if entry.flag_bits & ENCRYPTED:
            raise refused("protected")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused("compression")
        is_large = entry.file_size > limits.MIB
        if is_large and entry.file_size > within.ratio * max(entry.compress_size, 1):
            raise _bomb("ratio", within.ratio)


def _check_macros(entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        name = entry.filename.lower()
        if name.endswith("vbaproject.bin") or "/macrosheets/" in name or "/activex/" in name:
            raise DomainError("macro_file")


def _read_all(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], within: ArchiveLimits
) -> str | None:
    """What an entry says of its size is a claim: the bytes are counted as they come."""
    left = within.total
    types = None
    for entry in entries:
        kept = bytearray()
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _bomb("size", within.total)
                if entry.filename == CONTENT_TYPES:
                    kept += chunk
                    if len(kept) > limits.MIB:
                        raise _bomb("size", limits.MIB)
        if entry.filename == CONTENT_TYPES:
            types = kept.decode("utf-8", "replace")
    return types
