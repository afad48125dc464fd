"""A platform of its own on a free port, started fresh for one purpose and gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 300
STOP_SECONDS = 60


@dataclass(frozen=True)
class Platform:
    address: str
    data_dir: Path
    environment: dict[str, str]
    """For processes that belong to it."""

    def keep_logs(self) -> Path:
        kept = Path(tempfile.mkdtemp(prefix="cuohe-logs-"))
        shutil.copytree(self.data_dir / "logs", kept / "logs", dirs_exist_ok=True)
        return kept


@contextmanager
def throwaway_platform(purpose: str, **settings: str) -> Iterator[Platform]:
    """Demonstration data included. Exits with its log when it does not start."""
    port = find_free_port()
    usual = Path(os.environ.get("CUOHE_DATA_DIR") or ROOT / "var").absolute()
    data_dir = Path(tempfile.mkdtemp(prefix="cuohe-throwaway-"))
    # The database runs as another user when we are root, who must be able to pass through.
    data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    # The model is dear to make and the same everywhere.
    (usual / "models").mkdir(parents=True, exist_ok=True)
    (data_dir / "models").symlink_to((usual / "models").resolve())
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "CUOHE_DATA_DIR": str(data_dir),
        "CUOHE_HOST": "127.0.0.1",
        "CUOHE_PORT": str(port),
        **settings,
    }
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        environment.pop(name, None)
    platform = Platform(f"http://127.0.0.1:{port}", data_dir, environment)
    log = data_dir / "serve.log"
    with log.open("wb") as output:
        serve = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--die-with-parent"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        print(f"Starting a platform for {purpose} at {platform.address}…", flush=True)
        if not wait_for(f"{platform.address}/api/v1/health", serve):
            print(log.read_text(errors="replace"), file=sys.stderr)
            sys.exit(f"The platform for {purpose} did not start.")
        yield platform
    finally:
        serve.send_signal(signal.SIGTERM)
        try:
            serve.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            serve.kill()
            serve.wait()
        shutil.rmtree(data_dir, ignore_errors=True)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, serve: subprocess.Popen) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and serve.poll() is None:
        try:
            opener.open(address, timeout=5).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.3)
    return False
