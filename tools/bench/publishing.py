"""From a published entry of ten passages to its stored suggestions, with 100 000 entries there.

Against embedding its texts, a bare FAISS search and one insert, in turn within one run. The
collection is made up and written directly; only the new entries are embedded. Runs on a database of
its own. `python -m tools.bench.publishing [entries]`
"""

import statistics
import sys
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tools.bench.api import ROOT, own_database, own_services

ENTRIES = 100_000
RUNS = 7
PASSAGES = 10
LIMIT = 1.3
TODAY = date(2026, 6, 1)


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with own_services(), own_database():
        link_models()
        from matching import lexicon
        from matching.encoder import configured_model_id, get_encoder
        from matching.serving import get_serving
        from tools.bench.made_up import MadeUp

        start = time.perf_counter()
        encoder = get_encoder()
        texts = [one.text for one in MadeUp().pieces[:128]]
        made = MadeUp(centres=encoder.encode_passages(texts))
        made.fill("capability", "offer", entries * 9 // 10, configured_model_id())
        made.fill("need", "need", entries // 10, configured_model_id())
        lexicon.refresh_statistics(force=True)
        get_serving().index(fresh=True)
        print(f"{entries} made-up entries in {time.perf_counter() - start:.0f} s", flush=True)
        return _compare(made)


def link_models() -> None:
    """The model is dear to make and the same everywhere."""
    import os

    usual = ROOT / "var" / "models"
    usual.mkdir(parents=True, exist_ok=True)
    (Path(os.environ["CUOHE_DATA_DIR"]) / "models").symlink_to(usual.resolve())


class Held:
    """A noun that holds what the benchmark publishes."""

    kind = "need"

    def __init__(self, side: Any) -> None:
        self.side = side
        self.held: dict[UUID, Any] = {}

    def load(self, object_ids: Iterable[UUID]) -> list[Any]:
        return [self.held[one] for one in object_ids if one in self.held]

    def all_ids(self) -> Iterable[UUID]:
        return list(self.held)


def _compare(made: Any) -> int:
    from matching import sources
    from matching.models import MatchSuggestion
    from matching.sources import Side

    held = Held(Side.NEED)
    sources.all_sources()
    sources._sources = {held.kind: held}  # noqa: SLF001 - nouns of the site have no part in this
    bare = _Bare()
    ratios = []
    for run in range(RUNS + 1):
        ours, parts = _publish(held, made, 2 * run)
        theirs, bare_parts = bare.run(_entry(made, 2 * run + 1))
        stored = MatchSuggestion.objects.filter(need_item__object_id=next(reversed(held.held)))
        if run:  # the first warms both
            ratios.append(ours / theirs)
            print(
                f"  ours {ours * 1000:.0f} ms ({parts}), {stored.count()} stored;"
                f" bare {theirs * 1000:.0f} ms ({bare_parts}): {ratios[-1]:.2f}×",
                flush=True,
            )
    median = statistics.median(ratios)
    print(f"publishing: median {median:.2f}× embed + bare search + one insert (at most {LIMIT}×)")
    return 0 if median <= LIMIT else 1


def _entry(made: Any, number: int) -> Any:
    from matching.sources import Facets, Passage, Side, SourceItem
    from park.core.levels import Level

    texts = [
        f"第{number}号：{made.pieces[(number * 17 + place * 3) % 128].text}"
        for place in range(PASSAGES - 1)
    ]
    title = f"{made.pieces[number].text[:12]}{number}"
    return SourceItem(
        "need",
        Side.NEED,
        uuid4(),
        title,
        datetime.now(UTC),
        passages=[
            Passage("title", Level.PUBLIC, title),
            *(Passage("problem", Level.PUBLIC, text, place) for place, text in enumerate(texts)),
        ],
        facets=Facets(chains=("copper",)),
    )


def _publish(held: Held, made: Any, number: int) -> tuple[float, str]:
    from matching import indexing

    entry = _entry(made, number)
    held.held[entry.object_id] = entry
    start = time.perf_counter()
    indexing.embed_items([entry])
    embedded = time.perf_counter()
    indexing.index_item(held.kind, entry.object_id, today=TODAY)
    stop = time.perf_counter()
    return stop - start, f"{(embedded - start) * 1000:.0f} of them embedding"


class _Bare:
    """The same texts embedded, the same searches in plain indexes, one row inserted."""

    def __init__(self) -> None:
        import faiss
        import numpy as np
        from django.db import connection

        self.indexes = {}
        with connection.cursor() as query:
            query.execute("CREATE TEMP TABLE bare (id uuid PRIMARY KEY, scores jsonb)")
            for role in ("title", "whole", "sentence"):
                query.execute(
                    "SELECT e.vector FROM matching_passage p JOIN matching_item i"
                    " ON i.id = p.item_id AND i.side = 'offer' JOIN matching_embedding e"
                    " ON e.text_hash = p.text_hash WHERE p.role = %s",
                    [role],
                )
                vectors = np.stack([np.frombuffer(row, "<f4") for (row,) in query.fetchall()])
                self.indexes[role] = faiss.IndexFlatIP(vectors.shape[1])
                self.indexes[role].add(vectors)

    def run(self, entry: Any) -> tuple[float, str]:
        from django.db import connection

        from matching.encoder import get_encoder
        from matching.index.protocol import Role
        from matching.passages import plan_passages
        from matching.recall import DENSE_CANDIDATES
        from matching.similarities import SEARCHES

        planned = plan_passages(entry)
        encoder = get_encoder()
        start = time.perf_counter()
        vectors = {
            Role.TITLE: encoder.encode_queries([p.text for p in planned if p.role is Role.TITLE]),
        }
        rest = encoder.encode_passages([p.text for p in planned if p.role is not Role.TITLE])
        roles = [p.role for p in planned if p.role is not Role.TITLE]
        embedded = time.perf_counter()
        vectors[Role.WHOLE] = rest[
            [place for place, role in enumerate(roles) if role is Role.WHOLE]
        ]
        scores: dict[str, float] = {}
        for search in SEARCHES:
            for role in search.among:
                found, rows = self.indexes[role.value].search(
                    vectors[search.asked], DENSE_CANDIDATES
                )
                scores.update(zip(map(str, rows[0][:20]), found[0].tolist(), strict=False))
        searched = time.perf_counter()
        import json

        with connection.cursor() as query:
            query.execute("INSERT INTO bare VALUES (%s, %s)", [entry.object_id, json.dumps(scores)])
        stop = time.perf_counter()
        return stop - start, (
            f"{(embedded - start) * 1000:.0f} embedding,"
            f" {(searched - embedded) * 1000:.0f} searching"
        )


if __name__ == "__main__":
    sys.exit(main())
