"""Makes a backup of a running or stopped site: dump and files of one moment, in one archive."""

import errno
import importlib.metadata
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from config.backup import database, keys
from config.backup.archive import ArchiveWriter
from config.backup.database import Server, Snapshot
from config.backup.manifest import DUMP, FILES, FORMAT_VERSION, HEADER, BackupError, Header
from park.files.storage import get_storage

FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass
class Made:
    size: int = 0
    files: int = 0
    rows: int = 0
    missing: list[str] = field(default_factory=list)
    """Stored names that rows know of and that are not there."""
    damaged: list[str] = field(default_factory=list)
    """Stored names whose bytes are not those that were handed in."""


@dataclass(frozen=True)
class Progress:
    """How a long run tells where it is."""

    say: Callable[[str], object] = lambda _: None
    advance: Callable[[int], object] = lambda _: None


def make_backup(
    server: Server,
    *,
    target: Path | None,
    output: BinaryIO | None = None,
    data_dir: Path,
    secret_key: str,
    now: datetime,
    progress: Progress,
) -> Made:
    """Into `target`, which appears when it is whole, or to `output`. Raises BackupError."""
    made = Made()
    with _work_folder(data_dir) as work, database.hold_snapshot(server) as snapshot:
        progress.say("Dumping the database…")
        dump = work / DUMP
        with _told_of_a_full_disk(work):
            version = database.dump(server, snapshot, dump)
        made.rows = sum(snapshot.tables.values())
        header = _header(snapshot, version, secret_key, now)
        if target is None:
            assert output is not None  # noqa: S101 - one of the two
            with _told_of_a_full_disk("standard output"):
                _write(output, header, dump, snapshot, made, progress)
                output.flush()
        else:
            with _new_file(target) as file:
                _write(file, header, dump, snapshot, made, progress)
            made.size = target.stat().st_size
    return made


def _header(snapshot: Snapshot, dumped_with: int, secret_key: str, now: datetime) -> Header:
    return Header(
        format="cuohe-backup",
        format_version=FORMAT_VERSION,
        app_version=app_version(),
        created_at=now,
        server_version=snapshot.server_version,
        dumped_with=dumped_with,
        migrations=snapshot.migrations,
        tables=snapshot.tables,
        key_fingerprint=keys.fingerprint(secret_key),
    )


def app_version() -> str:
    try:
        return importlib.metadata.version("cuohe")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _write(
    output: BinaryIO,
    header: Header,
    dump: Path,
    snapshot: Snapshot,
    made: Made,
    progress: Progress,
) -> None:
    writer = ArchiveWriter(output, progress.advance)
    writer.add_text(HEADER, header.model_dump_json(indent=1))
    with dump.open("rb") as content:
        writer.add(DUMP, dump.stat().st_size, content)
    storage = get_storage()
    if snapshot.stored:
        progress.say(f"Adding {len(snapshot.stored)} files…")
    for row in snapshot.stored:
        try:
            with storage.open(row.name) as content:
                part = writer.add(FILES + row.name, content.size, content)
        except FileNotFoundError:
            made.missing.append(row.name)
            continue
        made.files += 1
        if part.sha256 != row.sha256:
            made.damaged.append(row.name)
    writer.finish(made.missing)


@contextmanager
def _work_folder(data_dir: Path) -> Iterator[Path]:
    folder = data_dir / f"backup-{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise BackupError(f"{data_dir} cannot be written: {error.strerror}.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """Written aside, readable by its owner alone, and renamed when it is on the disk."""
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with _told_of_a_full_disk(target.parent), open(aside, "xb", opener=_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.rename(target)
    except FileNotFoundError as error:
        raise BackupError(f"{target.parent} does not exist.") from error
    except PermissionError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def _told_of_a_full_disk(where: Path | str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise BackupError(f"The disk of {where} is full: there is no backup.") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
