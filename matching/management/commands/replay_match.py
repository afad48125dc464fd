"""Replays a stored suggestion: the same score again, or what has changed since."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from park.core.errors import DomainError

EXIT_CHANGED = 1
EXIT_UNEXPLAINED = 2
EXIT_UNKNOWN = 3

WHAT = {
    "need_text": "需求方文本 · the need's text (digest)",
    "offer_text": "能力方文本 · the offer's text (digest)",
    "need_facts": "需求方指标与字段 · the need's indicators and fields (digest)",
    "offer_facts": "能力方指标与字段 · the offer's indicators and fields (digest)",
    "model_id": "模型 · the model",
    "weights": "权重 · the weights",
    "idf": "词频统计 · the IDF version",
}


class Command(BaseCommand):
    help = (
        "Recompute the score of a stored suggestion within 1e-4, or say which text, model, weights "
        f"or IDF changed. Exit code: 0 the same score, {EXIT_CHANGED} something changed and the "
        f"score with it (or a text is gone), {EXIT_UNEXPLAINED} another score though nothing "
        f"changed, {EXIT_UNKNOWN} no such suggestion."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        from matching.replay import replay_match

        try:
            found = replay_match(options["id"])
        except DomainError as error:
            raise CommandError(str(error), returncode=EXIT_UNKNOWN) from error
        self.stdout.write(f"stored score      {found.stored:.6f}")
        if found.recomputed is not None:
            self.stdout.write(f"recomputed score  {found.recomputed:.6f}")
        for name, (then, now) in found.features.items():
            self.stdout.write(f"feature {name}: {_number(then)} → {_number(now)}")
        for one in found.changes:
            self.stdout.write(f"changed {one.what}: {one.then or '–'} → {one.now or '–'}")
            self.stdout.write(f"        {WHAT.get(one.what, one.what)}")
        if found.is_same:
            # Changed versions may leave a score as it was: those of then are used where stored.
            self.stdout.write("结果一致 · same within 1e-4")
            return
        if found.changes:
            raise CommandError("已有变化 · changed since", returncode=EXIT_CHANGED)
        raise CommandError("原因不明 · differs, and nothing changed", returncode=EXIT_UNEXPLAINED)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6f}"
