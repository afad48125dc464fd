"""Each need's own list of offers put in order by the scores that serve."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matching.benchmark import Entry, VectorCache
from matching.evaluation import order
from matching.index.protocol import Role
from matching.lexical import bm25, gather
from matching.recall import Query, Texts, compare
from matching.scoring import score, text_features

if TYPE_CHECKING:
    from matching.encoder import Encoder

_ROLES = (Role.TITLE, Role.WHOLE)


def rerank(
    lists: Mapping[str, Sequence[str]],
    needs: Sequence[Entry],
    offers: Sequence[Entry],
    encoder: "Encoder",
    cache_folder: Path,
    progress: Callable[[int, int], None],
) -> dict[str, dict[str, list[str]]]:
    """{method: {need: its list, best first}}."""
    cache = VectorCache(cache_folder, encoder)
    cache.fill((one for entry in (*needs, *offers) for one in entry.passages), progress)
    statistics = gather(entry.document.counts for entry in offers)
    texts = {
        entry.name: Texts(
            {
                role: cache.vectors([one for one in entry.passages if one.role is role])
                for role in _ROLES
            },
            entry.document,
        )
        for entry in offers
    }
    rankings: dict[str, dict[str, list[str]]] = {"bm25": {}, "dense": {}, "hybrid": {}}
    for need in needs:
        vectors = {
            role: cache.vectors([one for one in need.passages if one.role is role])
            for role in _ROLES
        }
        query, wordless = Query(vectors, need.document.counts), Query(vectors, {})
        words = query.strongest(statistics)
        found: dict[str, dict[str, float]] = {method: {} for method in rankings}
        for name in lists[need.name]:
            offer = texts[name]
            assert offer.document is not None
            found["bm25"][name] = bm25(
                words, offer.document.counts, offer.document.length, statistics
            )
            for method, asked in (("dense", wordless), ("hybrid", query)):
                found[method][name] = score(text_features(compare(asked, offer, statistics)))
        for method, scores in found.items():
            rankings[method][need.name] = order(scores)
    return rankings
