"""All needs matched anew: recall against bare FAISS, pairs a second, growth with the needs.

The collection is made up and written directly; nothing is embedded. Runs on a database of its own.
`python -m tools.bench.rematch [--full]`; --full is 10 000 needs with 100 000 capabilities.
"""

import sys
import time
from datetime import date
from typing import Any

from tools.bench.api import ROOT, own_database, own_services
from tools.bench.publishing import link_models

SIZES = ((250, 500, 1_000), 20_000)
FULL_SIZES = ((1_000, 2_000, 4_000, 10_000), 100_000)
MAX_RECALL = 1.5
MIN_PAIRS = 20_000
MAX_GROWTH = 1.3
"""Of the time a need takes, from the fewest needs to the most."""
TODAY = date(2026, 6, 1)


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    steps, offers = FULL_SIZES if "--full" in sys.argv else SIZES
    with own_services(), own_database():
        link_models()
        from matching import lexicon
        from matching.encoder import configured_model_id
        from matching.serving import get_serving
        from tools.bench.made_up import MadeUp

        start = time.perf_counter()
        made = MadeUp()
        made.fill("capability", "offer", offers, configured_model_id())
        made.fill("need", "need", steps[-1], configured_model_id())
        lexicon.refresh_statistics(force=True)
        get_serving().index(fresh=True)
        print(f"made up in {time.perf_counter() - start:.0f} s", flush=True)
        return _report(steps)


def _report(steps: tuple[int, ...]) -> int:
    from matching.models import Item
    from matching.rematch import running
    from matching.sources import Side

    ids = list(Item.objects.filter(side="need").order_by("pk").values_list("pk", flat=True))
    results = []
    for step in steps:
        run = running.Run(Side.NEED, TODAY)
        opened = dict(run.seconds)
        start = time.perf_counter()
        for first in range(0, step, running.BATCH):
            run.match(ids[first : min(first + running.BATCH, step)])
        seconds = time.perf_counter() - start
        spent = {name: value - opened.get(name, 0.0) for name, value in run.seconds.items()}
        scoring = spent["texts"] + spent["facts"]
        results.append((step, seconds, spent["recall"], run.pairs / scoring))
        print(
            f"{step:>6} needs × {len(run.others)}: {seconds:6.1f} s after {opened['load']:.1f} s of"
            f" loading; {run.pairs} pairs by text, {run.judged} by facts and indicators,"
            f" {run.pairs / scoring:,.0f} pairs a second; {run.written} rows written"
        )
        print("         " + ", ".join(f"{name} {value:.1f} s" for name, value in spent.items()))
        sys.stdout.flush()
    step, _, recall, rate = results[-1]
    bare = _bare(running.Run(Side.NEED, TODAY), ids[:step])
    growth = (results[-1][1] / results[-1][0]) / (results[0][1] / results[0][0])
    print(f"recall {recall / bare:.2f}× bare FAISS of {bare:.1f} s (at most {MAX_RECALL}×)")
    print(f"scoring {rate:,.0f} pairs a second (at least {MIN_PAIRS:,})")
    print(f"a need takes {growth:.2f}× as long among the most (at most {MAX_GROWTH}×)")
    return 0 if recall <= MAX_RECALL * bare and rate >= MIN_PAIRS and growth <= MAX_GROWTH else 1


def _bare(run: Any, ids: list[Any]) -> float:
    """The same searches in plain indexes, in the same batches."""
    import faiss

    from matching.recall import DENSE_CANDIDATES
    from matching.rematch import collection, running
    from matching.similarities import SEARCHES

    indexes = {}
    for role in {role for search in SEARCHES for role in search.among}:
        rows = run.others.vectors[role].rows
        indexes[role] = faiss.IndexFlatIP(rows.shape[1])
        indexes[role].add(rows)
    own = collection.load(run.side, run.shared, TODAY, item_ids=ids, asks=False)
    seconds = 0.0
    for search in SEARCHES:
        asked = own.vectors[search.asked].rows
        for first in range(0, len(asked), running.BATCH):
            start = time.perf_counter()
            for role in search.among:
                indexes[role].search(asked[first : first + running.BATCH], DENSE_CANDIDATES)
            seconds += time.perf_counter() - start
    return seconds


if __name__ == "__main__":
    sys.exit(main())
