"""What `serve` must find before it starts anything: the data folder to itself, and a free port."""

import errno
import ipaddress
import socket
import sys
from pathlib import Path

from config import supervisor
from config.env import Env
from config.locks import FileLock

STOPPING = "stopping"
STOP_TIMEOUT = 60

_claim: FileLock | None = None


class StartRefusedError(Exception):
    """`serve` cannot start here; the text is one sentence for the operator."""


def claim(env: Env) -> None:
    """Take the data folder for this process, end what a killed predecessor left, try the port."""
    global _claim
    if _claim is not None:
        return
    try:
        (env.data_dir / "services").mkdir(parents=True, exist_ok=True)
        lock = FileLock(env.data_dir / "serve.lock")
    except OSError as error:
        raise StartRefusedError(
            f"The data folder {env.data_dir} cannot be written: {error.strerror}."
        ) from error
    is_ours = lock.try_exclusive()
    if not is_ours and lock.read_note() == STOPPING:
        print("Waiting for the previous run to stop…", file=sys.stderr, flush=True)
        is_ours = lock.wait_exclusive(STOP_TIMEOUT)
    if not is_ours:
        lock.close()
        raise StartRefusedError(
            f"Cuohe is already running with the data folder {env.data_dir}: stop it first, or name "
            "another folder in CUOHE_DATA_DIR."
        )
    supervisor.sweep(get_record(env.data_dir))
    try:
        check_port(env.host, env.port)
    except StartRefusedError:
        lock.close()
        raise
    lock.write_note("")
    _claim = lock


def note_stopping() -> None:
    """Tell whoever wants to start next that waiting is worth it."""
    if _claim is not None:
        _claim.write_note(STOPPING)


def release() -> None:
    global _claim
    if _claim is not None:
        _claim.close()
        _claim = None


def get_record(data_dir: Path) -> Path:
    return data_dir / "services" / "children.json"


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartRefusedError(_explain(host, port, error)) from error


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken: stop what uses it, or name another in CUOHE_PORT."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} needs privileges: name one above 1023 in CUOHE_PORT."
    return f"{host}:{port} cannot be listened on ({error.strerror}): see CUOHE_HOST and CUOHE_PORT."


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
