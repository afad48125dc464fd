"""A backup of a running site, restored into an empty folder, is the same site."""

import json
import threading
from collections.abc import Generator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from config.backup.archive import read_archive
from config.embedded import ensure_services
from tests.config.browser import Browser, contents_of, files_of, wait_for
from tests.config.processes_of import wait_until_none
from tests.config.test_serve import Site
from tests.factories import files

pytestmark = pytest.mark.xdist_group("serve")

SEARCH = f"/api/v1/search?q={quote('铜箔表面缺陷检测')}"


def make_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    from django.conf import settings

    folder = factory.mktemp(name)
    (folder / "models").symlink_to((settings.DATA_DIR / "models").resolve())
    return folder


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site, None, None]:
    site = Site(make_folder(tmp_path_factory, "origin"))
    for words in (["migrate", "--verbosity", "0"], ["load_demo"]):
        done = site.run(*words)
        assert done.returncode == 0, done.stderr
    yield site
    assert wait_until_none(site.folder) == []


def finds_by_meaning(browser: Browser) -> bool:
    found = browser.read(SEARCH)
    return found["mode"] == "meaning" and bool(found["items"])


def waiting_events(site: Site) -> int:
    with ensure_services(site.folder) as urls, psycopg.connect(urls.database_url) as connection:
        query = "SELECT count(*) FROM core_outboxevent WHERE processed_at IS NULL"
        [(count,)] = connection.execute(query).fetchall()
        return count


def test_a_running_site_restored_into_an_empty_folder_is_the_same_site(
    origin: Site, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    login = next(
        row
        for row in json.loads((origin.folder / "demo-logins.json").read_text())
        if "enterprise" in row["role_en"].lower()
    )
    serving = origin.serve()
    browser = Browser(origin.port)
    browser.log_in(login)
    firm = browser.read("/api/v1/session")["memberships"][0]["organisation_id"]
    body = {"organisation_id": firm, "content": {"title": "备份演练"}}
    need = json.loads(browser.ask("POST", "/api/v1/needs", json.dumps(body).encode())[1])["id"]
    query = f"purpose=need_attachment&object_id={need}"
    paper = browser.upload(query, "paper.pdf", files.PDF)
    photo = browser.upload(query, "photo.jpg", files.photo_with_place((3000, 2000)))
    browser.ask("DELETE", f"/api/v1/files/{paper['id']}")  # what can be undone is kept as well
    wait_for(lambda: finds_by_meaning(browser))

    # While somebody goes on uploading, every row's file is in the archive.
    is_over = threading.Event()
    made = []

    def go_on() -> None:
        other = Browser(origin.port)
        other.cookies = browser.cookies
        while not is_over.wait(0.05) and len(made) < 8:
            made.append(browser.upload(query, f"{len(made)}.pdf", files.PDF))

    writer = threading.Thread(target=go_on)
    writer.start()
    busy = origin.run("backup", str(tmp_path / "busy.tar"))
    is_over.set()
    writer.join()
    assert busy.returncode == 0, busy.stderr
    checked = read_archive(tmp_path / "busy.tar")
    assert checked.contents.missing == []
    thumbnails = 1
    assert len(checked.stored_names) == checked.header.tables["files_storedfile"] + thumbnails

    # Once the worker has written what it had to, backup and site can be compared row by row.
    wait_for(lambda: waiting_events(origin) == 0)

    done = origin.run("backup", str(tmp_path / "site.tar"), "--keys", str(tmp_path / "site.keys"))
    assert done.returncode == 0, done.stderr
    for name in ("site.tar", "site.keys"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"busy.tar", "site.tar", "site.keys"}
    serving.terminate()
    assert serving.wait(timeout=60) == 0
    assert not list(origin.folder.glob("backup-*"))

    target = Site(make_folder(tmp_path_factory, "restored"))
    done = target.run("restore", str(tmp_path / "site.tar"), "--keys", str(tmp_path / "site.keys"))
    assert done.returncode == 0, done.stderr
    key = (origin.folder / "secret.key").read_bytes()
    assert (target.folder / "secret.key").read_bytes() == key
    old, new = contents_of(origin.folder), contents_of(target.folder)
    assert set(old) == set(new)
    assert {name for name in old if old[name] != new[name]} <= {"django_session"}
    assert files_of(target.folder) == files_of(origin.folder)
    assert len(files_of(target.folder)) > len(made)
    assert not list(target.folder.glob("restore-*"))

    serving = target.serve()
    again = Browser(target.port)
    for cookie in browser.cookies:  # with the keys, whoever was signed in still is
        again.cookies.set_cookie(cookie)
    assert again.read("/api/v1/session")["user"]["username"] == login["username"]
    fresh = Browser(target.port)
    fresh.log_in(login)
    assert fresh.read(f"/api/v1/needs/{need}")["content"]["title"] == "备份演练"
    status, data = fresh.ask("GET", f"/api/v1/files/{photo['id']}")
    assert (status, len(data)) == (200, photo["size"])
    assert fresh.ask("POST", f"/api/v1/files/{made[0]['id']}/restoration")[0] == 200
    assert Browser(target.port).ask("GET", "/admin/login/")[0] == 200
    wait_for(
        lambda: finds_by_meaning(fresh)
    )  # the index was made again from the vectors in the database
    serving.terminate()
    assert serving.wait(timeout=60) == 0
    assert wait_until_none(target.folder) == []
