"""The two lists in which a pair may stand, the need's and the offer's, and how they are stored.

A row exists as long as one of its sides lists it. Pairs are scored without a lock; here, under
one, they are merged with what others wrote meanwhile. A row keeps its id as long as it exists.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from matching.models import Item, MatchSuggestion
from matching.sources import Side

TOP = 20
"""Suggestions kept of each kind for one item."""

SAME_SCORE = 1e-6
"""In bulk cosines are added up in another order: what differs by less is no other score."""
_WRITTEN = (
    "score", "band", "features", "reasons", "versions",
    "is_in_need_top", "is_in_offer_top", "made_at",
)  # fmt: skip
_COMPARED = ("band", "reasons", "versions", "is_in_need_top", "is_in_offer_top")


@dataclass(frozen=True)
class Scored:
    """Pairs of some items of one kind, scored against what `snapshot` shows."""

    side: Side
    kind: str
    item_ids: Sequence[UUID]
    pairs: Sequence[MatchSuggestion]
    """Unsaved; those below every band are left out."""
    snapshot: str
    """A `pg_snapshot`, taken before the first text was read."""
    versions: Mapping[str, Any]
    """Of all pairs alike: model_id, weights, idf."""


@dataclass
class Decision:
    kept: list[MatchSuggestion] = field(default_factory=list)
    """With their flags set."""
    dropped: list[UUID] = field(default_factory=list)
    """Stored rows that nobody lists any more."""
    changed_flags: dict[UUID, bool] = field(default_factory=dict)
    """Rows that somebody else scored meanwhile: whether they stand in this item's own list."""
    overfull: set[UUID] = field(default_factory=set)
    """Others whose list gets longer than it may be."""
    current: list[UUID] = field(default_factory=list)
    """The items whose lists these are: those that did not change meanwhile."""


def take_snapshot() -> str:
    """What is committed now, as PostgreSQL says it."""
    with connection.cursor() as query:
        query.execute("SELECT pg_current_snapshot()::text")
        return query.fetchone()[0]


# A change of this very transaction is known to it.
_UNSEEN = """
    NOT pg_visible_in_snapshot({stamp}::text::xid8, %(snapshot)s::pg_snapshot)
    AND {stamp}::text IS DISTINCT FROM pg_current_xact_id_if_assigned()::text
"""


def decide(scored: Scored) -> Decision:
    """Which pairs stay. Says the same under the lock as before it unless somebody came between."""
    found = Decision()
    others = {_other_id(scored.side, one) for one in scored.pairs}
    changed = _changed({*scored.item_ids, *others}, scored.snapshot)
    found.current = [one for one in scored.item_ids if one not in changed]
    own = set(found.current)
    # Whoever changed meanwhile scores its own pairs anew and sees this item doing so.
    pairs = [
        one
        for one in scored.pairs
        if _own_id(scored.side, one) in own and _other_id(scored.side, one) not in changed
    ]
    stored = _stored_rows(scored, found.current)
    given = {(_own_id(scored.side, one), _other_id(scored.side, one)) for one in pairs}
    unseen = [row for row in stored if row.is_unseen and (row.own_id, row.other_id) not in given]
    in_own_top = _own_tops(scored.side, pairs, unseen)
    lists = _lists_of_others(scored, others)
    taken: Counter[UUID] = Counter()
    for one in sorted(pairs, key=lambda one: (-one.score, str(_own_id(scored.side, one)))):
        own_id, other_id = _own_id(scored.side, one), _other_id(scored.side, one)
        is_own_top = (own_id, other_id) in in_own_top
        listed = lists.get(other_id)
        is_other_top = taken[other_id] < TOP and (
            listed is None
            or listed.current < TOP
            or (-one.score, str(own_id)) < (-listed.lowest, str(listed.lowest_id))
        )
        if not is_own_top and not is_other_top:
            continue
        if is_other_top:
            taken[other_id] += 1
        is_need = scored.side is Side.NEED
        one.is_in_need_top = is_own_top if is_need else is_other_top
        one.is_in_offer_top = is_other_top if is_need else is_own_top
        found.kept.append(one)
    found.overfull = {
        one for one, more in taken.items() if one in lists and lists[one].current + more > TOP
    }
    kept = {(_own_id(scored.side, one), _other_id(scored.side, one)) for one in found.kept}
    for row in stored:
        if (row.own_id, row.other_id) in kept:
            continue
        if not row.is_unseen:
            found.dropped.append(row.pk)
            continue
        is_own_top = (row.own_id, row.other_id) in in_own_top
        if not is_own_top and not row.is_other_top:
            found.dropped.append(row.pk)
        elif is_own_top != row.is_own_top:
            found.changed_flags[row.pk] = is_own_top
    return found


