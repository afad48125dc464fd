"""Writes a backup of the site, running or not, into one file; the keys into another when asked."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from config.backup import keys
from config.backup.database import Server
from config.backup.making import Made, Progress, make_backup
from config.backup.manifest import BackupError
from config.env import get_env


class Command(BaseCommand):
    help = "Back up the database and the uploaded files, also while the site runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the archive to write, or - for standard output")
        parser.add_argument(
            "--keys", type=Path, metavar="KEYFILE", help="write the secret key to a file of its own"
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="replace the archive if there is one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        target = None if options["file"] == "-" else Path(options["file"]).absolute()
        if target is not None and target.exists() and not options["overwrite"]:
            raise CommandError(f"{target} exists: name another file, or say --overwrite.")
        try:
            if options["keys"] is not None:
                keys.write_keys(options["keys"], settings.SECRET_KEY)
            with tqdm(desc="backup", unit="B", unit_scale=True, delay=0.5, disable=None) as bar:
                made = make_backup(
                    Server(get_env().database_url),
                    target=target,
                    output=sys.stdout.buffer if target is None else None,
                    data_dir=settings.DATA_DIR,
                    secret_key=settings.SECRET_KEY,
                    now=timezone.now(),
                    progress=Progress(say=self._say, advance=bar.update),
                )
        except BackupError as error:
            _forget_output()
            raise CommandError(str(error)) from error
        except BrokenPipeError as error:
            _forget_output()
            raise CommandError("Whoever read the backup stopped reading.") from error
        self._report(made, options["file"], has_keys=options["keys"] is not None)

    def _say(self, text: str) -> None:
        """Standard output may be the backup itself."""
        self.stderr.write(text, style_func=str)

    def _report(self, made: Made, name: str, *, has_keys: bool) -> None:
        for word, names in (("is missing", made.missing), ("is damaged", made.damaged)):
            for one in names[:20]:
                self._say(f"A file {word} on this site: {one}")
            if len(names) > 20:
                self._say(f"… and {len(names) - 20} more")
        where = "" if name == "-" else f" in {name} ({made.size / 2**20:.1f} MB)"
        self._say(f"Backed up {made.rows} rows and {made.files} files{where}.")
        if not has_keys:
            self._say("The secret key is not in it: keep it apart (--keys KEYFILE, once).")


def _forget_output() -> None:
    """What could not be written would be tried again at the end, and fail with a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.__stdout__.fileno() if sys.__stdout__ else 1)
