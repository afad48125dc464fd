"""`manage.py serve`: leaves no process behind, loses nothing, and refuses what is not safe."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest

from tests.config.processes_of import find_processes, wait_until_none

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 150

pytestmark = pytest.mark.xdist_group("serve")


class Site:
    """A data folder with a port, in which `serve` is started and ended as a person would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "CUOHE_DATA_DIR": str(folder),
            "CUOHE_HOST": "127.0.0.1",
            "CUOHE_PORT": str(self.port),
        }
        for name in ("DATABASE_URL", "REDIS_URL"):
            self.environment.pop(name, None)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def serve(self) -> subprocess.Popen:
        log = self.folder / "serve.log"
        with log.open("wb") as output:
            serving = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--no-demo", "--die-with-parent"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C" not in log.read_text():
            if serving.poll() is not None or time.monotonic() > deadline:
                serving.kill()
                pytest.fail(f"serve did not start: {log.read_text()}")
            time.sleep(0.1)
        return serving

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/health").close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def find(self, word: str) -> psutil.Process:
        """The oldest of this folder's processes with `word` in its command line."""
        found = [process for process in find_processes(self.folder) if word in process.cmdline()]
        return min(found, key=lambda process: process.create_time())


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from django.conf import settings

    folder = tmp_path_factory.mktemp("serve")
    (folder / "models").symlink_to((settings.DATA_DIR / "models").resolve())
    return folder


@pytest.fixture
def site(prepared: Path) -> Generator[Site, None, None]:
    yield Site(prepared)
    assert wait_until_none(prepared) == []


def create_user(site: Site, name: str, *, is_demonstration: bool = False) -> None:
    code = "from park.accounts.models import User;"
    code += f"User.objects.create(username={name!r}, is_demonstration={is_demonstration})"
    done = site.run("shell", "-c", code)
    assert done.returncode == 0, done.stderr


def has_user(site: Site, name: str) -> bool:
    code = "from park.accounts.models import User;"
    code += f"print('found', User.objects.filter(username={name!r}).count())"
    return "found 1" in site.run("shell", "-c", code).stdout


def test_a_signal_stops_everything(site):
    serving = site.serve()
    assert site.answers()
    serving.terminate()
    assert serving.wait(timeout=60) == 0
    assert find_processes(site.folder) == []
    assert not site.answers()


def test_after_a_killed_parent_the_next_start_recovers_and_nothing_is_lost(site):
    serving = site.serve()
    create_user(site, "before-the-kill")
    before = {process.pid for process in find_processes(site.folder)}
    serving.kill()
    serving.wait()
    if sys.platform == "linux":  # elsewhere only the next start sweeps
        assert wait_until_none(site.folder) == []
    again = site.serve()
    assert site.answers()
    assert has_user(site, "before-the-kill")
    assert before.isdisjoint(process.pid for process in find_processes(site.folder))
    again.terminate()
    assert again.wait(timeout=60) == 0


def test_children_and_services_that_die_are_started_again(site):
    serving = site.serve()
    for word in ("gunicorn", "config.keeper"):
        victim = site.find(word)
        victim.kill()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.5)
            found = {process.pid for process in find_processes(site.folder)}
            if victim.pid not in found and site.answers():
                break
        else:
            pytest.fail(f"{word} did not come back")
    assert serving.poll() is None
    # A command finds the services where they are now.
    assert site.run("migrate", "--check").returncode == 0
    serving.terminate()
    assert serving.wait(timeout=60) == 0


def test_a_second_serve_on_the_same_folder_is_refused_in_one_sentence(site):
    serving = site.serve()
    refused = site.run("serve", CUOHE_PORT="1")
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert site.answers()
    serving.send_signal(signal.SIGINT)
    assert serving.wait(timeout=60) == 0
    assert find_processes(site.folder) == []


def test_a_taken_port_is_named_in_one_sentence_and_nothing_is_started(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        refused = site.run("serve")
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert str(site.port) in refused.stderr


def test_an_address_open_to_others_is_refused_while_demonstration_accounts_exist(site):
    assert site.run("migrate", "--verbosity", "0").returncode == 0
    create_user(site, "demonstration", is_demonstration=True)
    refused = site.run("serve", CUOHE_HOST="0.0.0.0")  # noqa: S104 - that is the point
    assert refused.returncode == 1
    assert "0.0.0.0" in refused.stderr  # noqa: S104
    assert not site.answers()


def test_commands_that_need_no_services_start_none(site):
    for words in (["check"], ["help"]):
        assert site.run(*words).returncode == 0
    state = site.folder / "services" / "state.json"
    assert not state.exists()
