"""Which items changed since an index last looked, safe with many writers at once.

Ids and times are no cursor: a writer that began earlier may commit later. Rows carry the number
of their transaction; everything below the oldest running one is final.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class Changes:
    items: dict[UUID, int]
    """Changed items and their stamps; some may be given again next time, so apply idempotently."""
    cursor: int
    """Where to read on: every stamp below it has been given."""


def changes_since(cursor: int) -> Changes:
    """Items stamped at or after `cursor` that this transaction can see.

    Rows of finished transactions above the oldest running one are given too (a search should not
    wait for a slow stranger), but the cursor stays below them, so nothing is ever passed over.
    """
    with connection.cursor() as query:
        # One statement, so that the rows and the border come from one snapshot.
        query.execute(
            """
            WITH border AS (
                SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin
            )
            SELECT item.id, item.change_stamp, border.xmin
            FROM border LEFT JOIN matching_item AS item ON item.change_stamp >= %s
            ORDER BY item.change_stamp, item.id
            """,
            [cursor],
        )
        rows = query.fetchall()
    return Changes(
        {item_id: stamp for item_id, stamp, _ in rows if item_id is not None},
        max(cursor, rows[0][2]),
    )
