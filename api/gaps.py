"""The gap map with the entries as this reader may see them, and as a table."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from api.entries import Entry, Key, entries_by_key
from matching.gaps.queries import GapMapView, read_gap_map, still_published
from park.accounts.actors import Actor
from park.sheets.exports import Field, Named, Table, Words, joined, yes_or_no
from park.sheets.layouts import CellType

SHOWN = 20
"""Entries of a cluster on the page."""
PARTS = ("unanswered", "unasked")


def gap_map_of(actor: Actor) -> dict[str, Any]:
    """Raises not_allowed for everybody but park staff."""
    view = read_gap_map(actor=actor)
    entries = _entries(actor, view)
    closed = [_key(one) for one in view.content["closed"]]
    return {
        "made_at": view.made_at,
        "compared_with": view.compared_with,
        "chains": [_chain(row, entries) for row in view.content["chains"]],
        "closed": [entries[key] for key in closed if key in entries],
        "withdrawn_count": sum(key not in entries for key in closed),
        "run": view.run,
    }


def _entries(actor: Actor, view: GapMapView) -> dict[Key, Entry]:
    """What was closed or hidden since the map was made is not in it any more."""
    keys = {_key(one) for one in view.content["closed"]}
    for gap in _gaps_of(view):
        keys.add(_key(gap))
        if gap["other"]:
            keys.add(_key(gap["other"]))
    return entries_by_key(actor, sorted(still_published(keys)))


def _gaps_of(view: GapMapView) -> Iterator[dict[str, Any]]:
    for chain in view.content["chains"]:
        for part in PARTS:
            for group in chain[part]:
                yield from group["entries"]


def _key(row: dict[str, Any]) -> Key:
    return row["kind"], UUID(row["object_id"])


def _chain(row: dict[str, Any], entries: dict[Key, Entry]) -> dict[str, Any]:
    parts = {part: _clusters(row[part], entries) for part in PARTS}
    return {
        "chain": row["chain"],
        "needs": row["needs"],
        "capabilities": row["capabilities"],
        **{f"{part}_count": sum(one["count"] for one in parts[part]) for part in PARTS},
        **{
            part: [{**one, "entries": one["entries"][:SHOWN]} for one in parts[part]]
            for part in PARTS
        },
    }


def _clusters(groups: list[dict[str, Any]], entries: dict[Key, Entry]) -> list[dict[str, Any]]:
    found = []
    for group in groups:
        gaps = [
            {
                "entry": entries[_key(gap)],
                "band": gap["band"],
                "best": entries.get(_key(gap["other"])) if gap["other"] else None,
                "violated": gap["violated"],
                "is_new": gap["is_new"],
            }
            for gap in group["entries"]
            if _key(gap) in entries
        ]
        if gaps:
            found.append({"words": group["words"], "count": len(gaps), "entries": gaps})
    return found


# --- as a file ---


def gap_table(actor: Actor) -> Table[dict[str, Any]]:
    """Every gap of the last map, a line each. Raises not_allowed."""
    view = read_gap_map(actor=actor)
    entries = _entries(actor, view)
    rows = [
        {
            "chain": chain["chain"],
            "part": part,
            "words": group["words"],
            "count": group["count"],
            **gap,
        }
        for chain in view.content["chains"]
        for part in PARTS
        for group in _clusters(chain[part], entries)
        for gap in group["entries"]
    ]
    return Table("gap-map", Named("招商图谱", "Gap map"), FIELDS, rows)


PART_NAMES = {
    "unanswered": Named("需求无人应答", "Need without an answer"),
    "unasked": Named("能力无人问津", "Capability nobody asks for"),
}
WHY = {
    None: Named("没有可匹配的条目", "Nothing comes near it"),
    "possible": Named("最好的匹配仅“可能相关”", "The best match is only a possible one"),
}


def _why(row: dict[str, Any], words: Words) -> str:
    why = WHY[row["band"]].for_reader(words)
    if not row["violated"]:
        return why
    violated = Named("未达到：", "not met: ").for_reader(words) + joined(row["violated"], words)
    return f"{why}; {violated}" if words.is_english else f"{why}；{violated}"


FIELDS: list[Field[dict[str, Any]]] = [
    Field(
        Named("产业链", "Industry chain"),
        lambda row, words: (
            words.name("chains", row["chain"]) or Named("未注明", "Not said").for_reader(words)
        ),
    ),
    Field(
        Named("缺口", "Gap"),
        lambda row, words: PART_NAMES[row["part"]].for_reader(words),
        width=24,
    ),
    Field(
        Named("主题", "Theme"),
        lambda row, words: joined(row["words"], words) or row["entry"]["title"],
        width=28,
    ),
    Field(Named("名称", "Title"), lambda row, _: row["entry"]["title"], width=40),
    Field(
        Named("单位", "Organisation"),
        lambda row, _: row["entry"]["organisation"] and row["entry"]["organisation"].name,
        width=28,
    ),
    Field(Named("依据", "Why"), _why, width=40),
    Field(
        Named("最接近的条目", "Closest entry"),
        lambda row, _: row["best"] and row["best"]["title"],
        width=40,
    ),
    Field(Named("新增", "New"), lambda row, words: yes_or_no(row["is_new"], words), width=8),
    Field(
        Named("同主题数量", "Entries of the theme"),
        lambda row, _: row["count"],
        CellType.WHOLE,
        width=12,
    ),
    Field(Named("编号", "Id"), lambda row, _: str(row["entry"]["id"]), width=38),
]
