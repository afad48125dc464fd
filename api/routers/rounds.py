"""Collection rounds (征集): calls for entries with a deadline."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth
from api.editions import present_round_entries, present_rounds, round_detail
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.editions import (
    NewRound,
    Round,
    RoundChoiceIn,
    RoundEdit,
    RoundEntry,
    RoundFilters,
)
from market.editions import queries, services
from market.listings.kinds import ListingKind

router = Router(tags=["rounds"], auth=auth.MEMBERS)
WRITE = problems(401, 403, 404, 409, 422)


@router.get(
    "",
    operation_id="list_rounds",
    auth=auth.ANYBODY,
    response={200: Page[Round], **problems(401, 422)},
    summary="Rounds, newest first",
)
def list_rounds(request: HttpRequest, filters: Query[RoundFilters], page: Query[PageQuery]):
    """The open ones; for staff all."""
    found = queries.list_rounds(
        actor=auth.actor(request), **filters.model_dump(), **page.model_dump()
    )
    return present_rounds(found)


@router.post(
    "",
    operation_id="create_round",
    response={201: Round, **problems(401, 403, 422)},
    summary="Prepare a round (staff)",
)
def create_round(request: HttpRequest, body: NewRound):
    made = services.create_round(
        actor=auth.actor(request),
        list_kind=ListingKind(body.list_kind),
        content=body.content.model_dump(exclude_unset=True),
    )
    return Status(201, round_detail(auth.actor(request), made.pk))


@router.get(
    "/{uuid:round_id}",
    operation_id="get_round",
    auth=auth.ANYBODY,
    response={200: Round, **problems(401, 404)},
    summary="A round",
)
def get_round(request: HttpRequest, round_id: UUID):
    return round_detail(auth.actor(request), round_id)


@router.patch(
    "/{uuid:round_id}",
    operation_id="edit_round",
    response={200: Round, **WRITE},
    summary="Change some fields (staff)",
)
def edit_round(request: HttpRequest, round_id: UUID, body: RoundEdit):
    """Of an open round only its title, notice and deadline."""
    services.edit_round(
        actor=auth.actor(request),
        round_id=round_id,
        version=body.version,
        content=body.content.model_dump(exclude_unset=True),
    )
    return round_detail(auth.actor(request), round_id)


@router.delete(
    "/{uuid:round_id}",
    operation_id="discard_round",
    response={204: None, **WRITE},
    summary="Discard one that was never opened (staff)",
)
def discard_round(request: HttpRequest, round_id: UUID):
    services.discard_round(actor=auth.actor(request), round_id=round_id)
    return Status(204, None)


@router.post(
    "/{uuid:round_id}/opening",
    operation_id="open_round",
    response={200: Round, **WRITE},
    summary="Open it to everybody (staff)",
)
def open_round(request: HttpRequest, round_id: UUID):
    services.open_round(actor=auth.actor(request), round_id=round_id)
    return round_detail(auth.actor(request), round_id)


@router.post(
    "/{uuid:round_id}/closure",
    operation_id="close_round",
    response={200: Round, **WRITE},
    summary="Close it (staff)",
)
def close_round(request: HttpRequest, round_id: UUID):
    services.close_round(actor=auth.actor(request), round_id=round_id)
    return round_detail(auth.actor(request), round_id)


@router.get(
    "/{uuid:round_id}/entries",
    operation_id="list_round_entries",
    response={200: Page[RoundEntry], **problems(401, 403, 404, 422)},
    summary="What counts to it (staff)",
)
def list_round_entries(request: HttpRequest, round_id: UUID, page: Query[PageQuery]):
    found = queries.list_round_entries(
        actor=auth.actor(request), round_id=round_id, **page.model_dump()
    )
    return present_round_entries(found)


@router.put(
    "/{uuid:round_id}/entries/{uuid:listing_id}",
    operation_id="choose_round_entry",
    response={204: None, **WRITE},
    summary="Put an entry in, or take it out",
)
def choose_round_entry(request: HttpRequest, round_id: UUID, listing_id: UUID, body: RoundChoiceIn):
    """Its owner may while the round is open, staff also after."""
    services.choose_for_round(
        actor=auth.actor(request),
        round_id=round_id,
        listing_id=listing_id,
        is_included=body.is_included,
    )
    return Status(204, None)
