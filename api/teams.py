"""A need's kit and consortium, of the entries that this reader may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from api.entries import Entry, Key, entries_by_key, require_visible
from matching import queries, teams
from matching.teams import Measurer, Must, Offer
from park.accounts.actors import Actor
from park.sheets.exports import Field, Named, Table, Words, joined

CAPABILITY, INSTRUMENT, PERSON = "capability", "instrument", "person"
BEST = 3
"""Shown of each kind."""
EMPTY_TEAM = {"musts": [], "members": [], "partly": [], "uncovered": [], "is_exact": True}
EMPTY_KIT = {"capabilities": [], "instruments": [], "people": [], "unmet": [], "unmeasured": []}


def consortium_of(actor: Actor, need_id: UUID) -> dict[str, Any]:
    """Raises NotFound for a need that the actor may not see."""
    status = _status(actor, need_id)
    need = teams.need_item(need_id)
    if need is None:
        return {"status": status, "outcome": "none", **EMPTY_TEAM}
    offers, entries = _visible(actor, teams.offers_for(need, [CAPABILITY]))
    team = teams.team_of(need, offers)
    return {
        "status": status,
        "outcome": team.outcome,
        "musts": team.musts,
        "members": [
            {"other": entries[one.offer.key], "band": one.offer.band, "covers": one.covers}
            for one in team.members
        ],
        "partly": team.partly,
        "uncovered": team.uncovered,
        "is_exact": team.is_exact,
    }


def kit_of(actor: Actor, need_id: UUID) -> dict[str, Any]:
    """Raises NotFound for a need that the actor may not see."""
    status = _status(actor, need_id)
    need = teams.need_item(need_id)
    if need is None:
        return {"status": status, **EMPTY_KIT}
    offers = teams.offers_for(need, [CAPABILITY, INSTRUMENT, PERSON])
    measurers = teams.measurers_for(need, offers, INSTRUMENT)
    everything = list({one.key: one for one in [*offers, *(m.offer for m in measurers)]}.values())
    shown, entries = _visible(actor, everything)
    measurers = [one for one in measurers if one.offer.key in entries]
    capabilities = [one for one in shown if one.kind == CAPABILITY]
    people = teams.skilled_for(need, shown, PERSON)
    team = teams.team_of(need, capabilities)
    return {
        "status": status,
        "capabilities": [
            {**_part(one, entries), "covers": teams.covers_of(one)} for one in capabilities[:BEST]
        ],
        "instruments": [
            {**_part(one.offer, entries), "measures": _measures(one)} for one in _enough(measurers)
        ],
        "people": [{**_part(one.offer, entries), "skills": one.skills} for one in people[:BEST]],
        "unmet": [*team.partly, *team.uncovered],
        "unmeasured": teams.unmeasured(need, measurers),
    }


def _status(actor: Actor, need_id: UUID) -> str:
    require_visible(actor, "need", need_id)
    return queries.suggestions_of(kind="need", object_id=need_id, limit=1).status


def _visible(actor: Actor, offers: Sequence[Offer]) -> tuple[list[Offer], dict[Key, Entry]]:
    """What was closed a moment ago is still stored."""
    entries = entries_by_key(actor, [one.key for one in offers])
    return [one for one in offers if one.key in entries], entries


_ALONE = {"before": "", "after": ""}
"""A sentence without the words around it: a kit is a summary, the pair's page shows the rest."""


def _part(offer: Offer, entries: dict[Key, Entry]) -> dict[str, Any]:
    return {
        "other": entries[offer.key],
        "band": offer.band,
        "reasons": offer.reasons,
        "agreeing": [
            {
                "own": {**one["need"], **_ALONE},
                "other": {**one["offer"], **_ALONE},
                "strength": one["strength"],
            }
            for one in offer.agreeing
        ],
    }


def _enough(measurers: Sequence[Measurer]) -> list[Measurer]:
    """The first few, and behind them whoever alone measures something."""
    taken: list[Measurer] = []
    seen: set[int] = set()
    for one in measurers:
        positions = {line.position for _, line in one.measured}
        if len(taken) < BEST or positions - seen:
            taken.append(one)
            seen |= positions
    return taken


def _measures(one: Measurer) -> list[dict[str, Any]]:
    return [
        {
            "name": line.name,
            "need_text": line.text,
            "offer_text": found.text,
            "how": found.how,
            "reaches": found.reaches,
        }
        for line, found in one.measured
    ]


# --- as a file ---


def kit_table(actor: Actor, need_id: UUID) -> Table[dict[str, Any]]:
    """The kit line by line, the gaps last."""
    kit = kit_of(actor, need_id)
    rows = [
        {**one["other"], "band": one["band"], "covers": _said_of(one)}
        for part in ("capabilities", "instruments", "people")
        for one in kit[part]
    ]
    rows += [{"gap": GAPS[part], "covers": [must]} for part in GAPS for must in kit[part]]
    return Table("kit", Named("要素配齐", "Kit"), FIELDS, rows)


GAPS = {
    "unmet": Named("缺口：没有能力达到", "Gap: no capability meets it"),
    "unmeasured": Named("缺口：没有仪器检测", "Gap: no instrument measures it"),
}
BANDS = {
    "strong": Named("高度契合", "Strong match"),
    "good": Named("比较契合", "Good match"),
    "possible": Named("可能相关", "Possible match"),
}


def _said_of(part: dict[str, Any]) -> list[str]:
    return [
        *(f"{one.name}: {one.offer_text}" for one in part.get("covers", ())),
        *(f"{one['name']}: {one['offer_text']}" for one in part.get("measures", ())),
        *(one.skill for one in part.get("skills", ())),
    ]


def _what(row: dict[str, Any], words: Words) -> str:
    if "gap" in row:
        return row["gap"].for_reader(words)
    return words.name("entry_kinds", row["kind"])


def _covers(row: dict[str, Any], words: Words) -> str:
    texts = [one.text if isinstance(one, Must) else one for one in row["covers"]]
    return joined(texts, words)


FIELDS: list[Field[dict[str, Any]]] = [
    Field(Named("要素", "Part"), _what, width=22),
    Field(Named("名称", "Title"), lambda row, _: row.get("title"), width=40),
    Field(
        Named("单位", "Organisation"),
        lambda row, _: row["organisation"].name if row.get("organisation") else None,
        width=28,
    ),
    Field(
        Named("契合度", "Band"),
        lambda row, words: BANDS[row["band"]].for_reader(words) if row.get("band") else None,
        width=12,
    ),
    Field(Named("覆盖内容", "What it covers"), _covers, width=60),
    Field(Named("编号", "Id"), lambda row, _: str(row["id"]) if "id" in row else None, width=38),
]
