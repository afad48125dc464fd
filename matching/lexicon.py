"""The lexicon in PostgreSQL: documents by full text, and the versions of the word statistics."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from matching.index.protocol import Filter, Role
from matching.lexical import CANDIDATES, Document, Statistics
from matching.models import IdfTable, LexicalDocument, ServingModel
from matching.passages import PlannedDocument
from park.core.levels import Level

MAX_TOKENS = 20_000
"""Of one document: PostgreSQL takes a megabyte of them; the most frequent ones stay."""
BACKGROUND_ROLES = (Role.TITLE, Role.WHOLE)
BACKGROUND_FROM = 50
"""Needs: the mean of fewer says more of them than of what all have in common."""
BACKGROUND_VECTORS = 5_000
DRIFT = 0.2
"""The statistics are made anew when the collection has grown or shrunk by this share."""


@dataclass(frozen=True)
class PostgresLexicon:
    """See `matching.lexical.Lexicon`; `only` is applied inside the query."""

    only: Filter
    statistics: Statistics = field(default_factory=lambda: current_statistics())

    def candidates(self, query: Sequence[str], limit: int = CANDIDATES) -> list[Document]:
        if not query:
            return []
        words = " | ".join(quote(token) for token in query)
        rows = self._readable().extra(
            where=["matching_lexicaldocument.words @@ %s::tsquery"],
            params=[words],
            select={"rank": "ts_rank(matching_lexicaldocument.words, %s::tsquery)"},
            select_params=[words],
            order_by=["-rank", "item_id"],
        )
        return [_document(row) for row in rows[:limit]]

    def documents(self, item_ids: Iterable[UUID]) -> list[Document]:
        return [_document(row) for row in self._readable().filter(item_id__in=list(item_ids))]

    def _readable(self) -> QuerySet[LexicalDocument]:
        only, viewer = self.only, self.only.viewer
        rows = LexicalDocument.objects.filter(item__is_searchable=True)
        if not viewer.sees_all:
            own = Q(item__organisation_id__in=viewer.organisation_ids)
            rows = rows.filter(Q(level=Level.PUBLIC) | own)
        if only.side is not None:
            rows = rows.filter(item__side=only.side)
        if only.kinds is not None:
            rows = rows.filter(item__kind__in=only.kinds)
        if only.not_organisation_id is not None:
            rows = rows.exclude(item__organisation_id=only.not_organisation_id)
        if only.item_ids is not None:
            rows = rows.filter(item_id__in=only.item_ids)
        return rows.only("item_id", "counts", "length")


def _document(row: LexicalDocument) -> Document:
    return Document(row.item_id, row.counts, row.length)


def quote(token: str) -> str:
    """A token as a tsquery literal, whatever it holds."""
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def store_documents(item_id: UUID, planned: Sequence[PlannedDocument]) -> None:
    """Replaces the words of an item."""
    LexicalDocument.objects.filter(item_id=item_id).delete()
    with connection.cursor() as query:
        for document in planned:
            counts = dict(Counter(dict(document.counts)).most_common(MAX_TOKENS))
            query.execute(
                """
                INSERT INTO matching_lexicaldocument (item_id, level, words, counts, length)
                VALUES (%s, %s, array_to_tsvector(%s::text[]), %s::jsonb, %s)
                """,
                [item_id, document.level.value, list(counts), _json(counts), document.length],
            )


def _json(value: Mapping[str, Any]) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


# --- statistics ---


def current_statistics() -> Statistics:
    version = IdfTable.objects.order_by("-version").values_list("version", flat=True).first()
    return load_statistics(version) if version is not None else Statistics(0, 0, 1.0, {})


def statistics_for(model_id: str) -> Statistics:
    """The current ones, as vectors of this model can be compared with them."""
    return current_statistics().for_model(model_id)


@lru_cache(maxsize=4)
def load_statistics(version: int) -> Statistics:
    """A version never changes, so it is read once. Raises IdfTable.DoesNotExist."""
    import numpy as np

    row = IdfTable.objects.get(pk=version)
    background = row.background or {}
    return Statistics(
        row.version,
        row.documents,
        row.mean_length,
        row.frequencies,
        {role: np.array(background[role.value], "f4") for role in BACKGROUND_ROLES}
        if background
        else None,
        background.get("model_id", ""),
    )


def may_have_drifted(changes: int) -> bool:
    """Whether so many changes alone are worth a look; many small ones are left to the sweep."""
    known = IdfTable.objects.order_by("-version").values_list("documents", flat=True).first()
    return changes > 0 and (known is None or changes >= DRIFT / 4 * known)


def refresh_statistics(*, force: bool = False) -> bool:
    """Makes a new version when the collection has changed enough; says whether it did."""
    public = LexicalDocument.objects.filter(level=Level.PUBLIC, item__is_searchable=True)
    documents = public.count()
    known = IdfTable.objects.order_by("-version").values_list("documents", flat=True).first()
    if documents == 0:
        return False
    if not force and known is not None and abs(documents - known) <= DRIFT * known:
        return False
    statement = (
        "SELECT d.words FROM matching_lexicaldocument d JOIN matching_item i ON i.id = d.item_id"
        " WHERE d.level = 'public' AND i.is_searchable"
    )
    with connection.cursor() as query:
        query.execute("SELECT word, ndoc FROM ts_stat(%s)", [statement])
        frequencies = dict(query.fetchall())
    lengths = public.values_list("length", flat=True)
    IdfTable.objects.create(
        documents=documents,
        mean_length=sum(lengths) / documents,
        frequencies=frequencies,
        background=_background(),
    )
    return True


def _background() -> dict[str, Any] | None:
    """The means of the needs' public vectors under the serving model; see `Statistics`."""
    import numpy as np

    model_id = ServingModel.objects.values_list("model_id", flat=True).first()
    if model_id is None:
        return None
    means: dict[str, Any] = {"model_id": model_id}
    for role in BACKGROUND_ROLES:
        with connection.cursor() as query:
            # Always the same ones of a large collection: whichever have the first addresses.
            query.execute(
                """
                SELECT e.vector FROM matching_passage p
                JOIN matching_item i ON i.id = p.item_id AND i.is_searchable AND i.side = 'need'
                JOIN matching_embedding e ON e.text_hash = p.text_hash AND e.model_id = %s
                WHERE p.role = %s AND p.level = 'public' ORDER BY p.text_hash, p.id LIMIT %s
                """,
                [model_id, role.value, BACKGROUND_VECTORS],
            )
            rows = [np.frombuffer(vector, "<f4") for (vector,) in query.fetchall()]
        if len(rows) < BACKGROUND_FROM:
            return None
        means[role.value] = [round(float(one), 7) for one in np.mean(rows, axis=0)]
    return means
