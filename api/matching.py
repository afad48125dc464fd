"""Suggestions and search results with what this reader may see of the entries found."""

from typing import Any
from uuid import UUID

from api.entries import Entry, entries_by_key, require_visible
from api.pagination import PageQuery
from api.schemas.matching import SearchQuery
from market.listings.models import READING_ROLES
from matching import feedback, queries
from matching.models import Feedback
from matching.search_filters import SearchFilters
from matching.sources import Viewer
from matching.suggestion_views import SuggestionView
from park.accounts.actors import Actor
from park.organisations.queries import standing_of
from park.sheets.exports import Field, Named, Table


def suggestions_of(
    actor: Actor, kind: str, entry_id: UUID, other_kinds: list[str], page: PageQuery
) -> dict[str, Any]:
    """The stored suggestions of an entry that the actor may see. Raises NotFound otherwise."""
    require_visible(actor, kind, entry_id)
    found = queries.suggestions_of(
        kind=kind,
        object_id=entry_id,
        other_kinds=other_kinds,
        cursor=page.cursor,
        limit=page.limit,
        actor=actor,
    )
    entries = entries_by_key(actor, [(one.other_kind, one.other_id) for one in found.items])
    items = [
        _suggestion(one, entries[one.other_kind, one.other_id])
        for one in found.items
        # What was closed a moment ago is still stored.
        if (one.other_kind, one.other_id) in entries
    ]
    return {"status": found.status, "items": items, "next_cursor": found.next_cursor}


def _suggestion(view: SuggestionView, other: Entry) -> dict[str, Any]:
    return {
        "id": view.id,
        "band": view.band,
        "other": other,
        "reasons": view.reasons,
        "agreeing": view.agreeing,
        "indicators": view.indicators,
        "question": view.question,
        "outcome": view.outcome,
        "may_judge": view.may_judge,
        "feedback": view.feedback and present_feedback(view.feedback),
        "computed_at": view.made_at,
    }


def present_feedback(given: Feedback) -> dict[str, Any]:
    return {
        "is_useful": given.is_useful,
        "reason": given.reason,
        "note": given.note,
        "given_at": given.updated_at,
    }


def feedback_table(actor: Actor) -> Table[Feedback]:
    """All feedback for those who broker, newest first; of its authors only the side."""
    fields: list[Field[Feedback]] = [
        Field(Named("需求", "Need"), lambda row, _: row.need_item.title, width=36),
        Field(Named("能力", "Offer"), lambda row, _: row.offer_item.title, width=36),
        Field(
            Named("类别", "Kind"),
            lambda row, words: words.name("entry_kinds", row.offer_item.kind),
            width=10,
        ),
        Field(Named("来自", "From"), lambda row, words: words.name("feedback_sides", row.side)),
        Field(
            Named("是否有用", "Useful"),
            lambda row, words: words.name("feedback_verdicts", _verdict_of(row)),
        ),
        Field(
            Named("原因", "Reason"),
            lambda row, words: words.name("feedback_reasons", row.reason),
            width=20,
        ),
        Field(Named("说明", "Note"), lambda row, _: row.note, width=48),
        Field(Named("档次", "Band"), lambda row, words: words.name("bands", row.band)),
        Field(Named("得分", "Score"), lambda row, _: round(row.score, 4)),
        Field(Named("权重版本", "Weights"), lambda row, _: row.versions.get("weights", "")),
        Field(Named("时间", "Given at"), lambda row, _: row.updated_at, width=18),
        Field(Named("需求编号", "Need id"), lambda row, _: str(row.need_item.object_id), width=38),
        Field(
            Named("能力编号", "Offer id"), lambda row, _: str(row.offer_item.object_id), width=38
        ),
    ]
    name = Named("匹配反馈", "Feedback on suggestions")
    return Table("feedback", name, fields, feedback.list_feedback(actor=actor))


def _verdict_of(given: Feedback) -> str:
    return "useful" if given.is_useful else "not_useful"


def search_table(actor: Actor, query: SearchQuery) -> Table[dict[str, Any]]:
    """What a search finds, as a table; it is never long."""
    fields: list[Field[dict[str, Any]]] = [
        Field(
            Named("类别", "Kind"),
            lambda row, words: words.name("entry_kinds", row["kind"]),
            width=10,
        ),
        Field(Named("名称", "Title"), lambda row, _: row["title"], width=36),
        Field(
            Named("单位", "Organisation"),
            lambda row, _: row["organisation"] and row["organisation"].name,
            width=28,
        ),
        Field(
            Named("产业链", "Industry chain"), lambda row, words: words.name("chains", row["chain"])
        ),
        Field(Named("区域", "Region"), lambda row, words: words.name("regions", row["region"])),
        Field(Named("摘要", "Summary"), lambda row, _: row["summary"], width=48),
        Field(
            Named("相符的句子", "Agreeing sentence"),
            lambda row, _: row["agreeing"] and row["agreeing"]["text"],
            width=48,
        ),
        Field(Named("编号", "Id"), lambda row, _: str(row["id"]), width=38),
    ]
    rows = search(actor, query)["items"]
    return Table("search", Named("搜索结果", "Search results"), fields, rows)


def search(actor: Actor, query: SearchQuery) -> dict[str, Any]:
    standing = standing_of(actor)
    result = queries.search_text(
        query.q,
        filters=SearchFilters(
            kinds=tuple(query.kind),
            chain=query.chain,
            region=query.region,
            key_area=query.key_area,
            budget_max=query.budget_max,
            maturity_min=query.maturity_min,
        ),
        viewer=Viewer(standing.organisation_ids, sees_all=standing.has_role(*READING_ROLES)),
        k=query.limit,
    )
    entries = entries_by_key(actor, [(hit.kind, hit.object_id) for hit in result.hits])
    items = [
        {**entries[hit.kind, hit.object_id], "agreeing": hit.agreeing}
        for hit in result.hits
        if (hit.kind, hit.object_id) in entries
    ]
    return {"mode": result.mode, "items": items, "took_ms": result.took_ms}
