"""Our index search against bare FAISS on the same vectors."""

import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
PAIRS = 5
ITEMS = 100_000
DIMENSION = 384
QUERIES = 40
LIMIT = 1.2


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import faiss
    import numpy as np

    from matching.index.flat import FlatIndex
    from matching.index.protocol import Filter, ItemRows, Role, Row
    from matching.sources import Side, Viewer
    from park.core.levels import Level

    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(ITEMS, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[rng.integers(0, ITEMS, QUERIES)]
    bare = faiss.IndexFlatIP(DIMENSION)
    bare.add(vectors)
    filled = FlatIndex("synthetic@1", DIMENSION)
    filled.put(
        ItemRows(
            UUID(int=number + 1),
            "capability" if number % 4 else "need",
            Side.OFFER if number % 4 else Side.NEED,
            None,
            [Row(number, Role.TITLE, Level.PUBLIC)],
            vectors[number : number + 1],
        )
        for number in range(ITEMS)
    )
    with TemporaryDirectory() as folder:
        filled.save(Path(folder) / "flat")
        everything = Filter(viewer=Viewer(sees_all=True))
        offers = Filter(side=Side.OFFER)
        median = _compare("all", lambda q: bare.search(q, 20), filled, queries, everything)
        _compare("filtered to offers", lambda q: bare.search(q, 20), filled, queries, offers)
    print(f"{ITEMS} synthetic vectors: median {median:.2f}× bare FAISS (at most {LIMIT}×)")
    return 0 if median <= LIMIT else 1


def _compare(name, bare, ours, queries, only) -> float:
    ratios = []
    for run in range(PAIRS + 1):
        ours_time = bare_time = 0.0
        for query in queries:
            # Query by query in turn: whatever slows the machine slows both.
            start = time.perf_counter()
            bare(query[None])
            middle = time.perf_counter()
            ours.search(query[None], 20, only)
            ours_time += time.perf_counter() - middle
            bare_time += middle - start
        if run:  # the first warms both
            ratios.append(ours_time / bare_time)
    median = statistics.median(ratios)
    print(f"  {name}: {', '.join(f'{ratio:.2f}' for ratio in ratios)}, median {median:.2f}×")
    return median


if __name__ == "__main__":
    sys.exit(main())
