"""Puts a backup back into an empty data folder, or in place of what is there when told so."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError
from tqdm import tqdm

from config.backup import keys
from config.backup.archive import Checked
from config.backup.database import Target
from config.backup.making import Progress
from config.backup.manifest import BackupError
from config.backup.restoring import Site, check_backup, restore_backup
from config.env import get_env

CONSENT = "replace"


class Command(BaseCommand):
    help = "Restore a backup: database, uploaded files, and the keys when their file is named."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive that `backup` wrote")
        parser.add_argument(
            "--keys", type=Path, metavar="KEYFILE", help="the file that `backup --keys` wrote"
        )
        parser.add_argument(
            "--check", action="store_true", help="read and check the archive, change nothing"
        )
        parser.add_argument(
            "--replace", action="store_true", help="replace the data of a site that is in use"
        )
        parser.add_argument(
            "--no-input", action="store_true", help="with --replace: do not ask again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["file"].absolute()
        self._may_replace, self._asks = options["replace"], not options["no_input"]
        try:
            secret_key = None if options["keys"] is None else keys.read_keys(options["keys"])
            with tqdm(
                total=source.stat().st_size if source.is_file() else None,
                desc="backup",
                unit="B",
                unit_scale=True,
                delay=0.5,
                disable=None,
            ) as bar:
                progress = Progress(say=self._say, advance=bar.update)
                if options["check"]:
                    self._describe(check_backup(source, progress))
                    return
                restored = restore_backup(
                    Site(get_env().database_url, settings.DATA_DIR),
                    source,
                    may_replace=self._consents,
                    secret_key=secret_key,
                    progress=progress,
                )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._forget_cache()
        self._describe(restored.checked)
        self._say("Restored. The search index is made again when the site starts.")
        self._tell_of_keys(restored.checked, secret_key)

    def _consents(self, found: Target) -> bool:
        if not self._may_replace:
            return False
        if not self._asks:
            return True
        self._say(
            f"This replaces a site with {found.users} users and {found.organisations} "
            f"organisations. Type {CONSENT!r} to go on:"
        )
        try:
            return input().strip() == CONSENT
        except EOFError:
            return False

    def _forget_cache(self) -> None:
        """Sessions, counters and messages of the data that is gone; the outbox sends its own."""
        try:
            cache.clear()
        except (RedisError, OSError) as error:
            self._say(f"The cache could not be emptied ({error}): empty it before the start.")

    def _say(self, text: str) -> None:
        self.stderr.write(text, style_func=str)

    def _describe(self, checked: Checked) -> None:
        header = checked.header
        self.stdout.write(
            f"The backup is whole: made {header.created_at:%Y-%m-%d %H:%M %Z} by version "
            f"{header.app_version}, {sum(header.tables.values())} rows, "
            f"{len(checked.stored_names)} files ({checked.files_size / 2**20:.1f} MB)."
        )
        for name in checked.contents.missing[:20]:
            self.stdout.write(f"Missing since before the backup: {name}")

    def _tell_of_keys(self, checked: Checked, secret_key: str | None) -> None:
        wanted = checked.header.key_fingerprint
        if get_env().secret_key:
            if keys.fingerprint(get_env().secret_key) != wanted:
                self._say("CUOHE_SECRET_KEY is set to another key than the backup's; it wins.")
        elif secret_key is None and keys.fingerprint(settings.SECRET_KEY) != wanted:
            self._say(
                "The site has another secret key than the backup's: everybody signs in again, and "
                "links that were sent by mail no longer work. With --keys KEYFILE they do."
            )
