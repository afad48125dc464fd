"""Makes items, vectors, index and suggestions anew from the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from matching import indexing, lexicon, sources
from matching.models import Item
from matching.serving import get_serving
from park.core.errors import DomainError

CHUNK = 200


class Command(BaseCommand):
    help = "Rebuild the index from the database; --entries also reads every entry anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--entries", action="store_true", help="read, embed and match again")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["entries"] or not Item.objects.exists():
                self._read_entries()
            with tqdm(desc="index", unit="item") as bar:

                def progress(done: int, total: int) -> None:
                    bar.total = total
                    bar.update(done - bar.n)

                items = get_serving().rebuild(progress)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{items} items in the index")

    def _read_entries(self) -> None:
        today = timezone.localdate()
        keys = [
            (kind, object_id)
            for kind, source in sources.all_sources().items()
            for object_id in source.all_ids()
        ]
        with tqdm(total=len(keys), desc="reading", unit="entry") as bar:
            for start in range(0, len(keys), CHUNK):
                chunk = keys[start : start + CHUNK]
                for kind in sorted({kind for kind, _ in chunk}):
                    ids = [object_id for one, object_id in chunk if one == kind]
                    indexing.store_items(indexing.load_items(kind, ids), today)
                bar.update(len(chunk))
        lexicon.refresh_statistics(force=True)
        with tqdm(desc="matching", unit="entry") as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n if done >= bar.n else done)

            indexing.rematch_outdated(today, progress=progress)