def store(scored: Scored, decision: Decision) -> int:
    """Writes what was decided; how many rows were new or other than before. Inside the lock."""
    column = _columns(scored.side)
    for is_top in (True, False):
        ids = [pk for pk, value in decision.changed_flags.items() if value is is_top]
        if ids:
            MatchSuggestion.objects.filter(pk__in=ids).update(**{f"is_in_{column.own}_top": is_top})
    written = _write(decision.kept)
    dropped = [*decision.dropped, *_trim(scored, decision.overfull)]
    if dropped:
        MatchSuggestion.objects.filter(pk__in=dropped).delete()
    Item.objects.filter(pk__in=decision.current).update(matched_with=mark(scored.versions))
    return written


def mark(versions: Mapping[str, Any]) -> str:
    """What suggestions were made with, in one word (see `Item.matched_with`)."""
    return f"{versions['weights']}|{versions['idf']}|{versions['model_id']}"


# --- reading ---


@dataclass(frozen=True, slots=True)
class _Columns:
    own: str
    other: str


def _columns(side: Side) -> _Columns:
    return _Columns(side.value, side.other.value)


def _own_id(side: Side, pair: MatchSuggestion) -> UUID:
    return pair.need_item_id if side is Side.NEED else pair.offer_item_id


def _other_id(side: Side, pair: MatchSuggestion) -> UUID:
    return pair.offer_item_id if side is Side.NEED else pair.need_item_id


def _changed(ids: Iterable[UUID], snapshot: str) -> set[UUID]:
    """Items that changed after the snapshot, or that are gone."""
    wanted = set(ids)
    with connection.cursor() as query:
        query.execute(
            "SELECT id FROM matching_item WHERE id = ANY(%(ids)s) AND is_searchable"  # noqa: S608
            f" AND NOT ({_UNSEEN.format(stamp='change_stamp')})",
            {"ids": list(wanted), "snapshot": snapshot},
        )
        return wanted - {one for (one,) in query.fetchall()}


@dataclass(frozen=True, slots=True)
class _Stored:
    pk: UUID
    own_id: UUID
    other_id: UUID
    other_kind: str
    score: float
    is_own_top: bool
    is_other_top: bool
    is_unseen: bool


def _stored_rows(scored: Scored, item_ids: Sequence[UUID]) -> list[_Stored]:
    column = _columns(scored.side)
    with connection.cursor() as query:
        query.execute(
            f"""
            SELECT s.id, s.{column.own}_item_id, s.{column.other}_item_id, other.kind, s.score,
                s.is_in_{column.own}_top, s.is_in_{column.other}_top,
                {_UNSEEN.format(stamp="other.change_stamp")}
            FROM matching_matchsuggestion s
            JOIN matching_item other ON other.id = s.{column.other}_item_id
            WHERE s.{column.own}_item_id = ANY(%(ids)s)
            """,  # noqa: S608 - the names of columns are constants
            {"ids": list(item_ids), "snapshot": scored.snapshot},
        )
        return [_Stored(*row) for row in query.fetchall()]


def _own_tops(
    side: Side, pairs: Iterable[MatchSuggestion], unseen: Iterable[_Stored]
) -> set[tuple[UUID, UUID]]:
    """The best of each kind for each item, among what was scored now and by others meanwhile."""
    lists: dict[tuple[UUID, str], list[tuple[float, str, UUID]]] = {}
    for one in pairs:
        other = one.offer_item if side is Side.NEED else one.need_item
        place = -one.score, str(other.pk), other.pk
        lists.setdefault((_own_id(side, one), other.kind), []).append(place)
    for row in unseen:
        place = -row.score, str(row.other_id), row.other_id
        lists.setdefault((row.own_id, row.other_kind), []).append(place)
    return {
        (own_id, other_id)
        for (own_id, _), places in lists.items()
        for *_, other_id in sorted(places)[:TOP]
    }


@dataclass(frozen=True, slots=True)
class _List:
    current: int
    lowest: float
    lowest_id: UUID | None


