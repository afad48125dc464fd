"""What a restore refuses, what it leaves alone when it fails, and how damage is told."""

import gzip
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.backup.archive import ArchiveWriter, read_archive
from config.backup.database import Server
from config.backup.manifest import CONTENTS, DUMP, FILES, HEADER, BackupError
from config.embedded import Services, ensure_services
from config.locks import FileLock
from tests.config.browser import contents_of, files_of
from tests.config.processes_of import wait_until_none
from tests.config.test_serve import ROOT, Site

pytestmark = pytest.mark.xdist_group("serve")

FILL = """
import io
from park.accounts.models import User
from park.files import services
from park.organisations.models import Membership, Organisation
from tests.factories.files import PDF, picture
user = User.objects.create(username={name!r})
firm = Organisation.objects.create(name={name!r}, kind="enterprise")
Membership.objects.create(organisation=firm, user=user, role="owner")
for name, data in (("a.pdf", PDF), ("b.png", picture())):
    services.add_file(actor=user, purpose_code="organisation_paper", object_id=firm.pk,
                      file=io.BytesIO(data), name=name)
"""


def make_site(folder: Path, name: str) -> Site:
    site = Site(folder)
    for words in (["migrate", "--verbosity", "0"], ["shell", "-c", FILL.format(name=name)]):
        done = site.run(*words)
        assert done.returncode == 0, done.stderr
    return site


def hold(folder: Path) -> Services:
    """Keep the services up between commands: starting them anew each time takes long."""
    return ensure_services(folder, is_durable=False)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site, None, None]:
    folder = tmp_path_factory.mktemp("origin")
    services = hold(folder)
    yield make_site(folder, "origin")
    services.close()
    assert wait_until_none(folder) == []


@pytest.fixture(scope="module")
def archive(origin: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "site.tar"
    done = origin.run("backup", str(path), "--keys", str(path.with_suffix(".keys")))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site, None, None]:
    """Another site with data of its own, that no failed restore may change."""
    folder = tmp_path_factory.mktemp("used")
    services = hold(folder)
    yield make_site(folder, "used")
    services.close()
    assert wait_until_none(folder) == []


@pytest.fixture
def unchanged(used: Site) -> Generator[None, None, None]:
    def state() -> object:
        left = sorted(path.name for path in used.folder.glob("restore-*"))
        return contents_of(used.folder), files_of(used.folder), left, databases(used)

    before = state()
    key = (used.folder / "secret.key").read_text()
    yield
    assert state() == before
    assert (used.folder / "secret.key").read_text() == key


def databases(site: Site) -> list[str]:
    with (
        ensure_services(site.folder) as urls,
        psycopg.connect(urls.database_url) as connection,
    ):
        rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
        return sorted(name for (name,) in rows)


