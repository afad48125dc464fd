"""Fits the weights of the score to judged pairs and to what people said of suggestions."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matching.evaluation import RELEVANT
from matching.fitting import Group
from matching.sources import Side
from park.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Fit the weights of the score to feedback and, if given, to judged files. Each need is "
        "measured by weights fitted without it; they are taken only if no figure falls."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--needs", type=Path, help="JSON lines: id, title, text")
        parser.add_argument("--capabilities", type=Path, help="JSON lines")
        parser.add_argument("--qrels", type=Path, help="need, capability, grade")
        parser.add_argument("--json", action="store_true", help="print the result as JSON only")

    def handle(self, *args: Any, **options: Any) -> None:
        from matching.ranker import feedback_groups, fit_ranker

        files = [options["needs"], options["capabilities"], options["qrels"]]
        if any(files) and not all(files):
            raise CommandError("--needs, --capabilities and --qrels belong together")
        try:
            sources = {"feedback": feedback_groups()}
            if all(files):
                sources["files"] = _groups_of_files(*files)
            made = fit_ranker(sources)
        except DomainError as error:
            raise CommandError(str(error)) from error
        result = {
            "version": made.version,
            "is_taken": made.is_taken,
            "judged": made.judged,
            "measured": made.measured,
            "weights": made.weights,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for name, figures in made.measured.items():
            self.stdout.write(
                f"{name}: {figures['needs']} needs, nDCG@10 {figures['before']:.4f} before,"
                f" {figures['after']:.4f} after"
            )
        for name in ("text", "facts"):
            self.stdout.write(f"{name}: {json.dumps(made.weights[name])}")
        self.stdout.write(f"common: {made.weights['common']}")
        if made.is_taken:
            self.stdout.write(f"{made.version} is taken; suggestions are scored anew bit by bit.")
        else:
            self.stdout.write(f"{made.version} is kept as a record only: a figure fell.")


def _groups_of_files(needs_file: Path, offers_file: Path, qrels_file: Path) -> list[Group]:
    from matching.benchmark import VectorCache, features_of, prepare, read_entries, read_qrels
    from matching.encoder import get_encoder

    qrels = read_qrels(qrels_file)
    everything = read_entries(needs_file, "need", Side.NEED)
    needs = [one for one in everything if max(qrels.get(one.name, {"": 0}).values()) >= RELEVANT]
    if not needs:
        raise CommandError("none of the judged needs is in the file of needs")
    offers = read_entries(offers_file, "capability", Side.OFFER)
    cache = VectorCache(Path(settings.DATA_DIR) / "models" / "evaluation", get_encoder())
    collection = prepare(needs, offers, everything, cache, _progress)
    return [Group(one.name, features_of(one, collection, cache), qrels[one.name]) for one in needs]


def _progress(done: int, total: int) -> None:
    if total > 200:
        end = "\n" if done == total else ""
        print(f"\rembedding {done}/{total}", end=end, file=sys.stderr, flush=True)
