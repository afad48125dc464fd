"""The gap map (招商图谱): what is asked for that nobody here offers, and the other way round."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from api import auth
from api.exports import FILE_ANSWER, export
from api.gaps import gap_map_of, gap_table
from api.schemas.base import problems
from api.schemas.exports import ExportQuery
from api.schemas.gaps import GapMapAnswer
from matching.gaps.services import request_gap_map

router = Router(tags=["gap map"], auth=auth.MEMBERS)


@router.get(
    "",
    operation_id="get_gap_map",
    response={200: GapMapAnswer, **problems(401, 403)},
    summary="The last gap map (staff)",
)
def get_gap_map(request: HttpRequest):
    """By industry chain, in clusters, with the evidence behind each gap. `run` says how the next
    one is coming along."""
    return gap_map_of(auth.actor(request))


@router.post(
    "",
    operation_id="request_gap_map",
    response={202: GapMapAnswer, **problems(401, 403, 409)},
    summary="Make a new gap map (staff)",
)
def make_gap_map(request: HttpRequest):
    """A worker makes it; one is made every night, too. While one is under way, that one."""
    actor = auth.actor(request)
    request_gap_map(actor=actor, now=timezone.now())
    return Status(202, gap_map_of(actor))


@router.get(
    "/export",
    operation_id="export_gap_map",
    response=problems(401, 403, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="Every gap of the last map as a file (staff)",
)
def export_gap_map(request: HttpRequest, query: Query[ExportQuery]):
    return export(request, query, gap_table(auth.actor(request)), {})
