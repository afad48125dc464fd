"""Needs: 为场景找产品. What both lists share is in `api.routers.listings`."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth
from api.drafts import what_if
from api.exports import FILE_ANSWER, export
from api.listings import detail
from api.pagination import PageQuery
from api.routers.drafts import add_draft_operations
from api.routers.listings import WRITE, add_shared_operations
from api.routers.suggestions import OFFERS, add_suggestions
from api.schemas.base import Page, problems
from api.schemas.drafts import NeedDraft, WhatIf, WhatIfDraft
from api.schemas.exports import ExportQuery
from api.schemas.listings import Need, NeedCard, NeedEdit, NeedFilters, NewNeed
from api.throttling import Limit
from market.listings import exports, queries, services
from market.listings.kinds import ListingKind

router = Router(tags=["needs"])
KIND = ListingKind.NEED


@router.get(
    "",
    operation_id="list_needs",
    auth=auth.ANYBODY,
    response={200: Page[NeedCard], **problems(401, 403, 422)},
    summary="Needs, newest first",
)
def list_needs(
    request: HttpRequest,
    filters: Query[NeedFilters],
    page: Query[PageQuery],
):
    """Published ones; with `mine` those of one's own organisations in any state."""
    return queries.list_listings(
        kind=KIND,
        actor=auth.actor(request),
        filters=queries.ListingFilters(**filters.model_dump()),
        **page.model_dump(),
    )


@router.get(
    "/export",
    operation_id="export_needs",
    auth=auth.ANYBODY,
    response=problems(401, 403, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The list as a file",
)
def export_needs(
    request: HttpRequest,
    filters: Query[NeedFilters],
    query: Query[ExportQuery],
):
    """The same entries and fields as the list, in its order; `format` is xlsx or csv."""
    table = exports.export_listings(
        actor=auth.actor(request),
        kind=KIND,
        filters=queries.ListingFilters(**filters.model_dump()),
    )
    return export(request, query, table, filters.model_dump(exclude_unset=True))


@router.post(
    "",
    operation_id="create_need",
    auth=auth.MEMBERS,
    response={201: Need, **WRITE},
    summary="Start a draft",
)
def create_need(request: HttpRequest, body: NewNeed):
    listing = services.create_listing(
        actor=auth.actor(request),
        kind=KIND,
        organisation_id=body.organisation_id,
        station_id=body.station_id,
        content=body.content.model_dump(exclude_unset=True),
    )
    return Status(201, detail(auth.actor(request), KIND, listing.pk))


@router.patch(
    "/{uuid:listing_id}",
    operation_id="edit_need",
    auth=auth.MEMBERS,
    response={200: Need, **WRITE},
    summary="Change some fields",
)
def edit_need(request: HttpRequest, listing_id: UUID, body: NeedEdit):
    """`version` is the one the editor started from; a published entry gets a new revision."""
    services.edit_listing(
        actor=auth.actor(request),
        kind=KIND,
        listing_id=listing_id,
        version=body.version,
        content=body.content.model_dump(exclude_unset=True),
    )
    return detail(auth.actor(request), KIND, listing_id)


@router.post(
    "/what-if",
    operation_id="ask_what_if",
    auth=auth.MEMBERS,
    throttle=Limit("drafting"),
    response={200: WhatIf, **problems(401, 403, 422, 429)},
    summary="How many capabilities would meet a draft's indicators at other values",
    tags=["drafting"],
)
def ask_what_if(request: HttpRequest, body: WhatIfDraft):
    """Nothing is saved. Only what capabilities say in public is counted, of those that are about
    the matter."""
    return what_if(body)


add_shared_operations(router, kind=KIND, schema=Need)
add_suggestions(router, noun="need", kind=KIND, other_kinds=OFFERS)
add_draft_operations(router, kind=KIND, schema=NeedDraft)
