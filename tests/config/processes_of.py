"""Which processes belong to a data folder: by what they were told, and where they stand."""

import time
from pathlib import Path

import psutil


def find_processes(data_dir: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), process.environ().get("CUOHE_DATA_DIR", "")]
            stands = process.cwd()
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
        if process.pid != psutil.Process().pid and any(
            str(data_dir) in text for text in (*told, stands)
        ):
            found.append(process)
    return found


def wait_until_none(data_dir: Path, seconds: float = 30) -> list[psutil.Process]:
    """What is left of the folder's processes after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while (left := find_processes(data_dir)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