def _lists_of_others(scored: Scored, others: Iterable[UUID]) -> dict[UUID, _List]:
    """How full the lists of the others are without these items, and what it takes to enter.

    A score by older weights or statistics says nothing against one of now, nor the other way: it
    stays until its own turn comes, and the list is longer meanwhile.
    """
    column = _columns(scored.side)
    with connection.cursor() as query:
        query.execute(
            f"""
            SELECT s.{column.other}_item_id, count(*), min(s.score),
                (array_agg(s.{column.own}_item_id ORDER BY s.score, s.{column.own}_item_id DESC))[1]
            FROM matching_matchsuggestion s
            JOIN matching_item own ON own.id = s.{column.own}_item_id AND own.kind = %(kind)s
            WHERE s.{column.other}_item_id = ANY(%(others)s) AND s.is_in_{column.other}_top
                AND s.{column.own}_item_id <> ALL(%(own)s) AND s.versions @> %(versions)s::jsonb
            GROUP BY 1
            """,  # noqa: S608 - the names of columns are constants
            {
                "kind": scored.kind,
                "versions": json.dumps(dict(scored.versions)),
                "others": list(others),
                "own": list(scored.item_ids),
            },
        )
        return {other_id: _List(*row) for other_id, *row in query.fetchall()}


# --- writing ---


def _write(kept: Sequence[MatchSuggestion]) -> int:
    """By COPY into a table of this session, and from there only what differs."""
    if not kept:
        return 0
    fields = MatchSuggestion._meta.concrete_fields  # noqa: SLF001 - Django's public API of models
    columns = [str(field.column) for field in fields]
    assigned = ", ".join(f"{name} = made.{name}" for name in _WRITTEN)
    with connection.cursor() as query:
        query.execute(
            "CREATE TEMP TABLE IF NOT EXISTS matching_made"
            " (LIKE matching_matchsuggestion INCLUDING DEFAULTS)"
        )
        query.execute("TRUNCATE matching_made")
        with query.copy(f"COPY matching_made ({', '.join(columns)}) FROM STDIN") as copy:
            for one in kept:
                copy.write_row(
                    [
                        field.get_db_prep_save(getattr(one, field.attname), connection)
                        for field in fields
                    ]
                )
        query.execute(
            f"""
            UPDATE matching_matchsuggestion AS held SET {assigned} FROM matching_made AS made
            WHERE held.need_item_id = made.need_item_id AND held.offer_item_id = made.offer_item_id
                AND (abs(held.score - made.score) > {SAME_SCORE}
                    OR ({", ".join(f"held.{name}" for name in _COMPARED)})
                        IS DISTINCT FROM ({", ".join(f"made.{name}" for name in _COMPARED)}))
            """  # noqa: S608 - the names of columns are constants
        )
        written = query.rowcount
        query.execute(
            f"""
            INSERT INTO matching_matchsuggestion ({", ".join(columns)})
            SELECT {", ".join(f"made.{name}" for name in columns)} FROM matching_made AS made
            ON CONFLICT (need_item_id, offer_item_id) DO NOTHING
            """  # noqa: S608 - as above
        )
        return written + query.rowcount


def _trim(scored: Scored, overfull: Iterable[UUID]) -> list[UUID]:
    """Shortens the lists of others; the rows that nobody lists any more."""
    column = _columns(scored.side)
    others = list(overfull)
    if not others:
        return []
    with connection.cursor() as query:
        query.execute(
            f"""
            WITH placed AS (
                SELECT s.id, row_number() OVER (
                    PARTITION BY s.{column.other}_item_id
                    ORDER BY s.score DESC, s.{column.own}_item_id
                ) AS place
                FROM matching_matchsuggestion s
                JOIN matching_item own ON own.id = s.{column.own}_item_id AND own.kind = %(kind)s
                WHERE s.{column.other}_item_id = ANY(%(others)s) AND s.is_in_{column.other}_top
                    AND s.versions @> %(versions)s::jsonb
            )
            UPDATE matching_matchsuggestion AS held SET is_in_{column.other}_top = false
            FROM placed WHERE placed.id = held.id AND placed.place > %(top)s
            RETURNING held.id, held.is_in_{column.own}_top
            """,  # noqa: S608 - the names of columns are constants
            {
                "kind": scored.kind,
                "versions": json.dumps(dict(scored.versions)),
                "others": others,
                "top": TOP,
            },
        )
        return [pk for pk, is_own_top in query.fetchall() if not is_own_top]
