"""Stored suggestions of an entry, with their reasons, and what people say of them.

Each noun's router gets its own operation for the list; feedback goes to a suggestion by its id.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth
from api.exports import FILE_ANSWER, export
from api.matching import feedback_table, present_feedback, suggestions_of
from api.pagination import PageQuery
from api.schemas.base import choice, problems
from api.schemas.exports import ExportQuery
from api.schemas.matching import Feedback, FeedbackInput, SuggestionPage
from api.throttling import Limit
from matching import feedback

router = Router(tags=["suggestions"])
WRITE = problems(401, 403, 404, 422)

OFFERS = ("capability", "instrument", "person")
NEEDS = ("need",)


def add_suggestions(router: Router, *, noun: str, kind: str, other_kinds: tuple[str, ...]) -> None:
    """`noun` names the operation, `kind` is matching's word for the entry."""

    class SuggestionQuery(PageQuery):
        kind: list[choice(other_kinds, is_blank_allowed=False)] = list(other_kinds)  # type: ignore[misc]

    @router.get(
        "/{uuid:entry_id}/suggestions",
        operation_id=f"list_{noun}_suggestions",
        auth=auth.ANYBODY,
        throttle=Limit("suggestions"),
        response={200: SuggestionPage, **problems(401, 404, 422, 429)},
        summary="What matches, and why",
        tags=["suggestions"],
    )
    def list_suggestions(
        request: HttpRequest, entry_id: UUID, query: Query[SuggestionQuery]
    ) -> Any:
        """The best first. Only passages that this reader may see take part."""
        return suggestions_of(auth.actor(request), kind, entry_id, query.kind, query)


@router.put(
    "/{uuid:suggestion_id}/feedback",
    operation_id="give_suggestion_feedback",
    response={200: Feedback, **WRITE},
    summary="Say whether a suggestion is useful, and why",
)
def give_suggestion_feedback(request: HttpRequest, suggestion_id: UUID, body: FeedbackInput):
    """Editors and owners of either side, brokers and moderators; one a person and pair, the last
    one counts. The suggestion may be made anew meanwhile: what was said stays with the pair."""
    given = feedback.give_feedback(
        actor=auth.actor(request), suggestion_id=suggestion_id, **body.model_dump()
    )
    return present_feedback(given)


@router.delete(
    "/{uuid:suggestion_id}/feedback",
    operation_id="take_back_suggestion_feedback",
    response={204: None, **problems(401, 403, 404)},
    summary="Take back what one said of a suggestion",
)
def take_back_suggestion_feedback(request: HttpRequest, suggestion_id: UUID):
    feedback.take_back_feedback(actor=auth.actor(request), suggestion_id=suggestion_id)
    return Status(204, None)


@router.get(
    "/feedback/export",
    operation_id="export_suggestion_feedback",
    response=problems(401, 403, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="All feedback as a file (brokers, moderators)",
)
def export_suggestion_feedback(request: HttpRequest, query: Query[ExportQuery]):
    """Newest first, with the band and the weights that each was said under; `format` is xlsx or
    csv. Authors are named by their side only."""
    return export(request, query, feedback_table(auth.actor(request)), {})
