"""Ranks files of needs and capabilities with the recall and scoring code of the service.

Everything is held in memory and in a cache of vectors on disk; the database is not touched.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from matching.evaluation import order
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.indicators import judge_texts
from matching.lexical import Document, MemoryLexicon, Statistics, bm25, gather
from matching.lexicon import BACKGROUND_FROM, BACKGROUND_ROLES
from matching.passages import PlannedPassage, plan_documents, plan_passages
from matching.recall import Query, compare, find_candidates, gather_texts
from matching.scoring import Features, fact_features, score, text_features
from matching.sources import Passage, Side, SourceItem
from matching.weights import Weights, packaged
from park.core.errors import DomainError
from park.core.levels import Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matching.encoder import Encoder

    Vectors = NDArray[np.float32]

_NAMESPACE = UUID("6f6d1f0e-2d0b-4d0a-9a55-3f7f0a6f9c11")
DEPTH = 100
METHODS = ("bm25", "dense", "hybrid", "full")
PLAIN_WORDS = 0.4


@dataclass(frozen=True)
class Entry:
    """One line of a file, with its own id."""

    name: str
    item: SourceItem
    passages: Sequence[PlannedPassage]
    document: Document

    @property
    def item_id(self) -> UUID:
        return self.item.object_id


def read_entries(path: Path, kind: str, side: Side) -> list[Entry]:
    """Raises DomainError file_unreadable with the line that is not an entry."""
    entries = []
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            name, title, text = str(row["id"]), str(row["title"]), str(row.get("text") or "")
        except (ValueError, KeyError, TypeError) as error:
            raise DomainError("file_unreadable", path=str(path), line=number) from error
        entries.append(make_entry(name, title, text, kind, side))
    return entries


def make_entry(name: str, title: str, text: str, kind: str, side: Side) -> Entry:
    item = SourceItem(
        kind,
        side,
        uuid5(_NAMESPACE, f"{kind}:{name}"),
        title,
        datetime.now(UTC),
        passages=[Passage("problem", Level.PUBLIC, text)] if text else [],
    )
    planned = plan_documents(item)[0]
    return Entry(
        name,
        item,
        plan_passages(item),
        Document(item.object_id, planned.counts, planned.length),
    )


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """{need: {capability: grade}}; a header line is passed over."""
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        fields = line.rstrip("\n").split("\t")
        if number == 1 and not fields[-1].strip().lstrip("-").isdigit():
            continue
        try:
            need, capability, grade = fields[0], fields[-2], int(fields[-1])
        except (ValueError, IndexError) as error:
            raise DomainError("file_unreadable", path=str(path), line=number) from error
        qrels.setdefault(need, {})[capability] = grade
    return qrels


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise DomainError("file_unreadable", path=str(path), reason=str(error)) from error


class VectorCache:
    """Vectors of texts on disk, by model: evaluating again does not embed again."""

    def __init__(self, folder: Path, encoder: "Encoder") -> None:
        self._encoder = encoder
        self._path = folder / f"{encoder.model_id.replace('/', '_')}.npz"
        self._known: dict[str, Any] = {}
        self._load()

    @property
    def model_id(self) -> str:
        return self._encoder.model_id

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def _load(self) -> None:
        import zipfile

        import numpy as np

        try:
            with np.load(self._path) as stored:
                hashes, vectors = stored["hashes"].tolist(), stored["vectors"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return  # no cache, or a damaged one: it is made anew
        self._known = dict(zip(hashes, vectors, strict=True))

    def fill(
        self, passages: Iterable[PlannedPassage], progress: Callable[[int, int], None]
    ) -> None:
        missing = {p.text_hash: p for p in passages if p.text_hash not in self._known}
        if not missing:
            return
        # By length, so that a batch holds texts alike.
        todo = sorted(missing.values(), key=lambda one: (one.role is Role.TITLE, len(one.text)))
        for start in range(0, len(todo), 128):
            chunk = todo[start : start + 128]
            for is_title in (True, False):
                part = [one for one in chunk if (one.role is Role.TITLE) is is_title]
                if not part:
                    continue
                encode = self._encoder.encode_queries if is_title else self._encoder.encode_passages
                vectors = encode([one.text for one in part])
                self._known.update(zip((one.text_hash for one in part), vectors, strict=True))
            progress(min(start + 128, len(todo)), len(todo))
        self._store()

    def _store(self) -> None:
        import os

        import numpy as np

        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_name(f".{self._path.stem}.{os.getpid()}.npz")
        np.savez(
            aside, hashes=np.array(list(self._known)), vectors=np.stack(list(self._known.values()))
        )
        aside.replace(self._path)

    def vectors(self, passages: Sequence[PlannedPassage]) -> "Vectors":
        import numpy as np

        if not passages:
            return np.empty((0, self._encoder.dimension), np.float32)
        return np.stack([self._known[one.text_hash] for one in passages])


@dataclass(frozen=True)
class Collection:
    """The offers of a file, ready to be searched, and the statistics of both files."""

    index: Any
    lexicon: MemoryLexicon
    offers: Mapping[UUID, Entry]

    @property
    def statistics(self) -> Statistics:
        return self.lexicon.statistics


def open_collection(
    needs: Sequence[Entry], offers: Sequence[Entry], cache: VectorCache
) -> Collection:
    """`needs` are all that the background is made of; their and the offers' vectors are known."""
    from matching.index.flat import FlatIndex

    index = FlatIndex(cache.model_id, cache.dimension)
    index.put(
        ItemRows(
            entry.item_id,
            "capability",
            Side.OFFER,
            None,
            [Row(0, one.role, one.level) for one in entry.passages],
            cache.vectors(entry.passages),
        )
        for entry in offers
    )
    statistics = replace(
        gather(entry.document.counts for entry in offers),
        background=_background(needs, cache),
        background_model=cache.model_id,
    )
    lexicon = MemoryLexicon((entry.document for entry in offers), statistics)
    return Collection(index, lexicon, {entry.item_id: entry for entry in offers})


