"""Other needs beside the offers: with sides kept none may be among the answers.

The index holds both sides, as the one that serves does, and only its filter keeps them apart.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matching.benchmark import Entry, VectorCache
from matching.index.flat import FlatIndex
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.lexical import MemoryLexicon, gather
from matching.recall import Query, find_candidates
from matching.sources import Side

if TYPE_CHECKING:
    from matching.encoder import Encoder

_ROLES = (Role.TITLE, Role.WHOLE)


def needs_among_candidates(
    asked: Sequence[Entry],
    mixed: Sequence[Entry],
    need_names: set[str],
    encoder: "Encoder",
    cache_folder: Path,
    progress: Callable[[int, int], None],
) -> int:
    """How many candidates are needs; `mixed` are all entries of both sides."""
    cache = VectorCache(cache_folder, encoder)
    cache.fill((one for entry in (*asked, *mixed) for one in entry.passages), progress)
    index = FlatIndex(encoder.model_id, encoder.dimension)
    index.put(
        ItemRows(
            entry.item_id,
            "need" if entry.name in need_names else "capability",
            Side.NEED if entry.name in need_names else Side.OFFER,
            None,
            [Row(0, one.role, one.level) for one in entry.passages],
            cache.vectors(entry.passages),
        )
        for entry in mixed
    )
    # Words come from a table that is asked for one side; meaning is what could mix them.
    offers = [entry.document for entry in mixed if entry.name not in need_names]
    lexicon = MemoryLexicon(offers, gather(one.counts for one in offers))
    names = {entry.item_id: entry.name for entry in mixed}
    count = 0
    for need in asked:
        vectors = {
            role: cache.vectors([one for one in need.passages if one.role is role])
            for role in _ROLES
        }
        found = find_candidates(
            Query(vectors, need.document.counts), index, lexicon, Filter(side=Side.OFFER)
        )
        count += sum(names[one] in need_names for one in found)
    return count
