"""Writes the API's description to `api/openapi.json`, or checks that it is fresh."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from api.root import api

PATH = Path(__file__).resolve().parents[2] / "openapi.json"


def current_openapi() -> str:
    return json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


class Command(BaseCommand):
    help = "Write api/openapi.json; with --check, fail when it is stale."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            PATH.write_text(current_openapi(), encoding="utf-8")
            self.stdout.write(f"wrote {PATH.name}")
        elif not PATH.is_file() or PATH.read_text(encoding="utf-8") != current_openapi():
            raise CommandError("api/openapi.json is stale: run manage.py export_openapi")
