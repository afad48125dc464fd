"""Stored suggestions of an entry, with their reasons. Each noun's router gets its own operation."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from api import auth
from api.matching import suggestions_of
from api.pagination import PageQuery
from api.schemas.base import choice, problems
from api.schemas.matching import SuggestionPage
from api.throttling import Limit

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
