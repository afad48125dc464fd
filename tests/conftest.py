"""Fixtures that run the real parts: a Celery worker and a web server on the test database."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 180


@pytest.fixture(scope="session", autouse=True)
def _vocabularies_outlive_flushes() -> None:
    """A test with `transaction=True` ends by emptying all tables, seeds of migrations included."""
    from django.apps import apps
    from django.db.models.signals import post_migrate

    from tests.factories.organisations import seed_ladders
    from tests.factories.vocabularies import seed_vocabularies

    post_migrate.connect(seed_vocabularies, sender=apps.get_app_config("vocabularies"))
    post_migrate.connect(seed_ladders, sender=apps.get_app_config("organisations"))


@pytest.fixture(scope="session")
def service_environment(django_db_setup: None) -> dict[str, str]:
    """The environment in which another process sees this session's test database and broker."""
    from django.conf import settings
    from django.db import connection

    database = connection.settings_dict  # pytest-django has put the test database's name there
    login = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    options = {"host": database["HOST"], "port": database["PORT"]}
    query = urlencode({key: value for key, value in options.items() if value})
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{login}@/{database['NAME']}?{query}",
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }


@pytest.fixture
def real_worker(
    service_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[str, None, None]:
    """A Celery worker in a process of its own, for all queues. Gives its node name.

    It sees only what is committed: use it with `@pytest.mark.django_db(transaction=True)`. It ends
    with the test: later it would handle what other tests write, and get in their clean-up's way.
    """
    from config.celery import app

    app.control.purge()  # nudges that earlier tests sent concern rows which are gone
    name = f"test-{os.getpid()}@localhost"
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    line = [sys.executable, "-m", "celery", "-A", "config.celery:app", "worker"]
    line += ["-P", "threads", "-c", "4", "-Q", "search,index,default", "-n", name]
    line += ["--without-mingle", "--without-gossip", "--loglevel", "INFO"]
    with _running(line, service_environment, log) as process:

        def answers() -> bool:
            return bool(app.control.ping(destination=[name], timeout=1))

        _wait_until(answers, process, log)
        yield name


@pytest.fixture(scope="session")
def live_site(
    service_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[str, None, None]:
    """The address of a gunicorn on a free port of this machine, on the test database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("site") / "gunicorn.log"
    line = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--threads", "4"]
    line += ["--worker-class", "gthread", "--bind", f"127.0.0.1:{port}"]
    address = f"http://127.0.0.1:{port}"
    with _running(line, service_environment, log) as process:

        def answers() -> bool:
            try:
                urllib.request.urlopen(f"{address}/api/v1/health", timeout=2).close()  # noqa: S310
            except urllib.error.HTTPError:
                return True  # any answer is an answer: health has its own tests
            except OSError:
                return False
            return True

        _wait_until(answers, process, log)
        yield address


class _running:  # noqa: N801 - reads as the statement it is used in
    def __init__(self, line: list[str], environment: dict[str, str], log: Path) -> None:
        self.line, self.environment, self.log = line, environment, log

    def __enter__(self) -> subprocess.Popen:
        from config.processes import die_with_parent

        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.line,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent(),
            )
        return self.process

    def __exit__(self, *exc: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _wait_until(condition: Callable[[], bool], process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"{process.args} did not start:\n{log.read_text()[-4000:]}")
        time.sleep(0.1)
