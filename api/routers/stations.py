"""The queues of liaison stations and off-park innovation platforms."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from api import auth
from api.organisations import present_station_queue
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.organisations import StationCounts, StationEntry, StationFilters
from market.listings import queries

router = Router(tags=["stations"], auth=auth.MEMBERS)
ONE = "/stations/{uuid:station_id}"


@router.get(
    ONE + "/queue",
    operation_id="get_station_queue",
    response={200: Page[StationEntry], **problems(401, 404, 422)},
    summary="What it collected, and open needs of its chains",
)
def get_station_queue(
    request: HttpRequest,
    station_id: UUID,
    filters: Query[StationFilters],
    page: Query[PageQuery],
):
    """For the station's members and brokers, latest change first."""
    found = queries.station_queue(
        actor=auth.actor(request),
        station_id=station_id,
        **filters.model_dump(),
        **page.model_dump(),
    )
    return present_station_queue(found)


@router.get(
    ONE + "/counts",
    operation_id="get_station_counts",
    response={200: StationCounts, **problems(401, 404)},
    summary="How much is in its queue",
)
def get_station_counts(request: HttpRequest, station_id: UUID):
    return queries.station_counts(actor=auth.actor(request), station_id=station_id)
