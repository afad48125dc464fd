"""Child processes that do not outlive their parent, and the sweeping of those that did."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn` after which the kernel sends `number` when the starting thread ends.

    Only Linux can do this; elsewhere the next start sweeps (`find_in_folder`, `stop`).
    """

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return prepare


class ParentWatch:
    """Notices that our parent was interrupted although nobody passed that on to us.

    `make` handles an interrupt by waiting for its children, sure that the terminal has told them;
    a single `kill -INT` has not. All that shows is that it has gone back to the default handler.
    """

    def __init__(self) -> None:
        self.pid = os.getppid()
        self.could_catch = self._catches()

    def is_interrupted(self) -> bool:
        return self.could_catch and os.getppid() == self.pid and not self._catches()

    def _catches(self) -> bool:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1)


def find_in_folder(name: str, folder: Path) -> Iterator[psutil.Process]:
    """Processes called `name` whose working folder is `folder`: a pid alone proves nothing."""
    for process in psutil.process_iter(["name"]):
        if name not in (process.info["name"] or ""):
            continue
        try:
            if Path(process.cwd()) == folder.resolve():
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            continue


def find_same(pid: int, started_at: float) -> psutil.Process | None:
    """The process with this pid, if it is still the one that started at `started_at`."""
    try:
        process = psutil.Process(pid)
        is_same = abs(process.create_time() - started_at) < 1
    except psutil.NoSuchProcess:
        return None
    return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None


def stop(
    processes: list[psutil.Process], first: int = signal.SIGTERM, patience: float = 10
) -> None:
    """Ask with `first`, wait `patience` seconds, then kill."""
    for process in processes:
        _send(process, first)
    _, alive = psutil.wait_procs(processes, timeout=patience)
    for process in alive:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)


def _send(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
