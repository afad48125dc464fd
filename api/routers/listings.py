"""What needs and capabilities have in common: one set of operations, made for either list."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import BaseModel

from api import auth
from api.listings import detail, present_revisions
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.listings import (
    ClosureRequest,
    HistoryRow,
    NoteRequest,
    ReturnRequest,
    RevisionRow,
)
from market.listings import queries, services
from market.listings.kinds import ListingKind

WRITE = problems(401, 403, 404, 409, 422)


def add_shared_operations(router: Router, *, kind: ListingKind, schema: type[BaseModel]) -> None:
    """Add to a list's router all that does not depend on what an entry contains."""
    _add_reading(router, kind, schema)
    _add_lifecycle(router, kind, schema)
    _add_revisions(router, kind, schema)


def _add_reading(router: Router, kind: ListingKind, schema: type[BaseModel]) -> None:
    @router.get(
        "/{uuid:listing_id}",
        operation_id=f"get_{kind}",
        auth=auth.ANYBODY,
        response={200: schema, **problems(401, 404)},
        summary=f"A {kind}",
    )
    def get_listing(request: HttpRequest, listing_id: UUID) -> Any:
        """Fields that this reader may not see are null and named in `hidden_fields`."""
        return detail(auth.actor(request), kind, listing_id)

    @router.get(
        "/{uuid:listing_id}/history",
        operation_id=f"list_{kind}_history",
        auth=auth.MEMBERS,
        response={200: Page[HistoryRow], **problems(401, 404, 422)},
        summary="Who changed what",
    )
    def list_history(request: HttpRequest, listing_id: UUID, page: Query[PageQuery]) -> Any:
        """For the owner and staff, the newest first."""
        return queries.list_history(
            kind=kind, actor=auth.actor(request), listing_id=listing_id, **page.model_dump()
        )


def _add_lifecycle(router: Router, kind: ListingKind, schema: type[BaseModel]) -> None:
    responses = {200: schema, **WRITE}

    @router.delete(
        "/{uuid:listing_id}",
        operation_id=f"discard_{kind}",
        auth=auth.MEMBERS,
        response={204: None, **WRITE},
        summary="Discard a draft",
    )
    def discard(request: HttpRequest, listing_id: UUID) -> Any:
        services.discard_listing(actor=auth.actor(request), kind=kind, listing_id=listing_id)
        return Status(204, None)

    @router.post(
        "/{uuid:listing_id}/submission",
        operation_id=f"submit_{kind}",
        auth=auth.MEMBERS,
        response=responses,
        summary="Submit for review",
    )
    def submit(request: HttpRequest, listing_id: UUID) -> Any:
        services.submit_listing(actor=auth.actor(request), kind=kind, listing_id=listing_id)
        return detail(auth.actor(request), kind, listing_id)

    @router.post(
        "/{uuid:listing_id}/return",
        operation_id=f"return_{kind}",
        auth=auth.MEMBERS,
        response=responses,
        summary="Return with concrete edits (staff)",
    )
    def return_listing(request: HttpRequest, listing_id: UUID, body: ReturnRequest) -> Any:
        services.return_listing(
            actor=auth.actor(request), kind=kind, listing_id=listing_id, **body.model_dump()
        )
        return detail(auth.actor(request), kind, listing_id)

    @router.post(
        "/{uuid:listing_id}/hold",
        operation_id=f"hold_{kind}",
        auth=auth.MEMBERS,
        response=responses,
        summary="Put on hold (staff)",
    )
    def hold(request: HttpRequest, listing_id: UUID, body: NoteRequest) -> Any:
        services.hold_listing(
            actor=auth.actor(request), kind=kind, listing_id=listing_id, **body.model_dump()
        )
        return detail(auth.actor(request), kind, listing_id)

    @router.post(
        "/{uuid:listing_id}/publication",
        operation_id=f"publish_{kind}",
        auth=auth.MEMBERS,
        response=responses,
        summary="Publish (staff)",
    )
    def publish(request: HttpRequest, listing_id: UUID) -> Any:
        services.publish_listing(actor=auth.actor(request), kind=kind, listing_id=listing_id)
        return detail(auth.actor(request), kind, listing_id)

    @router.post(
        "/{uuid:listing_id}/closure",
        operation_id=f"close_{kind}",
        auth=auth.MEMBERS,
        response=responses,
        summary="Close, with a reason",
    )
    def close(request: HttpRequest, listing_id: UUID, body: ClosureRequest) -> Any:
        services.close_listing(
            actor=auth.actor(request), kind=kind, listing_id=listing_id, **body.model_dump()
        )
        return detail(auth.actor(request), kind, listing_id)


def _add_revisions(router: Router, kind: ListingKind, schema: type[BaseModel]) -> None:
    responses = {200: schema, **WRITE}
    path = "/{uuid:listing_id}/revisions"

    @router.get(
        path,
        operation_id=f"list_{kind}_revisions",
        auth=auth.MEMBERS,
        response={200: Page[RevisionRow], **problems(401, 404, 422)},
        summary="Revisions",
    )
    def list_revisions(request: HttpRequest, listing_id: UUID, page: Query[PageQuery]) -> Any:
        """For the owner and staff, the newest first."""
        found = queries.list_revisions(
            actor=auth.actor(request), kind=kind, listing_id=listing_id, **page.model_dump()
        )
        return present_revisions(found)

    @router.post(
        path + "/{int:number}/approval",
        operation_id=f"approve_{kind}_revision",
        auth=auth.MEMBERS,
        response=responses,
        summary="Let a pending revision take effect (staff)",
    )
    def approve_revision(request: HttpRequest, listing_id: UUID, number: int) -> Any:
        services.approve_revision(
            actor=auth.actor(request), kind=kind, listing_id=listing_id, number=number
        )
        return detail(auth.actor(request), kind, listing_id)

    @router.post(
        path + "/{int:number}/rejection",
        operation_id=f"reject_{kind}_revision",
        auth=auth.MEMBERS,
        response=responses,
        summary="Refuse a pending revision (staff)",
    )
    def reject_revision(
        request: HttpRequest, listing_id: UUID, number: int, body: NoteRequest
    ) -> Any:
        services.reject_revision(
            actor=auth.actor(request),
            kind=kind,
            listing_id=listing_id,
            number=number,
            note=body.note,
        )
        return detail(auth.actor(request), kind, listing_id)

    @router.post(
        path + "/{int:number}/acknowledgement",
        operation_id=f"acknowledge_{kind}_revision",
        auth=auth.MEMBERS,
        response=responses,
        summary="Tick off a correction (staff)",
    )
    def acknowledge_revision(request: HttpRequest, listing_id: UUID, number: int) -> Any:
        services.acknowledge_revision(
            actor=auth.actor(request), kind=kind, listing_id=listing_id, number=number
        )
        return detail(auth.actor(request), kind, listing_id)
