"""The embedded PostgreSQL and Valkey as their users see them: held while used, shared by all.

Every user holds a shared lock; a keeper process (`config.keeper`) runs the servers until the last
lock is gone, so that a killed user never leaves servers behind and never stops another's.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.locks import FileLock, is_held

START_TIMEOUT = 660  # crash recovery of a large database takes minutes, and must not be cut short
STOP_TIMEOUT = 90
SOURCE_ROOT = Path(__file__).resolve().parents[1]

# Commands that read neither the database nor the broker.
OFFLINE_COMMANDS = frozenset(
    {
        "",
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "export_openapi",
        "findstatic",
        "help",
        "makemessages",
        "startapp",
        "version",
        "--help",
        "--version",
        "-h",
    }
)

Progress = Callable[[str], None]


class ServiceError(Exception):
    """The embedded services cannot run here; the text is one sentence for the operator."""


@dataclass(frozen=True)
class ServiceUrls:
    database_url: str
    redis_url: str


class Services:
    """A hold on the running services; `close` lets go, and the last to let go stops them."""

    def __init__(
        self, data_dir: Path, urls: ServiceUrls, lock: FileLock, keeper: subprocess.Popen | None
    ) -> None:
        self.data_dir = data_dir
        self.urls = urls
        self._lock = lock
        self._keeper = keeper
        self._pid = os.getpid()

    def get_environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.urls.database_url, "REDIS_URL": self.urls.redis_url}

    def is_alive(self) -> bool:
        return is_held(_keeper_lock(self.data_dir))

    def close(self) -> None:
        """Let go; when nobody else holds the services, return once they have stopped."""
        if os.getpid() != self._pid:  # a forked child owns neither the lock nor the keeper
            return
        self._lock.close()
        deadline = time.monotonic() + STOP_TIMEOUT
        while self.is_alive() and time.monotonic() < deadline and not self._has_other_users():
            time.sleep(0.1)
        if self._keeper is not None and not self.is_alive():
            self._keeper.wait()

    def _has_other_users(self) -> bool:
        with FileLock(_users_lock(self.data_dir)) as probe:
            # Free: the keeper has yet to notice. Not even shared: the keeper has, and is stopping.
            return not probe.try_exclusive() and probe.try_shared()

    def __enter__(self) -> ServiceUrls:
        return self.urls

    def __exit__(self, *exc: object) -> None:
        self.close()


def ensure_services(
    data_dir: Path, *, is_durable: bool = True, progress: Progress | None = None
) -> Services:
    """Hold the services of `data_dir`, starting them if nobody has.

    `is_durable=False` trades crash safety for speed and is for test data only. Raises ServiceError.
    """
    data_dir = data_dir.absolute()
    _make_folder(data_dir)
    lock = FileLock(_users_lock(data_dir))
    # While a keeper stops its servers it holds this lock exclusively: wait for it to finish.
    if not lock.wait_shared(STOP_TIMEOUT):
        lock.close()
        raise ServiceError(f"The services under {data_dir} have been stopping for too long.")
    keeper = None
    try:
        with FileLock(data_dir / "services" / "start.lock") as starting:
            if not starting.wait_exclusive(START_TIMEOUT):
                raise ServiceError(
                    f"The services under {data_dir} have been starting for too long."
                )
            if not is_held(_keeper_lock(data_dir)):
                keeper = _start_keeper(data_dir, is_durable, progress or (lambda text: None))
            state = json.loads((data_dir / "services" / "state.json").read_text())
    except BaseException:
        lock.close()
        raise
    urls = ServiceUrls(state["database_url"], state["redis_url"])
    return Services(data_dir, urls, lock, keeper)


def _users_lock(data_dir: Path) -> Path:
    return data_dir / "services" / "users.lock"


def _keeper_lock(data_dir: Path) -> Path:
    return data_dir / "services" / "keeper.lock"


def _make_folder(data_dir: Path) -> None:
    try:
        if not data_dir.exists():
            # The database runs as another user when we are root: it must be able to pass through.
            data_dir.mkdir(parents=True)
            data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("services", "logs"):
            (data_dir / name).mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise ServiceError(
            f"The data folder {data_dir} cannot be written: {error.strerror}."
        ) from error


def _start_keeper(data_dir: Path, is_durable: bool, progress: Progress) -> subprocess.Popen:
    command = [sys.executable, "-P", "-m", "config.keeper", str(data_dir)]
    if not is_durable:
        command.append("--not-durable")
    paths = [str(SOURCE_ROOT), os.environ.get("PYTHONPATH", "")]
    with (data_dir / "logs" / "services.log").open("ab") as log:
        keeper = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
            start_new_session=True,
            text=True,
        )
    assert keeper.stdout is not None  # noqa: S101 - it was asked for
    with keeper.stdout as reports:
        for line in reports:
            kind, _, text = line.rstrip("\n").partition(" ")
            if kind == "ready":
                return keeper
            if kind == "progress":
                progress(text)
            if kind == "error":
                keeper.wait()
                raise ServiceError(text)
    keeper.wait()
    raise ServiceError(
        f"The services did not start: the reason is at the end of {data_dir}/logs/services.log."
    )


_current: Services | None = None


def get_current() -> Services | None:
    """The hold that `provide_services` took for this process, if it took one."""
    return _current


def provide_services(argv: Sequence[str]) -> Services | None:
    """Give this command the embedded services, unless it needs none or has been given others.

    Runs before Django's settings are read: it sets DATABASE_URL and REDIS_URL.
    """
    command = argv[1] if len(argv) > 1 else ""
    if command in OFFLINE_COMMANDS or {"-h", "--help"} & set(argv[2:]):
        return None
    if command == "restore" and "--check" in argv:
        return None  # it only reads the archive
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return None
    return _provide()


def let_go() -> None:
    """Drop the hold of `provide_services`; without one, do nothing."""
    if _current is not None:
        _current.close()


def renew() -> None:
    """After the keeper was killed: start again, and let new child processes know."""
    if _current is not None:
        _current.close()
        _provide()


_provided: set[str] = set()
"""The variables that we set ourselves, and so may set anew."""


def _provide() -> Services:
    global _current
    from config.env import get_env

    _current = ensure_services(
        get_env().data_dir, progress=lambda text: print(text, file=sys.stderr, flush=True)
    )
    for name, url in _current.get_environment().items():
        if name in _provided or not os.environ.get(name):
            os.environ[name] = url
            _provided.add(name)
    get_env.cache_clear()
    return _current
