"""Which items changed since an index last looked, safe with many writers at once.

Ids and times are no cursor: a writer that began earlier may commit later. Rows carry the number
of their transaction, and a cursor is a snapshot: which transactions had ended when it was taken.
What had not ended then is asked for again by number, so a transaction that stays open for long, be
it in another database of the server, neither hides a change nor makes everything since be read
again and again.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class Cursor:
    """All changes of transactions that had ended at some moment."""

    end: int = 0
    """Transactions numbered from here on had not begun."""
    running: tuple[int, ...] = ()
    """Those below `end` that had not ended."""

    def covers(self, stamp: int) -> bool:
        return stamp < self.end and stamp not in self.running

    def as_json(self) -> list[Any]:
        return [self.end, list(self.running)]

    @classmethod
    def from_json(cls, value: Any) -> "Cursor":
        end, running = value
        return cls(int(end), tuple(int(one) for one in running))


@dataclass(frozen=True)
class Changes:
    items: dict[UUID, int]
    """Changed items and their stamps. What the asking transaction wrote is given each time."""
    cursor: Cursor
    own: int | None
    """The number of the asking transaction, if it has written."""


def changes_since(cursor: Cursor) -> Changes:
    """Items that this statement can see and the cursor does not cover; at first all of them."""
    condition, values = "TRUE", []
    if cursor != Cursor():
        # Stamps beyond the snapshot's end came with a backup of another server: they say nothing.
        condition = """
            (item.change_stamp >= %s
                AND item.change_stamp < pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
            OR item.change_stamp = pg_current_xact_id_if_assigned()::text::bigint
            OR item.change_stamp = ANY(%s)
        """
        values = [cursor.end, list(cursor.running)]
    with connection.cursor() as query:
        # One statement, so that the rows and the snapshot are of one moment.
        query.execute(
            f"""
            SELECT item.id, item.change_stamp, pg_current_snapshot()::text,
                pg_current_xact_id_if_assigned()::text::bigint
            FROM (SELECT 1) AS once LEFT JOIN matching_item AS item ON {condition}
            ORDER BY item.change_stamp, item.id
            """,  # noqa: S608 - one of two constants; values are bound
            values,
        )
        rows = query.fetchall()
    *_, snapshot, own = rows[0]
    _, end, running = snapshot.split(":")
    # A snapshot does not name the transaction that takes it, which has not ended either.
    open_ones = {int(one) for one in running.split(",") if one}
    if own is not None and own < int(end):
        open_ones.add(own)
    return Changes(
        {item_id: stamp for item_id, stamp, *_ in rows if item_id is not None},
        Cursor(int(end), tuple(sorted(open_ones))),
        own,
    )


def own_transaction() -> int | None:
    """The number of the transaction that this thread is in; None outside or if it wrote nothing."""
    if not connection.in_atomic_block:
        return None
    with connection.cursor() as query:
        query.execute("SELECT pg_current_xact_id_if_assigned()::text::bigint")
        return query.fetchone()[0]


def database_key() -> str:
    """Of the database whose transactions are followed: numbers of another mean nothing here."""
    with connection.cursor() as query:
        query.execute(
            """
            SELECT system_identifier, oid
            FROM pg_control_system(), pg_database WHERE datname = current_database()
            """
        )
        system, number = query.fetchone()
    return f"{system:x}-{number}"
