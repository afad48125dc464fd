"""Staff's queue: what waits for a decision."""

from django.http import HttpRequest
from ninja import Query, Router

from api import auth
from api.exports import FILE_ANSWER, export
from api.listings import present_queue
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.exports import ExportQuery
from api.schemas.listings import ReviewRow
from market.listings import exports, queries

router = Router(tags=["review"], auth=auth.MEMBERS)


@router.get(
    "",
    operation_id="get_review_queue",
    response={200: Page[ReviewRow], **problems(401, 403, 422)},
    summary="What waits for staff",
)
def get_review_queue(request: HttpRequest, page: Query[PageQuery]):
    found = queries.review_queue(actor=auth.actor(request), **page.model_dump())
    return present_queue(found)


@router.get(
    "/export",
    operation_id="export_review_queue",
    response=problems(401, 403, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The queue as a file",
)
def export_review_queue(
    request: HttpRequest,
    query: Query[ExportQuery],
):
    table = exports.export_review_queue(actor=auth.actor(request))
    return export(request, query, table, {})
