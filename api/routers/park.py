"""What anybody may know of the park: vocabularies, figures, organisations."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from api import auth
from api.exports import FILE_ANSWER, export
from api.figures import count_published
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.exports import ExportQuery
from api.schemas.park import Figures, OrganisationFilters, OrganisationRow, Vocabularies
from api.vocabularies import all_vocabularies
from park.organisations import exports
from park.organisations import queries as organisations

router = Router(auth=auth.ANYBODY)


@router.get(
    "/vocabularies",
    operation_id="get_vocabularies",
    tags=["park"],
    response={200: Vocabularies, **problems(401)},
    summary="The words of every choice",
)
def get_vocabularies(request: HttpRequest):
    return all_vocabularies()


@router.get(
    "/figures",
    operation_id="get_figures",
    tags=["park"],
    response={200: Figures, **problems(401)},
    summary="How many entries are published",
)
def get_figures(request: HttpRequest):
    return count_published()


@router.get(
    "/organisations",
    operation_id="list_organisations",
    tags=["organisations"],
    response={200: Page[OrganisationRow], **problems(401, 422)},
    summary="Organisations, newest first",
)
def list_organisations(
    request: HttpRequest,
    filters: Query[OrganisationFilters],
    page: Query[PageQuery],
):
    return organisations.list_organisations(
        actor=auth.actor(request), **filters.model_dump(), **page.model_dump()
    )


@router.get(
    "/organisations/export",
    operation_id="export_organisations",
    tags=["organisations"],
    response=problems(401, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The list as a file",
)
def export_organisations(
    request: HttpRequest,
    filters: Query[OrganisationFilters],
    query: Query[ExportQuery],
):
    table = exports.export_organisations(actor=auth.actor(request), **filters.model_dump())
    return export(request, query, table, filters.model_dump(exclude_unset=True))


@router.get(
    "/organisations/{uuid:organisation_id}",
    operation_id="get_organisation",
    tags=["organisations"],
    response={200: OrganisationRow, **problems(401, 404)},
    summary="An organisation",
)
def get_organisation(request: HttpRequest, organisation_id: UUID):
    return organisations.get_organisation(auth.actor(request), organisation_id)
