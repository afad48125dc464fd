"""Runs a handful of child processes: starts them again when they die, and leaves none behind."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config import processes

LARGEST_LOG = 10 * 1024 * 1024
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
STOP_SECONDS = 6.0


@dataclass
class Child:
    name: str
    line: Sequence[str]
    log: Path
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    failures: int = field(default=0)

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.line,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=dict(environment),
                # A group of its own: Ctrl-C in the terminal reaches the parent alone, which then
                # stops its children in order.
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGTERM),
            )
        self.started_at = time.monotonic()

    def signal_group(self, number: int) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return


class Supervisor:
    """Children must be started from a thread that lives as long as they do (see `processes`)."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        environment: Mapping[str, str],
        folder: Path,
        record: Path,
        tell: Callable[[str], None],
    ) -> None:
        self.children = children
        self.environment = dict(environment)
        self.folder = folder
        self.record = record
        self.tell = tell

    def start(self) -> None:
        for child in self.children:
            child.start(self.environment, self.folder)
        self._write_record()

    def tend(self) -> None:
        """Start again whoever died, later and later the more often it dies."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            if not child.restart_at:
                if now - child.started_at > STEADY_SECONDS:
                    child.failures = 0
                pause = min(2.0**child.failures, LONGEST_PAUSE)
                child.failures += 1
                child.restart_at = now + pause
                child.signal_group(signal.SIGKILL)  # what it may have left of its own children
                self.tell(
                    f"{child.name} ended with code {child.process.returncode}, starting it again "
                    f"in {pause:.0f} s (see {child.log})"
                )
            elif now >= child.restart_at:
                child.restart_at = 0.0
                child.start(self.environment, self.folder)
                self._write_record()

    def stop(self) -> None:
        """Ask all at once, insist after a while, kill what is left of their groups."""
        running = [child for child in self.children if child.process is not None]
        deadline = time.monotonic() + STOP_SECONDS
        for number, until in ((signal.SIGTERM, deadline), (signal.SIGQUIT, deadline + 3)):
            for child in running:
                if child.process and child.process.poll() is None:
                    child.process.send_signal(number)
            self._wait(running, until)
        for child in running:
            child.signal_group(signal.SIGKILL)
            if child.process:
                child.process.wait()
        self.record.unlink(missing_ok=True)

    def _wait(self, running: Sequence[Child], until: float) -> None:
        while time.monotonic() < until:
            if all(child.process is None or child.process.poll() is not None for child in running):
                return
            time.sleep(0.05)

    def _write_record(self) -> None:
        rows = []
        for child in self.children:
            if child.process is None:
                continue
            try:
                started_at = psutil.Process(child.process.pid).create_time()
            except psutil.NoSuchProcess:
                continue
            rows.append({"name": child.name, "pid": child.process.pid, "started_at": started_at})
        fresh = self.record.with_suffix(".new")
        fresh.write_text(json.dumps(rows))
        fresh.replace(self.record)


def sweep(record: Path) -> None:
    """End the recorded children of a parent that was killed, and whatever they started."""
    try:
        rows = json.loads(record.read_text())
        known = [(int(row["pid"]), float(row["started_at"])) for row in rows]
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):  # torn by a power cut, so nothing of it runs
        known = []
    found = [process for pid, at in known if (process := processes.find_same(pid, at))]
    family = list(found)
    for process in found:
        try:
            family += process.children(recursive=True)
        except psutil.NoSuchProcess:
            continue
    processes.stop(family, signal.SIGTERM, patience=5)
    record.unlink(missing_ok=True)
