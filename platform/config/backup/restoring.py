"""Puts a backup back. Everything is checked and made ready aside first; then it takes its place at
once, so that whatever fails before leaves the site as it was."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from django.core.files.base import File
from django.db.migrations.loader import MigrationLoader

from config.backup import database, keys
from config.backup.archive import Checked, read_archive
from config.backup.database import Server, Target
from config.backup.making import FULL, Progress
from config.backup.manifest import DUMP, FILES, BackupError, Header
from config.env import ROOT
from config.locks import FileLock
from matching.serving import index_folder
from park.files.storage import digest_of, get_storage

SPARE = 64 * 1024 * 1024
STAGE = "restore-"


@dataclass(frozen=True)
class Site:
    """Where a backup is put."""

    url: str
    data_dir: Path

    @property
    def server(self) -> Server:
        return Server(self.url)


@dataclass(frozen=True)
class Restored:
    checked: Checked
    migrated: int
    """Migrations that the backup lacked."""


def check_backup(source: Path, progress: Progress) -> Checked:
    """Reads all of it and changes nothing. Raises BackupError."""
    checked = read_archive(source, advance=progress.advance)
    _missing_migrations(checked.header)
    return checked


def restore_backup(
    site: Site,
    source: Path,
    *,
    may_replace: Callable[[Target], bool],
    secret_key: str | None,
    progress: Progress,
) -> Restored:
    """`may_replace` is asked before a site that is in use is replaced. Raises BackupError."""
    with _site_to_itself(site), _stage(site.data_dir) as stage:
        _require_room(source, site.data_dir)
        progress.say("Checking the backup…")
        with _told_of_a_full_disk(site.data_dir):
            checked = read_archive(source, into=stage, advance=progress.advance)
        lacking = _missing_migrations(checked.header)
        if secret_key is not None:
            _require_own_key(checked.header, secret_key)
        _require_server(site, checked.header)
        _require_empty_or_consent(site, may_replace)
        name = database.make_aside(site.server)
        added: list[str] = []
        try:
            progress.say("Restoring the database…")
            _fill(site, name, stage, checked.header)
            if lacking:
                progress.say(f"Migrating it forward ({lacking})…")
                _migrate(site, name)
            progress.say(f"Restoring {len(checked.stored_names)} files…")
            with _told_of_a_full_disk(site.data_dir):
                _add_files(checked, stage, added)
            database.put_in_place(site.server, name)
        except BaseException:
            for one in added:
                get_storage().delete(one)
            database.drop(site.server, name)
            raise
        if secret_key is not None:
            keys.put_in_place(site.data_dir, secret_key)
        # A cache of other vectors: the worker makes it again from those in the database.
        shutil.rmtree(index_folder(), ignore_errors=True)
    return Restored(checked, lacking)


# --- before anything is touched ---


@contextmanager
def _site_to_itself(site: Site) -> Iterator[None]:
    with FileLock(site.data_dir / "serve.lock") as lock:
        if not lock.try_exclusive():
            raise BackupError(f"Cuohe is running with {site.data_dir}: stop it first.")
        database.drop_leftovers(site.server)
        for left in site.data_dir.glob(f"{STAGE}*"):
            shutil.rmtree(left, ignore_errors=True)
        if others := database.count_others(site.server):
            raise BackupError(
                f"{others} connections to the database {site.server.name} are open: stop the site "
                "on every machine first."
            )
        yield


@contextmanager
def _stage(data_dir: Path) -> Iterator[Path]:
    folder = data_dir / f"{STAGE}{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _require_room(source: Path, data_dir: Path) -> None:
    try:
        size = source.stat().st_size
    except OSError as error:
        raise BackupError(f"{source} cannot be read: {error.strerror}.") from error
    free = shutil.disk_usage(data_dir).free
    if free < 2 * size + SPARE:
        raise BackupError(
            f"The disk of {data_dir} has {free // 2**20} MB left; the backup takes "
            f"{(2 * size + SPARE) // 2**20} MB to restore."
        )


def _missing_migrations(header: Header) -> int:
    """How many migrations the backup lacks. Raises BackupError when it has one unknown here."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    applied = set(header.migrations)
    if unknown := applied - known:
        app, name = min(unknown)
        raise BackupError(
            f"The backup was made by a newer version of Cuohe ({header.app_version}; {app}.{name} "
            "is unknown here): restore it with that version or a newer one."
        )
    return len(known - applied)


def _require_own_key(header: Header, secret_key: str) -> None:
    if keys.fingerprint(secret_key) != header.key_fingerprint:
        raise BackupError("These keys do not belong to this backup.")


def _require_server(site: Site, header: Header) -> None:
    version, made_on = site.server.version() // 10_000, header.server_version // 10_000
    if version < made_on:
        raise BackupError(
            f"The backup comes from PostgreSQL {made_on}, this server is {version}: a dump cannot "
            "go back to an older one."
        )


def _require_empty_or_consent(site: Site, may_replace: Callable[[Target], bool]) -> None:
    found = database.look_at(site.server)
    if found.is_empty:
        return
    if not may_replace(found):
        raise BackupError(
            f"The database {site.server.name} is in use ({found.users} users, "
            f"{found.organisations} organisations): restore into an empty data folder, or say "
            "--replace."
        )


# --- aside ---


def _fill(site: Site, name: str, stage: Path, header: Header) -> None:
    try:
        database.load_dump(
            site.server, name, stage / DUMP, dumped_with=header.dumped_with, work=stage
        )
        counted = database.row_counts(site.server, name)
        if counted != header.tables:
            differing = {t for t in header.tables if counted.get(t) != header.tables[t]}
            raise BackupError(
                f"The restored database is not whole: {', '.join(sorted(differing))}."
            )
        database.renew_stamps(site.server, name)
    except psycopg.Error as error:
        raise BackupError(f"The database cannot be restored: {str(error).strip()}") from error


def _migrate(site: Site, name: str) -> None:
    """In a process of its own: this one's settings name the database that is to be replaced."""
    url = urlsplit(site.url)._replace(path=f"/{quote(name)}").geturl()
    paths = [str(ROOT), str(ROOT / "platform"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    line = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise BackupError(f"The backup cannot be migrated to this version: {reason}")


def _add_files(checked: Checked, stage: Path, added: list[str]) -> None:
    """Beside those that are there: names are random, and nobody knows of the new ones yet."""
    storage = get_storage()

    def hash_of(name: str) -> str:
        return checked.contents.parts[FILES + name].sha256

    for name in checked.stored_names:
        staged = stage / FILES / name
        if storage.exists(name):
            with storage.open(name) as content:
                is_same = digest_of(content) == hash_of(name)
            if is_same:
                continue
            storage.delete(name)  # damaged since: what comes is what was handed in
        else:
            added.append(name)
        with staged.open("rb") as content:
            storage.save(name, File(content))
        staged.unlink()


@contextmanager
def _told_of_a_full_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise BackupError(f"The disk of {folder} is full: nothing was changed.") from error
