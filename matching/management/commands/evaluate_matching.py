"""Measures the ranking on judged files. Touches no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matching.evaluation import METRICS, RELEVANT, evaluate
from matching.sources import Side
from park.core.errors import DomainError


class Command(BaseCommand):
    help = "Rank files of needs and capabilities and compare with judged pairs."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--needs", type=Path, required=True, help="JSON lines: id, title, text")
        parser.add_argument("--capabilities", type=Path, required=True, help="JSON lines")
        parser.add_argument("--qrels", type=Path, required=True, help="need, capability, grade")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON only")

    def handle(self, *args: Any, **options: Any) -> None:
        from matching.benchmark import METHODS, rank_files, read_entries, read_qrels
        from matching.encoder import get_encoder

        try:
            qrels = read_qrels(options["qrels"])
            wanted = {need for need, grades in qrels.items() if max(grades.values()) >= RELEVANT}
            everything = read_entries(options["needs"], "need", Side.NEED)
            needs = [entry for entry in everything if entry.name in wanted]
            capabilities = read_entries(options["capabilities"], "capability", Side.OFFER)
            if not needs:
                raise CommandError("none of the judged needs is in the file of needs")
            # Beside the models: what was embedded once is used by every later evaluation.
            cache = Path(settings.DATA_DIR) / "models" / "evaluation"
            rankings = rank_files(
                needs, capabilities, get_encoder(), cache, _progress, background=everything
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        figures = {method: evaluate(rankings[method], qrels) for method in METHODS}
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        self.stdout.write(f"{len(needs)} needs, {len(capabilities)} capabilities")
        self.stdout.write("".join(["method".ljust(10), *(name.rjust(12) for name in METRICS)]))
        for method, values in figures.items():
            cells = (f"{values[name]:.4f}".rjust(12) for name in METRICS)
            self.stdout.write("".join([method.ljust(10), *cells]))


def _progress(done: int, total: int) -> None:
    if total > 200:
        end = "\n" if done == total else ""
        print(f"\rembedding {done}/{total}", end=end, file=sys.stderr, flush=True)
