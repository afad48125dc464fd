"""The archive: a tar that streams both ways, every part of it hashed, none of it trusted."""

import hashlib
import io
import re
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from lzma import LZMAError
from pathlib import Path
from typing import IO, BinaryIO

from config.backup.manifest import (
    CONTENTS,
    DUMP,
    FILES,
    HEADER,
    BackupError,
    Contents,
    Header,
    Part,
    read_contents,
    read_header,
)

CHUNK = 1024 * 1024
LARGEST_TEXT = 64 * 1024 * 1024
STORED_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
CUT_SHORT = "The backup is cut short: its end is missing."

Advance = Callable[[int], object]


@dataclass
class ArchiveWriter:
    """Writes parts in order and remembers their hashes; the output need not be seekable."""

    output: BinaryIO
    advance: Advance = lambda _: None
    parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tar = tarfile.open(fileobj=self.output, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, size: int, content: IO[bytes]) -> Part:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(time.time())
        reader = _HashingReader(content, self.advance)
        self._tar.addfile(info, reader)  # pyright: ignore[reportArgumentType]
        self.parts[name] = Part(size=size, sha256=reader.digest.hexdigest())
        return self.parts[name]

    def add_text(self, name: str, text: str) -> None:
        data = text.encode()
        self.add(name, len(data), io.BytesIO(data))

    def finish(self, missing: list[str]) -> None:
        contents = Contents(parts=dict(self.parts), missing=missing)
        self.add_text(CONTENTS, contents.model_dump_json(indent=1))
        self._tar.close()


class _HashingReader:
    def __init__(self, content: IO[bytes], advance: Advance) -> None:
        self._content = content
        self._advance = advance
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._content.read(size)
        self.digest.update(chunk)
        self._advance(len(chunk))
        return chunk


@dataclass(frozen=True)
class Checked:
    """A whole archive: every part was there and had the hash that its list says."""

    header: Header
    contents: Contents

    @property
    def stored_names(self) -> list[str]:
        return [name.removeprefix(FILES) for name in self.contents.parts if name.startswith(FILES)]

    @property
    def files_size(self) -> int:
        parts = self.contents.parts
        return sum(part.size for name, part in parts.items() if name.startswith(FILES))


def read_archive(
    source: Path, *, into: Path | None = None, advance: Advance = lambda _: None
) -> Checked:
    """Reads all of it once and checks it; with `into`, parts are written there as they come.

    Raises BackupError. `into` may hold anything then: it is for the caller to remove.
    """
    found: dict[str, Part] = {}
    texts: dict[str, bytes] = {}
    header: Header | None = None
    with _reading(source, advance) as tar:
        for info in tar:
            name = info.name
            if not info.isreg() or name in found or not _is_expected(name):
                raise BackupError(f"This is not a backup of Cuohe: it holds {name[:100]!r}.")
            if header is None and name != HEADER:
                raise BackupError("This is not a backup of Cuohe: its header is missing.")
            content = tar.extractfile(info)
            assert content is not None  # noqa: S101 - a regular file
            if name in (HEADER, CONTENTS):
                if info.size > LARGEST_TEXT:
                    raise BackupError("This is not a backup of Cuohe: its header is too long.")
                texts[name] = content.read()
                found[name] = _part_of(texts[name])
                if name == HEADER:
                    header = read_header(texts[name])
            else:
                found[name] = _copy(content, info.size, into and into / name)
    if header is None:
        raise BackupError("This is not a backup of Cuohe: it is empty.")
    if CONTENTS not in texts:
        raise BackupError(CUT_SHORT)
    contents = read_contents(texts[CONTENTS])
    del found[CONTENTS]
    _compare(found, contents)
    return Checked(header, contents)


@contextmanager
def _reading(source: Path, advance: Advance) -> Iterator[tarfile.TarFile]:
    try:
        raw = source.open("rb")
    except OSError as error:
        raise BackupError(f"{source} cannot be read: {error.strerror}.") from error
    with raw:
        try:
            # An archive that was compressed afterwards is read as it is.
            with tarfile.open(fileobj=_Counting(raw, advance), mode="r|*") as tar:  # pyright: ignore[reportCallIssue,reportArgumentType]
                yield tar
        except tarfile.ReadError as error:
            is_cut = "unexpected end" in str(error)
            raise BackupError(
                CUT_SHORT if is_cut else f"{source} is not a backup of Cuohe, or is damaged."
            ) from error
        except (tarfile.TarError, EOFError, zlib.error, LZMAError) as error:
            raise BackupError(f"{source} is not a backup of Cuohe, or is damaged.") from error


class _Counting:
    def __init__(self, raw: BinaryIO, advance: Advance) -> None:
        self._raw = raw
        self._advance = advance

    def read(self, size: int = -1) -> bytes:
        chunk = self._raw.read(size)
        self._advance(len(chunk))
        return chunk


def _is_expected(name: str) -> bool:
    """Nothing else is ever written, so that no name leads out of the folder."""
    if name.startswith(FILES):
        return STORED_NAME.fullmatch(name.removeprefix(FILES)) is not None
    return name in (HEADER, DUMP, CONTENTS)


def _part_of(data: bytes) -> Part:
    return Part(size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _copy(content: IO[bytes], size: int, target: Path | None) -> Part:
    digest = hashlib.sha256()
    output = None
    if target is not None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        output = target.open("xb")
    try:
        left = size
        while left and (chunk := content.read(min(CHUNK, left))):
            left -= len(chunk)
            digest.update(chunk)
            if output is not None:
                output.write(chunk)
    finally:
        if output is not None:
            output.close()
    if left:
        raise BackupError(CUT_SHORT)
    return Part(size=size, sha256=digest.hexdigest())


def _compare(found: dict[str, Part], contents: Contents) -> None:
    for name, part in contents.parts.items():
        if name not in found:
            raise BackupError(f"The backup is damaged: {name} is missing.")
        if found[name] != part:
            raise BackupError(f"The backup is damaged: {name} is not what was written.")
    if extra := set(found) - set(contents.parts):
        raise BackupError(f"The backup is damaged: {min(extra)} is not on its list.")
    if DUMP not in found:
        raise BackupError("The backup is damaged: it holds no database.")
