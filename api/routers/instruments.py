"""Shared instruments: register, find, see when they are free, book."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth, equipment
from api.exports import FILE_ANSWER, export
from api.pagination import PageQuery
from api.routers.suggestions import NEEDS, add_suggestions
from api.schemas.base import Page, problems
from api.schemas.equipment import (
    Booking,
    CalendarQuery,
    Instrument,
    InstrumentCalendar,
    InstrumentCard,
    InstrumentEdit,
    InstrumentFilters,
    NewBooking,
    NewInstrument,
)
from api.schemas.exports import ExportQuery
from equipment import exports, queries, services

router = Router(tags=["instruments"])
WRITE = problems(401, 403, 404, 409, 422)


@router.get(
    "",
    operation_id="list_instruments",
    auth=auth.ANYBODY,
    response={200: Page[InstrumentCard], **problems(401, 422)},
    summary="Instruments, newest first",
)
def list_instruments(
    request: HttpRequest,
    filters: Query[InstrumentFilters],
    page: Query[PageQuery],
):
    found = queries.list_instruments(
        actor=auth.actor(request), **filters.model_dump(), **page.model_dump()
    )
    return equipment.present_cards(found)


@router.get(
    "/export",
    operation_id="export_instruments",
    auth=auth.ANYBODY,
    response=problems(401, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The list as a file",
)
def export_instruments(
    request: HttpRequest,
    filters: Query[InstrumentFilters],
    query: Query[ExportQuery],
):
    table = exports.export_instruments(actor=auth.actor(request), **filters.model_dump())
    return export(request, query, table, filters.model_dump(exclude_unset=True))


@router.post(
    "",
    operation_id="create_instrument",
    auth=auth.MEMBERS,
    response={201: Instrument, **WRITE},
    summary="Register an instrument",
)
def create_instrument(request: HttpRequest, body: NewInstrument):
    instrument = services.create_instrument(
        actor=auth.actor(request),
        organisation_id=body.organisation_id,
        content=body.content.model_dump(exclude_unset=True),
    )
    return Status(201, equipment.detail(auth.actor(request), instrument.pk))


@router.get(
    "/{uuid:instrument_id}",
    operation_id="get_instrument",
    auth=auth.ANYBODY,
    response={200: Instrument, **problems(401, 404)},
    summary="An instrument",
)
def get_instrument(request: HttpRequest, instrument_id: UUID):
    return equipment.detail(auth.actor(request), instrument_id)


@router.patch(
    "/{uuid:instrument_id}",
    operation_id="edit_instrument",
    auth=auth.MEMBERS,
    response={200: Instrument, **WRITE},
    summary="Change some fields",
)
def edit_instrument(request: HttpRequest, instrument_id: UUID, body: InstrumentEdit):
    services.edit_instrument(
        actor=auth.actor(request),
        instrument_id=instrument_id,
        version=body.version,
        content=body.content.model_dump(exclude_unset=True),
    )
    return equipment.detail(auth.actor(request), instrument_id)


@router.post(
    "/{uuid:instrument_id}/publication",
    operation_id="publish_instrument",
    auth=auth.MEMBERS,
    response={200: Instrument, **WRITE},
    summary="Open for sharing",
)
def publish_instrument(request: HttpRequest, instrument_id: UUID):
    services.publish_instrument(actor=auth.actor(request), instrument_id=instrument_id)
    return equipment.detail(auth.actor(request), instrument_id)


@router.post(
    "/{uuid:instrument_id}/closure",
    operation_id="close_instrument",
    auth=auth.MEMBERS,
    response={200: Instrument, **WRITE},
    summary="Stop sharing",
)
def close_instrument(request: HttpRequest, instrument_id: UUID):
    services.close_instrument(actor=auth.actor(request), instrument_id=instrument_id)
    return equipment.detail(auth.actor(request), instrument_id)


@router.get(
    "/{uuid:instrument_id}/calendar",
    operation_id="get_instrument_calendar",
    auth=auth.ANYBODY,
    response={200: InstrumentCalendar, **problems(401, 404, 422)},
    summary="When it is free",
)
def get_instrument_calendar(request: HttpRequest, instrument_id: UUID, query: Query[CalendarQuery]):
    """Starts today unless `from` says otherwise; times are in the park's time zone."""
    calendar = queries.get_calendar(
        actor=auth.actor(request),
        instrument_id=instrument_id,
        first_day=query.from_,
        days=query.days,
    )
    return equipment.present_calendar(calendar)


@router.post(
    "/{uuid:instrument_id}/bookings",
    operation_id="book_instrument",
    auth=auth.MEMBERS,
    response={201: Booking, **WRITE},
    summary="Book a period",
    tags=["bookings"],
)
def book_instrument(request: HttpRequest, instrument_id: UUID, body: NewBooking):
    """A taken period is answered by 409 with the next three free ones."""
    booking = services.book_instrument(
        actor=auth.actor(request), instrument_id=instrument_id, **body.model_dump()
    )
    return Status(201, equipment.booking_detail(auth.actor(request), booking.pk))


add_suggestions(router, noun="instrument", kind="instrument", other_kinds=NEEDS)
