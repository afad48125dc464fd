"""The embedded services: shared by all, gone with their last user, and safe after any end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.embedded import ServiceError, ServiceUrls, ensure_services
from config.keeper import explain
from tests.config.processes_of import find_processes, wait_until_none

pytestmark = pytest.mark.xdist_group("embedded")

USER = """
import sys
import time
from pathlib import Path
import psycopg
from config.embedded import ensure_services
services = ensure_services(Path(sys.argv[1]), is_durable=False)
with psycopg.connect(services.urls.database_url) as connection:
    print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
services.close()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the file: every test leaves it stopped, and most leave it usable."""
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(autouse=True)
def nothing_is_left(folder: Path) -> Generator[None, None, None]:
    yield
    assert wait_until_none(folder) == []


def start_user(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask_one(urls: ServiceUrls) -> int:
    with psycopg.connect(urls.database_url, connect_timeout=2) as connection:
        return connection.execute("SELECT 1").fetchone()[0]


def find_keeper(folder: Path) -> psutil.Process:
    [keeper] = [found for found in find_processes(folder) if "config.keeper" in found.cmdline()]
    return keeper


def test_data_outlives_a_stop_and_the_folders_are_private(folder):
    with ensure_services(folder) as urls:
        with psycopg.connect(urls.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT '撮合' AS word")
        redis.from_url(urls.redis_url).set("kept", "撮合")
        state = json.loads((folder / "services" / "state.json").read_text())
        assert Path(state["sockets"]).stat().st_mode & 0o077 == 0
    assert find_processes(folder) == []
    assert not Path(state["sockets"]).exists()
    with ensure_services(folder) as urls:
        with psycopg.connect(urls.database_url) as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("撮合",)
        assert redis.from_url(urls.redis_url).get("kept") == "撮合".encode()
    assert (folder / "postgres").stat().st_mode & 0o077 == 0


def test_no_service_listens_on_the_network(folder):
    with ensure_services(folder):
        listening = [
            connection
            for process in find_processes(folder)
            for connection in process.net_connections(kind="inet")
        ]
    assert listening == []


def test_several_starters_at_once_share_one_server(folder):
    users = [start_user(folder) for _ in range(4)]
    started = {user.stdout.readline() for user in users if user.stdout}
    assert len(started) == 1
    assert started != {""}
    for user in users:
        user.communicate("")


def test_a_user_that_ends_does_not_stop_anothers_services(folder):
    stays = start_user(folder)
    assert stays.stdout
    assert stays.stdout.readline()
    with ensure_services(folder, is_durable=False):
        pass
    with ensure_services(folder, is_durable=False) as urls:
        stays.communicate("")
        assert ask_one(urls) == 1


def test_services_end_when_their_last_user_is_killed(folder):
    user = start_user(folder)
    assert user.stdout
    assert user.stdout.readline()
    user.kill()
    user.communicate()
    assert wait_until_none(folder) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_killed_keeper_takes_its_servers_along_and_the_next_start_recovers(folder):
    services = ensure_services(folder)
    with psycopg.connect(services.urls.database_url) as connection:
        connection.execute("CREATE TABLE before_the_kill AS SELECT 7 AS number")
    redis.from_url(services.urls.redis_url).set("before", "7")
    old_sockets = Path(json.loads((folder / "services" / "state.json").read_text())["sockets"])
    find_keeper(folder).kill()
    assert wait_until_none(folder) == []
    services.close()
    with ensure_services(folder) as urls:
        with psycopg.connect(urls.database_url) as connection:
            assert connection.execute("SELECT number FROM before_the_kill").fetchone() == (7,)
        assert redis.from_url(urls.redis_url).get("before") == b"7"
    assert not old_sockets.exists()


def test_a_killed_server_is_started_again(folder):
    with ensure_services(folder) as urls:
        pid = int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        for _ in range(100):
            try:
                assert ask_one(urls) == 1
                break
            except psycopg.OperationalError:
                time.sleep(0.2)
        else:
            pytest.fail("the database did not come back")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda folder: "", id="empty"),
        pytest.param(lambda folder: "4", id="truncated"),
        pytest.param(
            lambda folder: f"{os.getpid()}\n{folder / 'postgres'}\n", id="another-process"
        ),
    ],
)
def test_a_stale_pid_file_does_not_keep_the_database_from_starting(folder, content):
    with ensure_services(folder, is_durable=False):
        pass
    (folder / "postgres" / "postmaster.pid").write_text(content(folder))
    with ensure_services(folder, is_durable=False) as urls:
        assert ask_one(urls) == 1


def test_a_long_path_with_spaces_and_chinese_under_a_private_folder(tmp_path):
    tmp_path.chmod(0o700)
    folder = tmp_path / "数据 文件夹" / ("x" * 120)
    with ensure_services(folder, is_durable=False) as urls:
        assert ask_one(urls) == 1
        assert redis.from_url(urls.redis_url).ping()
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert wait_until_none(folder) == []


def test_a_data_folder_that_is_a_file_is_refused(tmp_path):
    folder = tmp_path / "file"
    folder.write_text("")
    with pytest.raises(ServiceError):
        ensure_services(folder)


def test_a_folder_of_foreign_files_is_refused_and_left_alone(tmp_path):
    foreign = tmp_path / "postgres" / "letter.txt"
    foreign.parent.mkdir()
    foreign.write_text("mine")
    with pytest.raises(ServiceError):
        ensure_services(tmp_path, is_durable=False)
    assert foreign.read_text() == "mine"
    assert wait_until_none(tmp_path) == []


def test_the_reason_for_a_server_that_does_not_start_is_its_own_last_one(tmp_path):
    log = tmp_path / "logs" / "postgres.log"
    log.parent.mkdir()
    log.write_text("FATAL:  could not write lock file: No space left on device\n")
    assert explain("PostgreSQL", log, 0).endswith("is full.")
    assert not explain("PostgreSQL", log, log.stat().st_size).endswith("is full.")
