"""The same search in PostgreSQL by pgvector, for several machines that share one index.

Its table exists only where it is chosen. Vectors are stored a second time, as pgvector's type.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction

from matching.index.protocol import Filter, ItemRows, Role
from park.core.levels import Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class PgVectorIndex:
    """See `matching.index.protocol.VectorIndex`. The database itself is the state."""

    def __init__(self, model_id: str, dimension: int) -> None:
        self.model_id = model_id
        self.dimension = int(dimension)
        self.cursor = 0
        with transaction.atomic(), connection.cursor() as query:
            # Two workers that start together must not both create it.
            query.execute("SELECT pg_advisory_xact_lock(hashtext('matching.pgvector'))")
            query.execute("CREATE EXTENSION IF NOT EXISTS vector")
            query.execute(
                """
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
                )
                """
            )
            query.execute(
                "CREATE INDEX IF NOT EXISTS matching_vector_item"
                " ON matching_vector (model_id, item_id)"
            )

    def put(self, items: Iterable[ItemRows]) -> None:
        with transaction.atomic(), connection.cursor() as query:
            for item in items:
                query.execute(
                    "DELETE FROM matching_vector WHERE model_id = %s AND item_id = %s",
                    [self.model_id, item.item_id],
                )
                if not item.rows or item.vectors is None:
                    continue
                query.executemany(
                    """
                    INSERT INTO matching_vector
                        (model_id, item_id, kind, side, organisation_id, role, level, vector)
                    VALUES (%s, %s, %s, %s, %s, %s, %s, %s::vector)
                    """,
                    [
                        (
                            self.model_id,
                            item.item_id,
                            item.kind,
                            item.side.value,
                            item.organisation_id,
                            row.role.value,
                            row.level.value,
                            _literal(vector),
                        )
                        for row, vector in zip(item.rows, item.vectors, strict=True)
                    ],
                )

    def search(self, queries: "Vectors", k: int, only: Filter) -> list[dict[UUID, float]]:
        if k <= 0:
            return [{} for _ in queries]
        condition, values = self._condition(only)
        found = []
        with connection.cursor() as cursor:
            for one in queries:
                # Grouped by item inside the query: k vectors might belong to fewer items.
                cursor.execute(
                    f"""
                    SELECT item_id, max(-(vector <#> %s::vector)) AS score
                    FROM matching_vector WHERE {condition}
                    GROUP BY item_id ORDER BY score DESC, item_id LIMIT %s
                    """,  # noqa: S608 - the condition is made of constants; values are bound
                    [_literal(one), *values, k],
                )
                found.append({item_id: float(score) for item_id, score in cursor.fetchall()})
        return found

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
