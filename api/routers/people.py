"""Talent cards: people with skills, without their contact data."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth, talent
from api.exports import FILE_ANSWER, export
from api.pagination import PageQuery
from api.routers.suggestions import NEEDS, add_suggestions
from api.schemas.base import Page, problems
from api.schemas.exports import ExportQuery
from api.schemas.talent import CardEdit, CardFilters, NewCard, TalentCard, TalentCardRow
from talent import exports, queries, services

router = Router(tags=["people"])
WRITE = problems(401, 403, 404, 409, 422)


@router.get(
    "",
    operation_id="list_talent_cards",
    auth=auth.ANYBODY,
    response={200: Page[TalentCardRow], **problems(401, 422)},
    summary="Talent cards, newest first",
)
def list_talent_cards(
    request: HttpRequest,
    filters: Query[CardFilters],
    page: Query[PageQuery],
):
    found = queries.list_talent_cards(
        actor=auth.actor(request), **filters.model_dump(), **page.model_dump()
    )
    return talent.present_cards(found)


@router.get(
    "/export",
    operation_id="export_talent_cards",
    auth=auth.ANYBODY,
    response=problems(401, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The list as a file",
)
def export_talent_cards(
    request: HttpRequest,
    filters: Query[CardFilters],
    query: Query[ExportQuery],
):
    table = exports.export_talent_cards(actor=auth.actor(request), **filters.model_dump())
    return export(request, query, table, filters.model_dump(exclude_unset=True))


@router.post(
    "",
    operation_id="create_talent_card",
    auth=auth.MEMBERS,
    response={201: TalentCard, **WRITE},
    summary="Record a card",
)
def create_talent_card(request: HttpRequest, body: NewCard):
    card = services.create_card(
        actor=auth.actor(request),
        organisation_id=body.organisation_id,
        content=body.content.model_dump(exclude_unset=True),
    )
    return Status(201, talent.detail(auth.actor(request), card.pk))


@router.get(
    "/{uuid:card_id}",
    operation_id="get_talent_card",
    auth=auth.ANYBODY,
    response={200: TalentCard, **problems(401, 404)},
    summary="A card",
)
def get_talent_card(request: HttpRequest, card_id: UUID):
    """Full name and contact data are there for the holder, their organisation and staff only."""
    return talent.detail(auth.actor(request), card_id)


@router.patch(
    "/{uuid:card_id}",
    operation_id="edit_talent_card",
    auth=auth.MEMBERS,
    response={200: TalentCard, **WRITE},
    summary="Change some fields",
)
def edit_talent_card(request: HttpRequest, card_id: UUID, body: CardEdit):
    services.edit_card(
        actor=auth.actor(request),
        card_id=card_id,
        version=body.version,
        content=body.content.model_dump(exclude_unset=True),
    )
    return talent.detail(auth.actor(request), card_id)


@router.post(
    "/{uuid:card_id}/publication",
    operation_id="publish_talent_card",
    auth=auth.MEMBERS,
    response={200: TalentCard, **WRITE},
    summary="Show it",
)
def publish_talent_card(request: HttpRequest, card_id: UUID):
    services.publish_card(actor=auth.actor(request), card_id=card_id)
    return talent.detail(auth.actor(request), card_id)


@router.post(
    "/{uuid:card_id}/withdrawal",
    operation_id="withdraw_talent_card",
    auth=auth.MEMBERS,
    response={200: TalentCard, **WRITE},
    summary="Show it no longer",
)
def withdraw_talent_card(request: HttpRequest, card_id: UUID):
    services.withdraw_card(actor=auth.actor(request), card_id=card_id)
    return talent.detail(auth.actor(request), card_id)


add_suggestions(router, noun="talent_card", kind="person", other_kinds=NEEDS)
