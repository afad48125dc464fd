"""Gives a pytest session its own PostgreSQL and Valkey before Django's settings are read.

Loaded by `-p` in pyproject.toml: a conftest.py would come too late. Workers of pytest-xdist share
the servers; each has its own database (by pytest-django) and its own Redis database (here).
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from config.embedded import ServiceError, Services, ensure_services
from config.env import get_env

_services: Services | None = None
_folder: Path | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, None, None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        _use_own_redis_database(int(worker.removeprefix("gw")) + 1)
    elif not {"-h", "--help", "-V", "--version", "--markers", "--fixtures"} & set(args):
        _start()
    get_env.cache_clear()
    return (yield)


def pytest_unconfigure() -> None:
    if _services is not None:
        _services.close()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A real worker is heavy: with `--dist loadgroup` one pytest process runs all that need it.
    for item in items:
        if "real_worker" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("real_worker"))
    # The longest first: begun last, it would run on alone when the other process has long finished.
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    folder = os.environ.get("CUOHE_EVAL_DATA")
    if folder:
        line = f"CUOHE_EVAL_DATA is set: the evaluation on {folder} took part."
    else:
        line = "CUOHE_EVAL_DATA is not set: the evaluation on real texts did not run."
    terminalreporter.write_line(line)


def _start() -> None:
    global _services, _folder
    usual = get_env().data_dir
    _folder = Path(tempfile.mkdtemp(prefix="cuohe-test-"))
    # The database runs as another user when we are root, who must be able to pass through.
    _folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    os.environ["CUOHE_DATA_DIR"] = str(_folder)
    # The model is the one thing that is dear to make and the same everywhere.
    (usual / "models").mkdir(parents=True, exist_ok=True)
    (_folder / "models").symlink_to((usual / "models").resolve())
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    try:
        _services = ensure_services(_folder, is_durable=False)
    except ServiceError as error:
        shutil.rmtree(_folder, ignore_errors=True)
        raise pytest.UsageError(str(error)) from error
    os.environ.setdefault("DATABASE_URL", _services.urls.database_url)
    os.environ.setdefault("REDIS_URL", _services.urls.redis_url)


def _use_own_redis_database(number: int) -> None:
    url = os.environ["REDIS_URL"]
    if url.startswith("unix://"):
        os.environ["REDIS_URL"] = f"{url.partition('?')[0]}?db={number}"
    else:
        base, _, last = url.rpartition("/")
        os.environ["REDIS_URL"] = f"{base}/{number}" if last.isdigit() else f"{url}/{number}"
