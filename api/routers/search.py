"""Free-text search over all kinds, by meaning or, when no worker answers, by words."""

from django.http import HttpRequest
from ninja import Query, Router

from api import auth, matching
from api.exports import FILE_ANSWER, export
from api.schemas.base import problems
from api.schemas.exports import ExportQuery
from api.schemas.matching import SearchAnswer, SearchQuery
from api.throttling import Limit

router = Router(tags=["search"], auth=auth.ANYBODY)


@router.get(
    "",
    operation_id="search_entries",
    throttle=Limit("search"),
    response={200: SearchAnswer, **problems(401, 422, 429)},
    summary="Search everything by meaning",
)
def search_entries(request: HttpRequest, query: Query[SearchQuery]):
    """`mode` says whether meaning or, as a fall-back, words found the entries."""
    return matching.search(auth.actor(request), query)


@router.get(
    "/export",
    operation_id="export_search",
    response=problems(401, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="What a search finds, as a file",
)
def export_search(request: HttpRequest, search: Query[SearchQuery], query: Query[ExportQuery]):
    table = matching.search_table(auth.actor(request), search)
    return export(request, query, table, search.model_dump(exclude_unset=True))
