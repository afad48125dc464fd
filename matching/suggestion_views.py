"""A stored suggestion as one of its sides reads it: the other entry, the matrix, what to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from matching import outcomes
from matching.context import Texts, public_texts, with_context
from matching.feedback import feedback_by_pair, side_of_speaker
from matching.models import Feedback, MatchSuggestion
from matching.questions import OneQuestion, Question, one_question, question_about
from park.accounts.actors import Actor
from park.organisations.queries import Standing, standing_of

_VERDICT_ORDER = ("not_met", "partly", "unknown", "met")


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One line of the matrix. A side is {field, ordinal, text, start, end, before, after, value},
    `value` {sign, text, change} or None."""

    name: str
    verdict: str
    must: bool
    own: dict[str, Any] | None
    other: dict[str, Any] | None
    question: Question | None
    """To the offering side, where nothing is known."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """The one question: its indicator's place in the matrix, and what a yes would bring."""

    indicator: int
    zh: str
    en: str
    to: Literal["own", "other"]
    band_if_met: str
    open_musts: int
    """Musts that would stay unknown after it."""


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """Everything in it is public text, but the reader's own feedback."""

    id: UUID
    band: str
    other_kind: str
    other_id: UUID
    other_title: str
    other_organisation_id: UUID | None
    reasons: list[dict[str, Any]]
    """[{code, data}], what decided first."""
    agreeing: list[dict[str, Any]]
    """[{own: {field, ordinal, level, text, start, end, before, after}, other: {…}, strength}]."""
    indicators: list[IndicatorView]
    """Violated musts first."""
    question: QuestionView | None
    outcome: outcomes.BandOutcome | None
    may_judge: bool
    feedback: Feedback | None
    """The reader's own."""
    made_at: datetime


def views_of(
    suggestions: Sequence[MatchSuggestion], *, is_need: bool, actor: Actor = None
) -> list[SuggestionView]:
    """`is_need`: whether the need's side reads. A fixed number of queries."""
    if not suggestions:
        return []
    keys = {
        (item.kind, item.object_id)
        for one in suggestions
        for item in (one.need_item, one.offer_item)
    }
    texts = public_texts(keys)
    standing = standing_of(actor)
    given = feedback_by_pair(actor, suggestions)
    shown = outcomes.shown_outcomes()
    return [_view(one, is_need, texts, standing, given, shown) for one in suggestions]


def _view(
    one: MatchSuggestion,
    is_need: bool,
    texts: Mapping[tuple[str, UUID], Texts],
    standing: Standing,
    given: Mapping[tuple[UUID, UUID], Feedback],
    shown: Mapping[str, outcomes.BandOutcome],
) -> SuggestionView:
    own, other = ("need", "offer") if is_need else ("offer", "need")
    item = one.offer_item if is_need else one.need_item
    sides = {
        "need": texts.get((one.need_item.kind, one.need_item.object_id), {}),
        "offer": texts.get((one.offer_item.kind, one.offer_item.object_id), {}),
    }
    rows = sorted(map(_of_any_age, one.reasons["indicators"]), key=_place_in_matrix)

    def placed(side: str, span: Mapping[str, Any] | None) -> dict[str, Any] | None:
        return None if span is None else with_context(span, sides[side])

    return SuggestionView(
        id=one.pk,
        band=one.band,
        other_kind=item.kind,
        other_id=item.object_id,
        other_title=item.title,
        other_organisation_id=item.organisation_id,
        reasons=one.reasons["reasons"],
        agreeing=[
            {
                "own": placed(own, pair[own]),
                "other": placed(other, pair[other]),
                "strength": pair["strength"],
            }
            for pair in one.reasons["agreeing"]
        ],
        indicators=[
            IndicatorView(
                name=row["name"],
                verdict=row["verdict"],
                must=row["must"],
                own=placed(own, row[own]),
                other=placed(other, row[other]),
                question=question_about(row, one.offer_item.title)
                if row["verdict"] == "unknown"
                else None,
            )
            for row in rows
        ],
        question=_one_question(one_question(one.features, rows), rows, one, is_need),
        outcome=shown.get(one.band),
        may_judge=side_of_speaker(standing, one.need_item, one.offer_item) is not None,
        feedback=given.get((one.need_item_id, one.offer_item_id)),
        made_at=one.made_at,
    )


def _of_any_age(row: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of before the matrix know both texts and no places."""
    if "need" in row:
        return dict(row)
    sides = {
        side: {
            "field": "indicator",
            "ordinal": 0,
            "level": "public",
            "text": row[f"{side}_text"],
            "start": 0,
            "end": len(row[f"{side}_text"]),
            "value": None,
        }
        if row[f"{side}_text"]
        else None
        for side in ("need", "offer")
    }
    return {"name": row["name"], "verdict": row["verdict"], "must": row["must"], **sides}


def _place_in_matrix(row: Mapping[str, Any]) -> tuple[int, bool]:
    """Violated musts, other violations, partly, unknown (musts first), met."""
    return _VERDICT_ORDER.index(row["verdict"]), not row["must"]


def _one_question(
    found: OneQuestion | None,
    rows: Sequence[Mapping[str, Any]],
    one: MatchSuggestion,
    is_need: bool,
) -> QuestionView | None:
    if found is None:
        return None
    asked = question_about(rows[found.indicator], one.offer_item.title)
    return QuestionView(
        indicator=found.indicator,
        zh=asked.zh,
        en=asked.en,
        to="other" if is_need else "own",
        band_if_met=found.band_if_met,
        open_musts=found.open_musts,
    )