def _background(needs: Sequence[Entry], cache: VectorCache) -> "dict[Role, Vectors] | None":
    if len(needs) < BACKGROUND_FROM:
        return None
    return {
        role: cache.vectors([p for one in needs for p in one.passages if p.role is role]).mean(0)
        for role in BACKGROUND_ROLES
    }


def query_of(need: Entry, cache: VectorCache) -> Query:
    by_role = {
        role: cache.vectors([one for one in need.passages if one.role is role]) for role in Role
    }
    return Query(
        {role: vectors for role, vectors in by_role.items() if len(vectors)}, need.document.counts
    )


def rank_files(
    needs: Sequence[Entry],
    capabilities: Sequence[Entry],
    encoder: "Encoder",
    cache_folder: Path,
    progress: Callable[[int, int], None],
    *,
    background: Sequence[Entry] = (),
    weights: Weights | None = None,
) -> dict[str, dict[str, list[str]]]:
    """{method: {need: capabilities, best first}}. `background` are all needs there are, of which
    `needs` are ranked."""
    cache = VectorCache(cache_folder, encoder)
    collection = prepare(needs, capabilities, background, cache, progress)
    rankings = _rankings(needs, lambda need: _scores(need, collection, cache, None, weights))
    return {
        method: {need: ranked[:DEPTH] for need, ranked in one.items()}
        for method, one in rankings.items()
    }


def rerank_files(
    lists: Mapping[str, Sequence[str]],
    needs: Sequence[Entry],
    offers: Sequence[Entry],
    encoder: "Encoder",
    cache_folder: Path,
    progress: Callable[[int, int], None],
    *,
    background: Sequence[Entry] = (),
    weights: Weights | None = None,
) -> dict[str, dict[str, list[str]]]:
    """The same for lists that are given: each need's own offers, {need: names}, put in order."""
    cache = VectorCache(cache_folder, encoder)
    collection = prepare(needs, offers, background, cache, progress)
    ids = {entry.name: one for one, entry in collection.offers.items()}

    def scores(need: Entry) -> dict[str, dict[str, float]]:
        only = [ids[name] for name in lists[need.name]]
        return _scores(need, collection, cache, only, weights)

    return _rankings(needs, scores)


