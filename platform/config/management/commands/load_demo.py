"""Loads the demonstration data; does nothing when it is there."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from config.demo import loading, logins

SENTENCES = {
    loading.Result.LOADED: "Demonstration data loaded. Logins: {path}",
    loading.Result.ALREADY_THERE: "The demonstration data is there. Logins: {path}",
    loading.Result.PASSWORDS_RENEWED: "The file with the logins was missing; made anew: {path}",
    loading.Result.REMOVED_BEFORE: (
        "The demonstration data was removed; `load_demo --again` brings it back."
    ),
}


class Command(BaseCommand):
    help = "Load the demonstration data and accounts (示例数据); safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="load it also when it was removed before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(
            total=loading.entry_count(),
            desc="demonstration data",
            unit="entry",
            delay=0.5,
            disable=True if options["verbosity"] == 0 else None,
        ) as bar:
            result = loading.load(
                data_dir=settings.DATA_DIR, again=options["again"], progress=bar.update
            )
        if options["verbosity"] > 0:
            path = settings.DATA_DIR / logins.FILE_NAME
            self.stdout.write(SENTENCES[result].format(path=path))
