"""The same search in PostgreSQL by pgvector, for several machines that share one index.

Its tables exist only where it is chosen. Vectors are stored a second time, as pgvector's type, and
the place up to where changes were read is a row beside them, so that it moves with them or not at
all. Many rows get an HNSW index; filters are applied inside its scan.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction

from matching.index.cursor import Cursor, database_key
from matching.index.protocol import Filter, ItemRows, Role
from park.core.levels import Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

LARGEST_HNSW = 2000
"""Dimensions that pgvector can keep in an HNSW index."""
WIDEST = 2000
"""Rows that are asked of it; a filter that needs more is answered exactly."""
EF_SEARCH = 200
_TABLES = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS matching_vector (
    id bigserial PRIMARY KEY,
    model_id text NOT NULL,
    item_id uuid NOT NULL,
    kind text NOT NULL,
    side text NOT NULL,
    organisation_id uuid,
    role text NOT NULL,
    level text NOT NULL,
    vector vector NOT NULL
);
CREATE INDEX IF NOT EXISTS matching_vector_item ON matching_vector (model_id, item_id);
CREATE TABLE IF NOT EXISTS matching_vector_cursor (
    model_id text PRIMARY KEY,
    database text NOT NULL,
    cursor jsonb NOT NULL
);
"""


class PgVectorIndex:
    """See `matching.index.protocol.VectorIndex`. The database itself is the state."""

    def __init__(self, model_id: str, dimension: int, *, exact_rows: int = 250_000) -> None:
        self.model_id = model_id
        self.dimension = int(dimension)
        self.exact_rows = exact_rows
        self.cursor = Cursor()
        self.delta_size = 0
        """Rows that this process has stored since it last looked how many there are."""
        digest = hashlib.sha256(model_id.encode()).hexdigest()[:16]
        self._hnsw = f"matching_vector_hnsw_{digest}"
        with transaction.atomic(), connection.cursor() as query:
            # Two workers that start together must not both create it.
            query.execute("SELECT pg_advisory_xact_lock(hashtext('matching.pgvector'))")
            query.execute(_TABLES)
        self.is_approximate = self._has_hnsw()

    def __len__(self) -> int:
        with connection.cursor() as query:
            query.execute(
                "SELECT count(*) FROM matching_vector WHERE model_id = %s", [self.model_id]
            )
            return query.fetchone()[0]

    def item_ids(self) -> set[UUID]:
        with connection.cursor() as query:
            query.execute(
                "SELECT DISTINCT item_id FROM matching_vector WHERE model_id = %s", [self.model_id]
            )
            return {item_id for (item_id,) in query.fetchall()}

    # --- change ---

    @contextmanager
    def following(self) -> Iterator[bool]:
        """One process reads changes in for all; what it reads and how far is stored together."""
        with transaction.atomic(), connection.cursor() as query:
            query.execute("SELECT pg_try_advisory_xact_lock(hashtext('matching.pgvector.follow'))")
            if not query.fetchone()[0]:
                yield False
                return
            key = database_key()
            query.execute(
                "SELECT cursor FROM matching_vector_cursor WHERE model_id = %s AND database = %s",
                [self.model_id, key],
            )
            row = query.fetchone()
            self.cursor = Cursor()
            if row is not None:
                found = json.loads(row[0]) if isinstance(row[0], str) else row[0]
                self.cursor = Cursor.from_json(found)
            known = self.cursor
            yield True
            if self.cursor != known:
                query.execute(
                    """
                    INSERT INTO matching_vector_cursor (model_id, database, cursor)
                    VALUES (%s, %s, %s::jsonb)
                    ON CONFLICT (model_id) DO UPDATE
                    SET database = EXCLUDED.database, cursor = EXCLUDED.cursor
                    """,
                    [self.model_id, key, json.dumps(self.cursor.as_json())],
                )
        self.is_approximate = self._has_hnsw()

    def clear(self) -> None:
        with transaction.atomic(), connection.cursor() as query:
            for table in ("matching_vector", "matching_vector_cursor"):
                query.execute(
                    f"DELETE FROM {table} WHERE model_id = %s",  # noqa: S608 - one of two constants
                    [self.model_id],
                )

    def put(self, items: Iterable[ItemRows]) -> None:
        given = {item.item_id: item for item in items}
        rows = [row for item in given.values() for row in self._rows(item)]
        with transaction.atomic(), connection.cursor() as query:
            query.execute(
                "DELETE FROM matching_vector WHERE model_id = %s AND item_id = ANY(%s)",
                [self.model_id, sorted(given)],
            )
            query.executemany(
                """
                INSERT INTO matching_vector
                    (model_id, item_id, kind, side, organisation_id, role, level, vector)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s::vector)
                """,
                rows,
            )
        self.delta_size += len(rows)

    def _rows(self, item: ItemRows) -> list[tuple[Any, ...]]:
        if not item.rows:
            return []
        import numpy as np

        given = np.asarray(item.vectors, np.float32)
        if given.shape != (len(item.rows), self.dimension):
            raise ValueError(f"vectors of shape {given.shape} for {len(item.rows)} rows")
        if not np.isfinite(given).all():
            raise ValueError("a vector is not finite")
        owner = item.organisation_id
        about = (self.model_id, item.item_id, item.kind, item.side.value, owner)
        return [
            (*about, row.role.value, row.level.value, _literal(vector))
            for row, vector in zip(item.rows, given, strict=True)
        ]

    def save(self, folder: Path, unsettled: Callable[[], Iterable[UUID]] = tuple) -> None:
        """Nothing goes into `folder`; once there are many rows they get an HNSW index."""
        if len(self) > self.exact_rows and self.dimension <= LARGEST_HNSW:
            self.build_hnsw()
        self.delta_size = 0

    def build_hnsw(self) -> None:
        """Beside reads and writes, where it is not called inside a transaction."""
        aside = "" if connection.in_atomic_block else "CONCURRENTLY"
        with connection.cursor() as query:
            query.execute("SELECT pg_try_advisory_lock(hashtext('matching.pgvector.hnsw'))")
            if not query.fetchone()[0]:
                return
            try:
                if self._has_hnsw():
                    return
                # One that was begun and not finished is in the way.
                query.execute(f"DROP INDEX {aside} IF EXISTS {self._hnsw}")
                query.execute(
                    f"""
                    CREATE INDEX {aside} {self._hnsw} ON matching_vector
                    USING hnsw ((vector::vector({self.dimension})) vector_ip_ops)
                    WHERE model_id = %s
                    """,
                    [self.model_id],
                )
            finally:
                query.execute("SELECT pg_advisory_unlock(hashtext('matching.pgvector.hnsw'))")
        self.is_approximate = self._has_hnsw()

    def _has_hnsw(self) -> bool:
        with connection.cursor() as query:
            query.execute(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [self._hnsw]
            )
            row = query.fetchone()
        return row is not None and row[0]

    # --- search ---

    def search(self, queries: "Vectors", k: int, only: Filter) -> list[dict[UUID, float]]:
        import numpy as np

        queries = np.asarray(queries, np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise ValueError(f"queries of shape {queries.shape}")
        if not np.isfinite(queries).all():
            raise ValueError("a query is not finite")
        if k <= 0:
            return [{} for _ in queries]
        condition, values = self._condition(only)
        found = []
        for one in queries:
            near = self._near(_literal(one), k, condition, values) if self.is_approximate else None
            found.append(self._exact(_literal(one), k, condition, values) if near is None else near)
        return found

    def _exact(self, query: str, k: int, condition: str, values: list[Any]) -> dict[UUID, float]:
        with connection.cursor() as cursor:
            # Grouped by item inside the query: k vectors might belong to fewer items.
            cursor.execute(
                f"""
                SELECT item_id, max(-(vector <#> %s::vector)) AS score
                FROM matching_vector WHERE {condition}
                GROUP BY item_id ORDER BY score DESC, item_id LIMIT %s
                """,  # noqa: S608 - the condition is made of constants; values are bound
                [query, *values, k],
            )
            return {item_id: float(score) for item_id, score in cursor.fetchall()}

    def _near(
        self, query: str, k: int, condition: str, values: list[Any]
    ) -> dict[UUID, float] | None:
        """By HNSW; None when it does not lead to k items."""
        width = 4 * k
        typed = f"(vector::vector({self.dimension}))"
        while width <= WIDEST:
            with transaction.atomic(), connection.cursor() as cursor:
                # The scan goes on behind what a filter takes out, instead of returning less.
                cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
                cursor.execute(f"SET LOCAL hnsw.ef_search = {min(1000, max(EF_SEARCH, width))}")
                cursor.execute(
                    f"""
                    SELECT item_id, -({typed} <#> %s::vector) FROM matching_vector
                    WHERE {condition} ORDER BY {typed} <#> %s::vector LIMIT %s
                    """,  # noqa: S608 - as above
                    [query, *values, query, width],
                )
                rows = cursor.fetchall()
            best: dict[UUID, float] = {}
            for item_id, score in rows:
                best[item_id] = max(float(score), best.get(item_id, float("-inf")))
            if len(best) >= k:
                return dict(sorted(best.items(), key=lambda one: (-one[1], one[0]))[:k])
            if len(rows) < width:
                return None
            width *= 4
        return None

    def vectors_of(
        self, item_ids: Iterable[UUID], only: Filter
    ) -> "dict[UUID, dict[Role, Vectors]]":
        import numpy as np

        # As in the flat index, side and kind do not matter where items are named.
        condition, values = self._condition(Filter(viewer=only.viewer, roles=only.roles))
        found: dict[UUID, dict[Role, list[Any]]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT item_id, role, vector::text FROM matching_vector
                WHERE {condition} AND item_id = ANY(%s) ORDER BY item_id, id
                """,  # noqa: S608 - as above
                [*values, list(item_ids)],
            )
            for item_id, role, text in cursor.fetchall():
                vector = np.fromstring(text.strip("[]"), np.float32, sep=",")
                found.setdefault(item_id, {}).setdefault(Role(role), []).append(vector)
        return {
            item_id: {role: np.stack(rows) for role, rows in roles.items()}
            for item_id, roles in found.items()
        }

    def _condition(self, only: Filter) -> tuple[str, list[Any]]:
        tests = ["model_id = %s"]
        bound: list[Any] = [self.model_id]
        if not only.viewer.sees_all:
            tests.append("(level = %s OR organisation_id = ANY(%s))")
            bound += [Level.PUBLIC.value, list(only.viewer.organisation_ids)]
        if only.side is not None:
            tests.append("side = %s")
            bound.append(only.side.value)
        if only.kinds is not None:
            tests.append("kind = ANY(%s)")
            bound.append(sorted(only.kinds))
        if only.roles is not None:
            tests.append("role = ANY(%s)")
            bound.append(sorted(role.value for role in only.roles))
        if only.not_organisation_id is not None:
            tests.append("organisation_id IS DISTINCT FROM %s")
            bound.append(only.not_organisation_id)
        if only.item_ids is not None:
            tests.append("item_id = ANY(%s)")
            bound.append(list(only.item_ids))
        return " AND ".join(tests), bound


def _literal(vector: "NDArray[np.float32]") -> str:
    return "[" + ",".join(repr(float(value)) for value in vector) + "]"
