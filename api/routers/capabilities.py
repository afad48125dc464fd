"""Capabilities: 为产品找场景. What both lists share is in `api.routers.listings`."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth
from api.exports import FILE_ANSWER, export
from api.listings import detail
from api.pagination import PageQuery
from api.routers.drafts import add_draft_operations
from api.routers.listings import WRITE, add_shared_operations
from api.routers.suggestions import NEEDS, add_suggestions
from api.schemas.base import Page, problems
from api.schemas.drafts import CapabilityDraft
from api.schemas.exports import ExportQuery
from api.schemas.listings import (
    Capability,
    CapabilityCard,
    CapabilityEdit,
    CapabilityFilters,
    NewCapability,
)
from market.listings import exports, queries, services
from market.listings.kinds import ListingKind

router = Router(tags=["capabilities"])
KIND = ListingKind.CAPABILITY


@router.get(
    "",
    operation_id="list_capabilities",
    auth=auth.ANYBODY,
    response={200: Page[CapabilityCard], **problems(401, 403, 422)},
    summary="Capabilities, newest first",
)
def list_capabilities(
    request: HttpRequest,
    filters: Query[CapabilityFilters],
    page: Query[PageQuery],
):
    """Published ones; with `mine` those of one's own organisations in any state."""
    return queries.list_listings(
        kind=KIND,
        actor=auth.actor(request),
        filters=queries.ListingFilters(**filters.model_dump(by_alias=True)),
        **page.model_dump(),
    )


@router.get(
    "/export",
    operation_id="export_capabilities",
    auth=auth.ANYBODY,
    response=problems(401, 403, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The list as a file",
)
def export_capabilities(
    request: HttpRequest,
    filters: Query[CapabilityFilters],
    query: Query[ExportQuery],
):
    """The same entries and fields as the list, in its order; `format` is xlsx or csv."""
    table = exports.export_listings(
        actor=auth.actor(request),
        kind=KIND,
        filters=queries.ListingFilters(**filters.model_dump(by_alias=True)),
    )
    return export(request, query, table, filters.model_dump(exclude_unset=True))


@router.post(
    "",
    operation_id="create_capability",
    auth=auth.MEMBERS,
    response={201: Capability, **WRITE},
    summary="Start a draft",
)
def create_capability(request: HttpRequest, body: NewCapability):
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
    operation_id="edit_capability",
    auth=auth.MEMBERS,
    response={200: Capability, **WRITE},
    summary="Change some fields",
)
def edit_capability(request: HttpRequest, listing_id: UUID, body: CapabilityEdit):
    """`version` is the one the editor started from; a published entry gets a new revision."""
    services.edit_listing(
        actor=auth.actor(request),
        kind=KIND,
        listing_id=listing_id,
        version=body.version,
        content=body.content.model_dump(exclude_unset=True),
    )
    return detail(auth.actor(request), KIND, listing_id)


add_shared_operations(router, kind=KIND, schema=Capability)
add_suggestions(router, noun="capability", kind=KIND, other_kinds=NEEDS)
add_draft_operations(router, kind=KIND, schema=CapabilityDraft)
