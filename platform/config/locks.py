"""Advisory file locks: the kernel drops them with their holder, however that ends."""

import fcntl
import time
from pathlib import Path
from types import TracebackType
from typing import Self


class FileLock:
    """One open lock file. Child processes started with exec do not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a+b")

    def try_exclusive(self) -> bool:
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        return self._try(fcntl.LOCK_SH)

    def wait_exclusive(self, timeout: float) -> bool:
        return self._wait(fcntl.LOCK_EX, timeout)

    def wait_shared(self, timeout: float) -> bool:
        return self._wait(fcntl.LOCK_SH, timeout)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(self, kind: int, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while not self._try(kind):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def write_note(self, text: str) -> None:
        """Leave a word for those who find the lock held."""
        self._file.truncate(0)
        self._file.write(text.encode())
        self._file.flush()

    def read_note(self) -> str:
        return self.path.read_text(errors="replace")

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def is_held(path: Path) -> bool:
    """Whether someone holds the lock at `path` exclusively."""
    if not path.exists():
        return False
    with FileLock(path) as lock:
        return not lock.try_shared()
