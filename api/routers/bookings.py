"""Bookings of one's own organisations, and those on one's own instruments."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from api import auth, equipment
from api.exports import FILE_ANSWER, export
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.equipment import Booking, BookingFilters, CancellationRequest
from api.schemas.exports import ExportQuery
from equipment import exports, queries, services

router = Router(tags=["bookings"], auth=auth.MEMBERS)


@router.get(
    "",
    operation_id="list_bookings",
    response={200: Page[Booking], **problems(401, 422)},
    summary="Bookings, latest start first",
)
def list_bookings(
    request: HttpRequest,
    filters: Query[BookingFilters],
    page: Query[PageQuery],
):
    actor = auth.actor(request)
    found = queries.list_bookings(actor=actor, **filters.model_dump(), **page.model_dump())
    return equipment.present_bookings(actor, found)


@router.get(
    "/export",
    operation_id="export_bookings",
    response=problems(401, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The list as a file",
)
def export_bookings(
    request: HttpRequest,
    filters: Query[BookingFilters],
    query: Query[ExportQuery],
):
    table = exports.export_bookings(actor=auth.actor(request), **filters.model_dump())
    return export(request, query, table, filters.model_dump(exclude_unset=True))


@router.get(
    "/{uuid:booking_id}",
    operation_id="get_booking",
    response={200: Booking, **problems(401, 404)},
    summary="A booking",
)
def get_booking(request: HttpRequest, booking_id: UUID):
    return equipment.booking_detail(auth.actor(request), booking_id)


@router.post(
    "/{uuid:booking_id}/cancellation",
    operation_id="cancel_booking",
    response={200: Booking, **problems(401, 403, 404, 409, 422)},
    summary="Cancel",
)
def cancel_booking(request: HttpRequest, booking_id: UUID, body: CancellationRequest):
    services.cancel_booking(actor=auth.actor(request), booking_id=booking_id, reason=body.reason)
    return equipment.booking_detail(auth.actor(request), booking_id)
