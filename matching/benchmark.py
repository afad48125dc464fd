"""Ranks files of needs and capabilities with the recall and scoring code of the service.

Everything is held in memory and in a cache of vectors on disk; the database is not touched.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from matching.evaluation import order
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.lexical import Document, MemoryLexicon, bm25, gather, strongest
from matching.passages import PlannedPassage, plan_documents, plan_passages
from matching.recall import Query, compare, find_candidates, gather_texts
from matching.scoring import score, text_features
from matching.sources import Passage, Side, SourceItem
from park.core.errors import DomainError
from park.core.levels import Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matching.encoder import Encoder

    Vectors = NDArray[np.float32]

_NAMESPACE = UUID("6f6d1f0e-2d0b-4d0a-9a55-3f7f0a6f9c11")
DEPTH = 100
METHODS = ("bm25", "dense", "hybrid")
# Sentences serve reasons and free text; a ranking of entries needs titles and wholes only.
_ROLES = frozenset({Role.TITLE, Role.WHOLE})


@dataclass(frozen=True)
class Entry:
    """One line of a file, with its own id."""

    name: str
    item_id: UUID
    passages: Sequence[PlannedPassage]
    document: Document


def read_entries(path: Path, kind: str, side: Side) -> list[Entry]:
    """Raises DomainError file_unreadable with the line that is not an entry."""
    entries = []
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            name, title, text = str(row["id"]), str(row["title"]), str(row.get("text") or "")
        except (ValueError, KeyError, TypeError) as error:
            raise DomainError("file_unreadable", path=str(path), line=number) from error
        item_id = uuid5(_NAMESPACE, f"{kind}:{name}")
        item = SourceItem(
            kind,
            side,
            item_id,
            title,
            datetime.now(UTC),
            passages=[Passage("problem", Level.PUBLIC, text)] if text else [],
        )
        planned = plan_documents(item)[0]
        entries.append(
            Entry(
                name,
                item_id,
                [one for one in plan_passages(item) if one.role in _ROLES],
                Document(item_id, planned.counts, planned.length),
            )
        )
    return entries


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


def rank_files(
    needs: Sequence[Entry],
    capabilities: Sequence[Entry],
    encoder: "Encoder",
    cache_folder: Path,
    progress: Callable[[int, int], None],
) -> dict[str, dict[str, list[str]]]:
    """{method: {need: capabilities, best first}}."""
    from matching.index.flat import FlatIndex

    cache = VectorCache(cache_folder, encoder)
    cache.fill((p for entry in (*needs, *capabilities) for p in entry.passages), progress)
    index = FlatIndex(encoder.model_id, encoder.dimension)
    index.put(
        ItemRows(
            entry.item_id,
            "capability",
            Side.OFFER,
            None,
            [Row(0, one.role, one.level) for one in entry.passages],
            cache.vectors(entry.passages),
        )
        for entry in capabilities
    )
    statistics = gather(entry.document.counts for entry in capabilities)
    lexicon = MemoryLexicon((entry.document for entry in capabilities), statistics)
    names = {entry.item_id: entry.name for entry in capabilities}
    only = Filter(side=Side.OFFER)
    rankings: dict[str, dict[str, list[str]]] = {method: {} for method in METHODS}
    for need in needs:
        by_role = {
            role: cache.vectors([one for one in need.passages if one.role is role])
            for role in _ROLES
        }
        query = Query(by_role, need.document.counts)
        words = strongest(query.words, statistics)
        found = {
            "bm25": {
                names[document.item_id]: bm25(words, document.counts, document.length, statistics)
                for document in lexicon.candidates(words)
            },
            "dense": _scores(Query(by_role, {}), index, lexicon, only, names),
            "hybrid": _scores(query, index, lexicon, only, names),
        }
        for method, scores in found.items():
            rankings[method][need.name] = order(scores)[:DEPTH]
    return rankings


def _scores(
    query: Query, index: Any, lexicon: MemoryLexicon, only: Filter, names: Mapping[UUID, str]
) -> dict[str, float]:
    candidates = find_candidates(query, index, lexicon, only)
    texts = gather_texts(candidates, index, lexicon, only)
    return {
        names[one]: score(text_features(compare(query, texts[one], lexicon.statistics)))
        for one in candidates
    }
