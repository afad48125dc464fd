"""A collection of any size for benchmarks, written by COPY as if it had been indexed.

Texts are made of common and rare words, in the proportions of a language; vectors are unit vectors
around some topics, with cosines as the packaged model has them. Nothing of it is embedded.
"""

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import numpy as np

DIMENSION = 384
TOPICS = 400
PIECES = 4000
TEXTS = 10_000
"""Different texts of a kind; beyond that they repeat, under other titles and vectors."""
ROWS = 4
"""Of an item: a title, a whole, two sentences."""
_NAMESPACE = UUID("0b0f7f0a-6b83-4d0e-9a7c-93a5d3b0f001")
_NOW = datetime(2026, 6, 1, tzinfo=UTC)
_CHAINS = ("copper", "steel", "casting", "logistics", "materials", "grain")


@dataclass(frozen=True)
class Piece:
    """A sentence that many entries share, with its words counted once."""

    text: str
    counts: Counter[str]


class MadeUp:
    """`centres` are vectors of the model itself, where entries that are really embedded shall find
    something near; without them any directions do."""

    def __init__(self, seed: int = 7, centres: "np.ndarray | None" = None) -> None:
        self._random = random.Random(seed)
        self._numbers = np.random.default_rng(seed)
        self.pieces = list(self._make_pieces())
        if centres is None:
            base = _unit(self._numbers.normal(size=DIMENSION))
            topics = _unit(self._numbers.normal(size=(TOPICS, DIMENSION)))
            centres = _unit(0.92 * base + 0.39 * topics)
        self._centres = centres

    def fill(self, kind: str, side: str, count: int, model_id: str) -> None:
        """Stores items with a title, a whole and two sentences, their words and vectors."""
        from django.db import connection

        # In order, as version 7 is: random ids would make the indexes slow to fill.
        first = uuid5(_NAMESPACE, kind).int >> 32 << 32
        ids = [UUID(int=first + number) for number in range(count)]
        texts = [self._random.choices(range(PIECES), k=3) for _ in range(min(count, TEXTS))]
        chosen = [texts[number % TEXTS] for number in range(count)]
        with connection.cursor() as query:
            # Without checking each foreign key: the rows are right by construction.
            query.execute("SET session_replication_role = replica")
            query.execute("SELECT pg_current_xact_id()::text::bigint")
            stamp = query.fetchone()[0]
            rest = _defaults()
            items = self._items(ids, kind, side, chosen, stamp)
            _copy(query, "item", ({**rest, **one} for one in items))
            _copy(query, "passage", self._passages(ids, chosen))
            # Filled first, indexed afterwards: otherwise the index takes most of the time.
            query.execute("DROP INDEX document_words")
            _copy(query, "lexicaldocument", self._documents(ids, texts))
            query.execute(
                "CREATE INDEX document_words ON matching_lexicaldocument"
                " USING gin (words) WITH (fastupdate = off)"
            )
            _copy(query, "embedding", self._vectors(ids, model_id, stamp))
            query.execute("SET session_replication_role = DEFAULT")
            query.execute("ANALYZE matching_item, matching_passage")
            query.execute("ANALYZE matching_lexicaldocument, matching_embedding")

    def _make_pieces(self) -> Iterator[Piece]:
        """Sentences of forty characters; of a thousand syllables some are a hundred times as
        common as others, as in any language."""
        from matching.lexical import count

        signs = [chr(0x4E00 + 7 * number) for number in range(2500)]
        weights = list(itertools.accumulate(1 / (place + 12) for place in range(len(signs))))
        for number in range(PIECES):
            body = "".join(self._random.choices(signs, cum_weights=weights, k=36))
            text = f"{body}不低于{number % 97 + 1}MPa"
            yield Piece(text, count([text]))

    def _title(self, number: int, chosen: list[int]) -> str:
        return f"{self.pieces[chosen[0]].text[:14]}{number}"

    def _items(
        self, ids: list[UUID], kind: str, side: str, chosen: list[list[int]], stamp: int
    ) -> Iterator[dict[str, Any]]:
        for number, item_id in enumerate(ids):
            indicator = {
                "name": "强度", "text": f"强度 ≥ {number % 97} MPa", "level": "public",
                "ordinal": 0, "comparator": "ge", "value": str(number % 97), "value_max": None,
                "unit": "MPa", "must": True,
            }  # fmt: skip
            yield {
                "id": item_id,
                "kind": kind,
                "side": side,
                "object_id": item_id,
                "organisation_id": uuid5(_NAMESPACE, f"organisation-{number % 5000}"),
                "title": self._title(number, chosen[number]),
                "is_searchable": True,
                "sub_kind": "",
                "chains": [_CHAINS[number % len(_CHAINS)]],
                "key_areas": [],
                "region": ("黄石", "武汉", "")[number % 3],
                "budget_min": None,
                "budget_max": number % 90 * 10_000 if number % 2 else None,
                "maturity": number % 9 + 1,
                "expires_on": None,
                "indicators": json.dumps([indicator] if number % 3 == 0 else []),
                "text_digest": item_id.hex,
                "updated_at": _NOW,
                "indexed_at": _NOW,
                "change_stamp": stamp,
                "source_state": "",
                "matched_with": "",
            }

    def _passages(self, ids: list[UUID], chosen: list[list[int]]) -> Iterator[dict[str, Any]]:
        for number, item_id in enumerate(ids):
            title = self._title(number, chosen[number])
            texts = [self.pieces[one].text for one in chosen[number][1:]]
            rows = [("title", "title", title), ("whole", "whole", "。".join([title, *texts]))]
            rows += [("sentence", "problem", text) for text in texts]
            for ordinal, (role, field, text) in enumerate(rows):
                yield {
                    "item_id": item_id,
                    "role": role,
                    "field": field,
                    "level": "public",
                    "ordinal": ordinal,
                    "start": 0,
                    "end": len(text),
                    "field_ordinal": 0,
                    "text": text,
                    "text_hash": f"{item_id.hex}-{ordinal}",
                }

    def _documents(self, ids: list[UUID], texts: list[list[int]]) -> Iterator[dict[str, Any]]:
        made = []
        for pieces in texts:
            counts: Counter[str] = Counter()
            for one in pieces:
                counts.update(self.pieces[one].counts)
            words = " ".join("'" + token.replace("'", "''") + "'" for token in counts)
            made.append((words, json.dumps(counts, ensure_ascii=False), counts.total()))
        for number, item_id in enumerate(ids):
            words, counted, length = made[number % TEXTS]
            yield {
                "item_id": item_id,
                "level": "public",
                "words": words,
                "counts": counted,
                "length": length,
            }

    def _vectors(self, ids: list[UUID], model_id: str, stamp: int) -> Iterator[dict[str, Any]]:
        for start in range(0, len(ids), 1000):
            part = ids[start : start + 1000]
            topics = np.repeat(self._numbers.integers(0, len(self._centres), len(part)), ROWS)
            noise = _unit(self._numbers.standard_normal((len(topics), DIMENSION), np.float32))
            vectors = _unit(0.94 * self._centres[topics] + 0.34 * noise)
            for row, vector in enumerate(vectors.astype("<f4")):
                yield {
                    "text_hash": f"{part[row // ROWS].hex}-{row % ROWS}",
                    "model_id": model_id,
                    "dimension": DIMENSION,
                    "vector": vector.tobytes(),
                    "change_stamp": stamp,
                }


def _defaults() -> dict[str, Any]:
    """Of the columns of an item that a benchmark has nothing to say of."""
    from django.db import connection

    from matching.models import Item

    return {
        str(field.column): field.get_db_prep_save(field.get_default(), connection)
        for field in Item._meta.concrete_fields  # noqa: SLF001 - Django's public API of models
        if not field.has_db_default()
    }


def _unit(vectors: "np.ndarray") -> "np.ndarray":
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _copy(query: Any, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    columns = ", ".join(f'"{name}"' for name in first)
    with query.copy(f"COPY matching_{table} ({columns}) FROM STDIN") as copy:
        for row in itertools.chain([first], rows):
            copy.write_row(list(row.values()))
