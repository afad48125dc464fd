"""Organisations: the public list, proposing one, its profile and its verification."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth
from api.exports import FILE_ANSWER, export
from api.organisations import detail
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.exports import ExportQuery
from api.schemas.organisations import (
    NewAlias,
    NewOrganisation,
    OrganisationDetail,
    OrganisationEdit,
    OrganisationFilters,
    OrganisationRow,
    ReasonRequest,
)
from park.organisations import exports, queries, services

router = Router(tags=["organisations"], auth=auth.MEMBERS)
ONE = "/organisations/{uuid:organisation_id}"
WRITE = {200: OrganisationDetail, **problems(401, 403, 404, 409, 422)}


@router.get(
    "/organisations",
    operation_id="list_organisations",
    auth=auth.ANYBODY,
    response={200: Page[OrganisationRow], **problems(401, 422)},
    summary="Organisations, newest first",
)
def list_organisations(
    request: HttpRequest,
    filters: Query[OrganisationFilters],
    page: Query[PageQuery],
):
    return queries.list_organisations(
        actor=auth.actor(request), **filters.model_dump(), **page.model_dump()
    )


@router.get(
    "/organisations/export",
    operation_id="export_organisations",
    auth=auth.ANYBODY,
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


@router.post(
    "/organisations",
    operation_id="propose_organisation",
    response={201: OrganisationDetail, **problems(401, 403, 409, 422)},
    summary="Propose an organisation for staff to verify",
)
def propose_organisation(request: HttpRequest, body: NewOrganisation):
    """Who proposes it owns it. `similar_organisation` names those that may be meant."""
    made = services.propose_organisation(
        actor=auth.actor(request),
        profile=body.profile.model_dump(exclude_unset=True),
        is_another=body.is_another,
    )
    return Status(201, detail(auth.actor(request), made.pk))


@router.get(
    ONE,
    operation_id="get_organisation",
    auth=auth.ANYBODY,
    response={200: OrganisationDetail, **problems(401, 404)},
    summary="An organisation",
)
def get_organisation(request: HttpRequest, organisation_id: UUID):
    """The id of one that was merged gives the one it became: look at `id`."""
    return detail(auth.actor(request), organisation_id)


@router.patch(ONE, operation_id="edit_organisation", response=WRITE, summary="Change its profile")
def edit_organisation(request: HttpRequest, organisation_id: UUID, body: OrganisationEdit):
    """An owner's change of name, kind or credit code of a verified one waits for staff: it is in
    `inside.change`."""
    services.edit_organisation(
        actor=auth.actor(request),
        organisation_id=organisation_id,
        version=body.version,
        profile=body.profile.model_dump(exclude_unset=True),
    )
    return detail(auth.actor(request), organisation_id)


@router.post(
    ONE + "/verification-request",
    operation_id="ask_for_verification",
    response=WRITE,
    summary="Ask again after a rejection",
)
def ask_for_verification(request: HttpRequest, organisation_id: UUID):
    services.ask_for_verification(actor=auth.actor(request), organisation_id=organisation_id)
    return detail(auth.actor(request), organisation_id)


@router.post(
    ONE + "/verification",
    operation_id="verify_organisation",
    response=WRITE,
    summary="Verify (staff)",
)
def verify_organisation(request: HttpRequest, organisation_id: UUID):
    services.verify_organisation(actor=auth.actor(request), organisation_id=organisation_id)
    return detail(auth.actor(request), organisation_id)


@router.post(
    ONE + "/rejection",
    operation_id="reject_organisation",
    response=WRITE,
    summary="Do not verify, with a reason (staff)",
)
def reject_organisation(request: HttpRequest, organisation_id: UUID, body: ReasonRequest):
    services.reject_organisation(
        actor=auth.actor(request), organisation_id=organisation_id, reason=body.reason
    )
    return detail(auth.actor(request), organisation_id)


@router.post(
    ONE + "/aliases",
    operation_id="add_organisation_alias",
    response=WRITE,
    summary="Add another name (staff)",
)
def add_alias(request: HttpRequest, organisation_id: UUID, body: NewAlias):
    services.add_alias(
        actor=auth.actor(request), organisation_id=organisation_id, **body.model_dump()
    )
    return detail(auth.actor(request), organisation_id)


@router.delete(
    ONE + "/aliases/{uuid:alias_id}",
    operation_id="remove_organisation_alias",
    response={204: None, **problems(401, 403, 404, 409)},
    summary="Take another name out (staff)",
)
def remove_alias(request: HttpRequest, organisation_id: UUID, alias_id: UUID):
    services.remove_alias(
        actor=auth.actor(request), organisation_id=organisation_id, alias_id=alias_id
    )
    return Status(204, None)
