"""What a need takes beyond one answer: its kit and a consortium."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from api import auth, teams
from api.exports import FILE_ANSWER, export
from api.schemas.base import problems
from api.schemas.exports import ExportQuery
from api.schemas.teams import ConsortiumAnswer, Kit
from api.throttling import Limit

router = Router(tags=["suggestions"], auth=auth.ANYBODY)


@router.get(
    "/{uuid:need_id}/kit",
    operation_id="get_need_kit",
    throttle=Limit("suggestions"),
    response={200: Kit, **problems(401, 404, 422, 429)},
    summary="Capabilities, instruments and people for a need, and the gaps",
)
def get_need_kit(request: HttpRequest, need_id: UUID):
    """The best of each kind with what it covers. Instruments count that measure what an indicator
    asks for, whatever their text is about."""
    return teams.kit_of(auth.actor(request), need_id)


@router.get(
    "/{uuid:need_id}/kit/export",
    operation_id="export_need_kit",
    response=problems(401, 404, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The kit as a file",
)
def export_need_kit(request: HttpRequest, need_id: UUID, query: Query[ExportQuery]):
    table = teams.kit_table(auth.actor(request), need_id)
    return export(request, query, table, {"need": need_id})


@router.get(
    "/{uuid:need_id}/consortium",
    operation_id="get_need_consortium",
    throttle=Limit("suggestions"),
    response={200: ConsortiumAnswer, **problems(401, 404, 422, 429)},
    summary="The fewest capabilities that together meet a need's musts",
)
def get_need_consortium(request: HttpRequest, need_id: UUID):
    """Of different organisations where possible; what stays open is named."""
    return teams.consortium_of(auth.actor(request), need_id)
