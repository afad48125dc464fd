"""Free-text search over all kinds, by meaning or, when no worker answers, by words."""

from django.http import HttpRequest
from ninja import Query, Router

from api import auth, matching
from api.schemas.base import problems
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
