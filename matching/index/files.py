"""Where index files are, and how a new one takes the place of the last.

A writer that is killed leaves a file that nobody opens; the next writer of the folder removes it.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SUFFIX, UNFINISHED = ".index", ".part"


class Busy(Exception):
    """Another process is writing an index into the folder."""


def file_of(folder: Path, model_id: str) -> Path:
    """Each model has a file: while the next one is prepared, this one serves."""
    return folder / (hashlib.sha256(model_id.encode()).hexdigest()[:24] + SUFFIX)


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            # The kernel frees it when its holder dies.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(str(folder)) from error
        yield


def put_in_place(folder: Path, model_id: str, write: Callable[[BinaryIO], None]) -> Path:
    """Writes a file aside and gives it its name. Raises Busy, or OSError when there is no room."""
    target = file_of(folder, model_id)
    with _only_writer(folder):
        for left_over in folder.glob(f"*{UNFINISHED}"):
            left_over.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=UNFINISHED)
        work = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                write(file)
            work.replace(target)
        finally:
            work.unlink(missing_ok=True)
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    return target


def identity_of(path: Path) -> tuple[int, int, int] | None:
    """Another file of the same name has another."""
    try:
        return identity(path.stat())
    except OSError:
        return None


def identity(status: os.stat_result) -> tuple[int, int, int]:
    return (status.st_dev, status.st_ino, status.st_mtime_ns)


def remove_other_models(folder: Path, model_id: str) -> None:
    """What other models left; whoever has such a file mapped keeps it until they let go."""
    for path in folder.glob(f"*{SUFFIX}"):
        if path != file_of(folder, model_id):
            path.unlink(missing_ok=True)
