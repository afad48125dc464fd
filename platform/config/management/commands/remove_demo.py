"""Removes the demonstration accounts and data, after asking."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import removal


class Command(BaseCommand):
    help = "Remove the demonstration data and accounts, so that the site may serve others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"]:
            listed = ", ".join(f"{number} {name}" for name, number in removal.count().items())
            self.stdout.write(f"This deletes for good: {listed}.")
            if input("Type yes to go on: ").strip().lower() != "yes":
                raise CommandError("nothing was removed")
        counts = removal.remove(data_dir=settings.DATA_DIR)
        listed = ", ".join(f"{number} {name}" for name, number in counts.items())
        self.stdout.write(f"Removed {listed}.")
