"""Finds entries for a text from the terminal, without a worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching.models import Item
from matching.search_filters import SearchFilters
from matching.sources import Side, Viewer
from park.core.errors import DomainError


class Command(BaseCommand):
    help = "Find what answers a text: --as need finds offers, --as offer finds needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--as", dest="side", choices=[s.value for s in Side], default="need")
        parser.add_argument("--top", type=int, default=10)
        parser.add_argument("--kind", action="append", default=[], help="may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        from matching.search import search

        filters = SearchFilters(side=Side(options["side"]).other, kinds=tuple(options["kind"]))
        try:
            hits = search(
                options["text"],
                filters=filters,
                viewer=Viewer(sees_all=True),
                k=max(1, options["top"]),
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        titles = dict(
            Item.objects.filter(pk__in=[hit.item_id for hit in hits]).values_list("pk", "title")
        )
        if not hits:
            self.stdout.write("没有找到 · nothing found")
        for place, hit in enumerate(hits, 1):
            self.stdout.write(f"{place:2}. {hit.score:.3f}  [{hit.kind}] {titles[hit.item_id]}")
            if hit.agreeing:
                self.stdout.write(f"      {hit.agreeing['field']}: {hit.agreeing['text']}")
