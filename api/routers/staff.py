"""What staff do with organisations: verification, doubles, merging; and staff roles."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth
from api.organisations import (
    detail,
    double_row,
    present_changes,
    present_doubles,
    present_joins,
    present_staff,
    present_waiting,
)
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.organisations import (
    DoubleList,
    JoinRow,
    MergePreview,
    MergeRequest,
    NewStaff,
    OrganisationDetail,
    ProfileIn,
    ReasonRequest,
    StaffList,
    StaffRoles,
    StaffRow,
    WaitingChange,
    WaitingOrganisation,
)
from park.accounts import staff
from park.organisations import queries, services

router = Router(tags=["staff"], auth=auth.MEMBERS)
READ = problems(401, 403, 422)
WRITE = problems(401, 403, 404, 409, 422)


@router.get(
    "/staff/organisations",
    operation_id="list_unverified_organisations",
    response={200: Page[WaitingOrganisation], **READ},
    summary="Organisations that wait for verification",
)
def list_unverified(request: HttpRequest, page: Query[PageQuery]):
    found = queries.list_unverified(actor=auth.actor(request), **page.model_dump())
    return present_waiting(found)


@router.post(
    "/staff/organisations",
    operation_id="create_organisation",
    response={201: OrganisationDetail, **WRITE},
    summary="Register a verified organisation (administrators)",
)
def create_organisation(request: HttpRequest, body: ProfileIn):
    profile = body.model_dump(exclude={"contact_name", "contact_phone", "contact_email"})
    made = services.create_organisation(actor=auth.actor(request), **profile)
    return Status(201, detail(auth.actor(request), made.pk))


@router.get(
    "/staff/changes",
    operation_id="list_waiting_changes",
    response={200: Page[WaitingChange], **READ},
    summary="Changes of name, kind or credit code that wait",
)
def list_changes(request: HttpRequest, page: Query[PageQuery]):
    found = queries.list_changes_waiting(actor=auth.actor(request), **page.model_dump())
    return present_changes(found)


@router.post(
    "/staff/changes/{uuid:change_id}/approval",
    operation_id="approve_change",
    response={200: OrganisationDetail, **WRITE},
    summary="Let a change take effect",
)
def approve_change(request: HttpRequest, change_id: UUID):
    made = services.approve_change(actor=auth.actor(request), change_id=change_id)
    return detail(auth.actor(request), made.pk)


@router.post(
    "/staff/changes/{uuid:change_id}/rejection",
    operation_id="decline_change",
    response={200: OrganisationDetail, **WRITE},
    summary="Decline a change, with a reason",
)
def decline_change(request: HttpRequest, change_id: UUID, body: ReasonRequest):
    made = services.decline_change(
        actor=auth.actor(request), change_id=change_id, reason=body.reason
    )
    return detail(auth.actor(request), made.pk)


@router.get(
    "/staff/join-requests",
    operation_id="list_waiting_join_requests",
    response={200: Page[JoinRow], **READ},
    summary="Who asks to join any organisation",
)
def list_waiting_joins(request: HttpRequest, page: Query[PageQuery]):
    found = queries.list_requests_waiting(actor=auth.actor(request), **page.model_dump())
    return present_joins(found)


@router.get(
    "/staff/doubles",
    operation_id="list_doubles",
    response={200: DoubleList, **READ},
    summary="Organisations whose names are spellings of one",
)
def list_doubles(request: HttpRequest):
    return present_doubles(queries.list_duplicates(actor=auth.actor(request)))


@router.get(
    "/staff/merges/preview",
    operation_id="preview_merge",
    response={200: MergePreview, **WRITE},
    summary="What a merge would do (administrators)",
)
def preview_merge(request: HttpRequest, merge: Query[MergeRequest]):
    found = services.preview_merge(actor=auth.actor(request), **merge.model_dump())
    return {
        "source": double_row(found.source),
        "target": double_row(found.target),
        "moves": found.moves,
        "filled": found.filled,
        "obstacle": found.obstacle,
    }


@router.post(
    "/staff/merges",
    operation_id="merge_organisations",
    response={200: OrganisationDetail, **WRITE},
    summary="Move everything of one to another and delete it (administrators)",
)
def merge_organisations(request: HttpRequest, body: MergeRequest):
    made = services.merge_organisations(actor=auth.actor(request), **body.model_dump())
    return detail(auth.actor(request), made.pk)


@router.get(
    "/staff/people",
    operation_id="list_staff",
    auth=auth.SESSION_ONLY,
    response={200: StaffList, **problems(401, 403)},
    summary="Who has staff roles (administrators)",
)
def list_staff(request: HttpRequest):
    found = staff.list_staff(actor=auth.actor(request))
    return {"items": [present_staff(user) for user in found]}


@router.post(
    "/staff/people",
    operation_id="name_staff",
    auth=auth.SESSION_ONLY,
    response={200: StaffRow, **WRITE},
    summary="Give roles to an account, by user name or e-mail",
)
def name_staff(request: HttpRequest, body: NewStaff):
    return present_staff(staff.name_staff(actor=auth.actor(request), **body.model_dump()))


@router.put(
    "/staff/people/{uuid:user_id}",
    operation_id="set_staff_roles",
    auth=auth.SESSION_ONLY,
    response={200: StaffRow, **WRITE},
    summary="Set an account's roles; none ends being staff",
)
def set_staff_roles(request: HttpRequest, user_id: UUID, body: StaffRoles):
    made = staff.set_staff_roles(actor=auth.actor(request), user_id=user_id, **body.model_dump())
    return present_staff(made)