def _rankings(
    needs: Sequence[Entry], scores: Callable[[Entry], dict[str, dict[str, float]]]
) -> dict[str, dict[str, list[str]]]:
    rankings: dict[str, dict[str, list[str]]] = {method: {} for method in METHODS}
    for need in needs:
        for method, found in scores(need).items():
            rankings[method][need.name] = order(found)
    return rankings


def prepare(
    needs: Sequence[Entry],
    offers: Sequence[Entry],
    background: Sequence[Entry],
    cache: VectorCache,
    progress: Callable[[int, int], None],
) -> Collection:
    known = {one.item_id for one in needs}
    others = [one for one in background if one.item_id not in known]
    wanted = [p for entry in (*needs, *offers) for p in entry.passages]
    wanted += [p for entry in others for p in entry.passages if p.role in BACKGROUND_ROLES]
    cache.fill(wanted, progress)
    return open_collection([*needs, *others], offers, cache)


def features_of(
    need: Entry, collection: Collection, cache: VectorCache, ids: Sequence[UUID] | None = None
) -> dict[str, Features]:
    """{capability: features}, of the need's candidates or of `ids`."""
    query = query_of(need, cache)
    only = Filter(side=Side.OFFER)
    if ids is None:
        ids = find_candidates(query, collection.index, collection.lexicon, only)
    texts = gather_texts(ids, collection.index, collection.lexicon, only)
    found = {}
    for one in ids:
        offer = collection.offers[one]
        judgements = judge_texts(need.item, offer.item)
        found[offer.name] = {
            **text_features(compare(query, texts[one], collection.statistics)),
            **fact_features(need.item.facets, offer.item.facets, judgements),
        }
    return found


def _scores(
    need: Entry,
    collection: Collection,
    cache: VectorCache,
    ids: Sequence[UUID] | None,
    weights: Weights | None,
) -> dict[str, dict[str, float]]:
    """{method: {capability: score}}. What only words find is not the business of `dense`."""
    query = query_of(need, cache)
    statistics = collection.statistics
    features = features_of(need, collection, cache, ids)
    dense, hybrid = _plain(None), _plain(PLAIN_WORDS)
    if ids is None:
        only = Filter(side=Side.OFFER)
        by_meaning = find_candidates(Query(query.vectors, {}), collection.index, _SILENT, only)
        names = [collection.offers[one].name for one in by_meaning]
        documents = collection.lexicon.candidates(query.strongest(statistics))
        extra = [one for one in by_meaning if collection.offers[one].name not in features]
        alike = {**features, **features_of(need, collection, cache, extra)}
    else:
        names, alike = list(features), features
        documents = collection.lexicon.documents(ids)
    words = query.strongest(statistics)
    counted = {
        collection.offers[one.item_id].name: bm25(words, one.counts, one.length, statistics)
        for one in documents
    }
    if ids is not None:
        counted = {name: counted.get(name, 0.0) for name in features}
    return {
        "bm25": counted,
        "dense": {name: score(alike[name], dense) for name in names},
        "hybrid": {name: score(f, hybrid) for name, f in features.items()},
        "full": {name: score(f, weights) for name, f in features.items()},
    }


def _plain(words: float | None) -> Weights:
    """Of titles and texts by meaning alone, or fused with words; the yardsticks of `full`."""
    text: dict[str, float] = dict.fromkeys(("title", "text", "title_in_text"), 1.0)
    if words is not None:
        text["words"] = words
    return replace(
        packaged(), text=text, common=0.0, facts={}, violated_ceiling=math.inf, violated_each=0.0
    )


class _Silent:
    """A lexicon that knows no word."""

    statistics = Statistics(0, 0, 1.0, {})

    def candidates(self, query: Sequence[str], limit: int) -> list[Document]:
        return []

    def documents(self, item_ids: Iterable[UUID]) -> list[Document]:
        return []


_SILENT = _Silent()