def refuse(site: Site, *words: str, said: str = "", typed: str = "") -> str:
    """The command fails with one clear sentence as its last line, and never a traceback."""
    done = subprocess.run(
        [sys.executable, "manage.py", "restore", *words],
        cwd=ROOT,
        env=site.environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("CommandError: ")
    assert said in last
    return last


def rebuilt(archive: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with other parts and hashes that fit them."""
    with tarfile.open(archive) as tar:
        parts = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
    contents = json.loads(parts.pop(CONTENTS))
    change(parts)
    with target.open("wb") as output:
        writer = ArchiveWriter(output)
        for name, data in parts.items():
            writer.add(name, len(data), io.BytesIO(data))
        writer.finish(contents["missing"])
    return target


def header_with(**changes: object) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts[HEADER] = json.dumps(json.loads(parts[HEADER]) | changes).encode()

    return change


# --- the archive itself ---


def test_the_secret_key_is_not_in_the_archive(origin: Site, archive: Path) -> None:
    key = (origin.folder / "secret.key").read_text()
    assert key.encode() not in archive.read_bytes()
    with tarfile.open(archive) as tar:
        names = {info.name for info in tar}
    stored = {f"{FILES}{name}" for name in files_of(origin.folder)}
    assert names == {HEADER, DUMP, CONTENTS} | stored
    assert len(stored) == 3


def test_an_archive_is_cut_short_wherever_it_ends_early(archive: Path, tmp_path: Path) -> None:
    data = archive.read_bytes()
    end = len(data.rstrip(b"\0"))
    short = tmp_path / "short.tar"
    for length in (0, 1, 511, 512, 600, 5_000, *range(10_000, end, 37_777), end - 600, end - 1):
        short.write_bytes(data[:length])
        with pytest.raises(BackupError):
            read_archive(short)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("space")


@settings(max_examples=120, deadline=None)
@given(at=st.integers(0, 10**9), value=st.integers(1, 255))
def test_a_changed_byte_is_found_or_is_none_of_the_contents(
    archive: Path, space: Path, at: int, value: int
) -> None:
    data = bytearray(archive.read_bytes())
    data[at % len(data)] ^= value
    changed = space / "changed.tar"
    changed.write_bytes(data)
    try:
        assert read_archive(changed).contents.parts
    except BackupError:
        return


def test_an_archive_that_was_compressed_afterwards_is_read(archive: Path, tmp_path: Path) -> None:
    packed = tmp_path / "site.tar.gz"
    packed.write_bytes(gzip.compress(archive.read_bytes()))
    assert read_archive(packed) == read_archive(archive)
    packed.write_bytes(packed.read_bytes()[:-2000])
    with pytest.raises(BackupError):
        read_archive(packed)


@pytest.mark.parametrize(
    "name", ["../out", "/etc/passwd", "files/../../x", "files/ab/cd/short", "secret.key", HEADER]
)
def test_parts_of_other_names_are_never_written(archive: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.tar"
    with tarfile.open(archive) as source, tarfile.open(path, "w") as tar:
        for info in source:
            tar.addfile(info, source.extractfile(info))
            if info.name == HEADER:
                extra = tarfile.TarInfo(name)
                extra.size = 1
                tar.addfile(extra, io.BytesIO(b"x"))
    with pytest.raises(BackupError):
        read_archive(path, into=tmp_path / "into")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "odd.tar"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo(HEADER)
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(BackupError):
        read_archive(path, into=tmp_path / "into")


def test_check_reads_the_whole_archive_and_needs_no_services(archive: Path, tmp_path: Path) -> None:
    site = Site(tmp_path / "nowhere")
    done = site.run("restore", str(archive), "--check")
    assert done.returncode == 0, done.stderr
    assert "3 files" in done.stdout
    assert not (site.folder / "postgres").exists()
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(archive.read_bytes().replace(b"%PDF-1.4", b"%PDF-1.5"))
    refuse(site, str(damaged), "--check", said="damaged")


# --- refused before anything is touched ---


@pytest.mark.parametrize("data", [b"", b"not a backup", b"\x1f\x8b" + bytes(50), bytes(20_000)])
def test_a_wrong_file_is_named_in_one_sentence(
    used: Site, unchanged: None, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "wrong.tar"
    path.write_bytes(data)
    refuse(used, str(path), "--replace", "--no-input", said="not a backup")


def test_what_is_newer_than_this_version_is_refused(
    used: Site, unchanged: None, archive: Path, tmp_path: Path
) -> None:
    path = tmp_path / "newer.tar"
    cases = {
        "format 99": header_with(format_version=99),
        "newer version": header_with(migrations=[["files", "0999_tomorrow"]]),
        "PostgreSQL 99": header_with(server_version=990001),
    }
    for said, change in cases.items():
        refuse(used, str(rebuilt(archive, path, change)), "--replace", "--no-input", said=said)


def test_a_site_in_use_is_replaced_only_when_told_and_asked(
    used: Site, unchanged: None, archive: Path
) -> None:
    refuse(used, str(archive), said="--replace")
    refuse(used, str(archive), "--replace", typed="yes\n", said="--replace")
    refuse(used, str(archive), "--replace", typed="", said="--replace")
    refuse(used, str(archive), "--no-input", said="--replace")


def test_a_running_site_is_not_restored_under_its_feet(
    used: Site, unchanged: None, archive: Path
) -> None:
    words = [str(archive), "--replace", "--no-input"]
    with FileLock(used.folder / "serve.lock") as lock:
        assert lock.try_exclusive()
        refuse(used, *words, said="stop it first")
    with ensure_services(used.folder) as urls, psycopg.connect(urls.database_url):
        refuse(used, *words, said="connections")


def test_keys_of_another_site_and_files_that_hold_none_are_refused(
    used: Site, unchanged: None, archive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.keys"
    assert used.run("backup", str(tmp_path / "x.tar"), "--keys", str(other)).returncode == 0
    words = [str(archive), "--replace", "--no-input", "--keys"]
    refuse(used, *words, str(other), said="do not belong")
    other.write_text("{}")
    refuse(used, *words, str(other), said="no keys")
    refuse(used, *words, str(tmp_path / "absent"), said="cannot be read")


# --- failing half-way ---


def test_a_database_that_cannot_be_restored_changes_nothing(
    used: Site, unchanged: None, archive: Path, tmp_path: Path
) -> None:
    """The hashes fit, the dump is nonsense, cut short, or of another content than it says."""

    def nonsense(parts: dict[str, bytes]) -> None:
        parts[DUMP] = b"nonsense" * 100

    def cut(parts: dict[str, bytes]) -> None:
        parts[DUMP] = parts[DUMP][: len(parts[DUMP]) // 2]

    path = tmp_path / "bad.tar"
    for change in (nonsense, cut, header_with(tables={"accounts_user": 77})):
        refuse(used, str(rebuilt(archive, path, change)), "--replace", "--no-input")


def test_what_a_killed_restore_left_is_cleared_by_the_next(
    used: Site, archive: Path, unchanged: None
) -> None:
    folder = used.folder / "restore-dead"
    folder.mkdir()
    with (
        ensure_services(used.folder) as urls,
        psycopg.connect(urls.database_url, autocommit=True) as connection,
    ):
        connection.execute('CREATE DATABASE "cuohe_restore_0123abcd"')
    refuse(used, str(archive), said="--replace")
    assert not folder.exists()


# --- restored ---


def restored(archive: Path, folder: Path, *words: str) -> Site:
    site = Site(folder)
    done = site.run("restore", str(archive), *words)
    assert done.returncode == 0, done.stderr
    return site


def test_a_site_in_use_is_replaced_whole(origin: Site, archive: Path, tmp_path: Path) -> None:
    with hold(tmp_path):
        site = make_site(tmp_path, "old")
        old_files = files_of(tmp_path)
        (tmp_path / "index" / "flat").mkdir(parents=True)
        restored(archive, tmp_path, "--replace", "--no-input")
        assert contents_of(tmp_path) == contents_of(origin.folder)
        # The files of before are swept a day later, like all that nobody knows of.
        assert files_of(tmp_path) == old_files | files_of(origin.folder)
        assert databases(site) == ["cuohe", "postgres"]
        assert not (tmp_path / "index" / "flat").exists()
    assert wait_until_none(tmp_path) == []


def test_without_keys_the_site_keeps_its_own_and_with_them_gets_those_of_the_backup(
    origin: Site, archive: Path, tmp_path: Path
) -> None:
    with hold(tmp_path):
        site = Site(tmp_path)
        done = site.run("restore", str(archive))
        assert done.returncode == 0, done.stderr
        assert "signs in again" in done.stderr
        own = (tmp_path / "secret.key").read_text()
        assert own != (origin.folder / "secret.key").read_text()
        keys = ["--keys", str(archive.with_suffix(".keys"))]
        restored(archive, tmp_path, "--replace", "--no-input", *keys)
        path = tmp_path / "secret.key"
        assert path.read_text() == (origin.folder / "secret.key").read_text()
        assert path.stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "secret.key.replaced").read_text() == own


def test_an_older_backup_is_migrated_forward(archive: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    with hold(old):
        site = make_site(old, "older")
        assert site.run("migrate", "talent", "zero", "--verbosity", "0").returncode == 0
        assert "talent_talentcard" not in contents_of(old)
        done = site.run("backup", str(tmp_path / "old.tar"))
        assert done.returncode == 0, done.stderr
    with hold(new):
        site = restored(tmp_path / "old.tar", new)
        assert "talent_talentcard" in contents_of(new)
        assert site.run("migrate", "--check").returncode == 0
    for folder in (old, new):
        assert wait_until_none(folder) == []


def test_vectors_of_pgvector_are_left_out_and_no_extension_is_asked_for(tmp_path: Path) -> None:
    with hold(tmp_path / "a") as urls:
        site = make_site(tmp_path / "a", "vectors")
        with psycopg.connect(urls.database_url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")
            connection.execute("CREATE TABLE matching_vector (id bigserial, v vector)")
            connection.execute("INSERT INTO matching_vector (v) VALUES ('[1,2]')")
        done = site.run("backup", str(tmp_path / "v.tar"))
        assert done.returncode == 0, done.stderr
    with hold(tmp_path / "b") as urls:
        restored(tmp_path / "v.tar", tmp_path / "b")
        with psycopg.connect(urls.database_url) as connection:
            found = connection.execute(
                "SELECT to_regclass('matching_vector'), "
                "(SELECT count(*) FROM pg_extension WHERE extname = 'vector')"
            ).fetchone()
    assert found == (None, 0)


def test_stamps_of_another_server_are_renewed(origin: Site, tmp_path: Path) -> None:
    """An index follows changes by transaction numbers; those of a busier server lie far ahead."""
    code = (
        "from matching.models import Item; from django.utils import timezone; import uuid;"
        "Item.objects.create(kind='need', side='need', object_id=uuid.uuid4(), title='x',"
        " updated_at=timezone.now()); Item.objects.update(change_stamp=10**12)"
    )
    with hold(tmp_path / "a"):
        site = make_site(tmp_path / "a", "stamps")
        assert site.run("shell", "-c", code).returncode == 0
        assert site.run("backup", str(tmp_path / "s.tar")).returncode == 0
    with hold(tmp_path / "b") as urls:
        restored(tmp_path / "s.tar", tmp_path / "b")
        with psycopg.connect(urls.database_url) as connection:
            [(is_past,)] = connection.execute(
                "SELECT change_stamp < pg_current_xact_id()::text::bigint FROM matching_item"
            ).fetchall()
    assert is_past


# --- making ---


def test_a_lost_and_a_damaged_file_are_reported_and_the_rest_is_kept(tmp_path: Path) -> None:
    with hold(tmp_path / "a"):
        site = make_site(tmp_path / "a", "damage")
        lost, damaged, kept = sorted(files_of(site.folder))
        (site.folder / "files" / lost).unlink()
        path = site.folder / "files" / damaged
        path.write_bytes(b"x" + path.read_bytes()[1:])
        done = site.run("backup", str(tmp_path / "d.tar"))
    assert done.returncode == 0
    assert f"missing on this site: {lost}" in done.stderr
    assert f"damaged on this site: {damaged}" in done.stderr
    checked = read_archive(tmp_path / "d.tar")
    assert checked.contents.missing == [lost]
    assert set(checked.stored_names) == {damaged, kept}


def test_an_archive_that_exists_is_kept_unless_told(origin: Site, archive: Path) -> None:
    before = archive.read_bytes()
    done = origin.run("backup", str(archive))
    assert done.returncode != 0
    assert archive.read_bytes() == before
    shutil.copy(archive, copy := archive.with_suffix(".copy"))
    assert origin.run("backup", str(copy), "--overwrite").returncode == 0
    done = origin.run("backup", str(archive.with_suffix(".new")), "--keys", str(copy))
    assert done.returncode != 0  # keys never overwrite anything
    assert not archive.with_suffix(".new").exists()


def test_a_backup_streams_to_standard_output(origin: Site, archive: Path, tmp_path: Path) -> None:
    def stream(output: Path) -> subprocess.CompletedProcess[bytes]:
        with output.open("wb") as file:
            return subprocess.run(
                [sys.executable, "manage.py", "backup", "-"],
                cwd=ROOT,
                env=origin.environment,
                stdout=file,
                stderr=subprocess.PIPE,
                check=False,
            )

    assert stream(tmp_path / "out.tar").returncode == 0
    assert read_archive(tmp_path / "out.tar").header.tables == read_archive(archive).header.tables
    full = stream(Path("/dev/full"))
    assert full.returncode != 0
    assert full.stderr.decode().strip().splitlines()[-1].startswith("CommandError: ")


def test_where_nothing_can_be_written_the_reason_is_told(origin: Site, tmp_path: Path) -> None:
    done = origin.run("backup", str(tmp_path / "absent" / "x.tar"))
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].startswith("CommandError: ")


def test_an_empty_database_is_nothing_to_back_up(tmp_path: Path) -> None:
    site = Site(tmp_path / "empty")
    done = site.run("backup", str(tmp_path / "x.tar"))
    assert done.returncode != 0
    assert "nothing to back up" in done.stderr
    assert not (tmp_path / "x.tar").exists()


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    server = Server("postgresql://nobody@/nowhere?host=/nonexistent")
    with pytest.raises(BackupError), server.connect():
        pass
