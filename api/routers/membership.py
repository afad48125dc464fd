"""Who belongs to an organisation: members, requests to join, invitations."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from api import auth
from api.organisations import (
    present_invitation,
    present_join,
    present_member,
    view_invitation,
)
from api.schemas.base import problems
from api.schemas.organisations import (
    InvitationList,
    InvitationRow,
    InvitationView,
    Joined,
    JoinList,
    JoinMessage,
    JoinRow,
    MemberList,
    MemberRow,
    NewInvitation,
    ReasonRequest,
    RoleRequest,
    SecretRequest,
)
from park.organisations import queries, services

router = Router(tags=["members"], auth=auth.MEMBERS)
ONE = "/organisations/{uuid:organisation_id}"
ALL = problems(401, 403, 404, 409, 422)
INVITATION_PAGE = "/invitation"


@router.get(
    ONE + "/members",
    operation_id="list_members",
    response={200: MemberList, **problems(401, 404)},
    summary="Members, owners first",
)
def list_members(request: HttpRequest, organisation_id: UUID):
    """For its members and staff."""
    found = queries.list_members(actor=auth.actor(request), organisation_id=organisation_id)
    return {"items": [present_member(one) for one in found]}


@router.put(
    ONE + "/members/{uuid:user_id}",
    operation_id="change_member_role",
    response={200: MemberRow, **ALL},
    summary="Give a member another role",
)
def change_role(request: HttpRequest, organisation_id: UUID, user_id: UUID, body: RoleRequest):
    made = services.change_role(
        actor=auth.actor(request),
        organisation_id=organisation_id,
        user_id=user_id,
        role=body.role,
    )
    return present_member(made)


@router.delete(
    ONE + "/members/{uuid:user_id}",
    operation_id="remove_member",
    response={204: None, **ALL},
    summary="End a membership; one's own too",
)
def remove_member(request: HttpRequest, organisation_id: UUID, user_id: UUID):
    services.remove_member(
        actor=auth.actor(request), organisation_id=organisation_id, user_id=user_id
    )
    return Status(204, None)


@router.get(
    ONE + "/join-requests",
    operation_id="list_join_requests",
    response={200: JoinList, **problems(401, 404)},
    summary="Who asks to join, longest waiting first",
)
def list_join_requests(request: HttpRequest, organisation_id: UUID):
    found = queries.list_join_requests(actor=auth.actor(request), organisation_id=organisation_id)
    return {"items": [present_join(one) for one in found]}


@router.post(
    ONE + "/join-requests",
    operation_id="request_to_join",
    response={201: JoinRow, **ALL},
    summary="Ask to join",
)
def request_to_join(request: HttpRequest, organisation_id: UUID, body: JoinMessage):
    made = services.request_to_join(
        actor=auth.actor(request), organisation_id=organisation_id, message=body.message
    )
    return Status(201, present_join(made))


@router.get(
    "/join-requests",
    operation_id="list_my_join_requests",
    response={200: JoinList, **problems(401)},
    summary="My own requests, newest first",
)
def list_my_join_requests(request: HttpRequest):
    found = queries.list_my_requests(actor=auth.actor(request))
    return {"items": [present_join(one) for one in found]}


@router.delete(
    "/join-requests/{uuid:request_id}",
    operation_id="withdraw_join_request",
    response={204: None, **ALL},
    summary="Take my request back",
)
def withdraw_join_request(request: HttpRequest, request_id: UUID):
    services.withdraw_join_request(actor=auth.actor(request), request_id=request_id)
    return Status(204, None)


@router.post(
    "/join-requests/{uuid:request_id}/approval",
    operation_id="approve_join_request",
    response={200: JoinRow, **ALL},
    summary="Let somebody in, with a role",
)
def approve_join_request(request: HttpRequest, request_id: UUID, body: RoleRequest):
    made = services.approve_join_request(
        actor=auth.actor(request), request_id=request_id, role=body.role
    )
    return present_join(made)


@router.post(
    "/join-requests/{uuid:request_id}/rejection",
    operation_id="decline_join_request",
    response={200: JoinRow, **ALL},
    summary="Refuse, with a reason",
)
def decline_join_request(request: HttpRequest, request_id: UUID, body: ReasonRequest):
    made = services.decline_join_request(
        actor=auth.actor(request), request_id=request_id, reason=body.reason
    )
    return present_join(made)


@router.get(
    ONE + "/invitations",
    operation_id="list_invitations",
    response={200: InvitationList, **problems(401, 404)},
    summary="Open invitations, newest first",
)
def list_invitations(request: HttpRequest, organisation_id: UUID):
    found = queries.list_invitations(actor=auth.actor(request), organisation_id=organisation_id)
    return {"items": [present_invitation(one) for one in found]}


@router.post(
    ONE + "/invitations",
    operation_id="invite_member",
    response={201: InvitationRow, **ALL},
    summary="Invite an e-mail address",
)
def invite_member(request: HttpRequest, organisation_id: UUID, body: NewInvitation):
    """The secret is in the mail only. An earlier invitation to the address is void."""
    page = request.build_absolute_uri(INVITATION_PAGE)
    invitation, _ = services.invite_member(
        actor=auth.actor(request),
        organisation_id=organisation_id,
        # Behind the # a browser keeps it to itself: no server's log learns it.
        link_to=lambda secret: f"{page}#{secret}",
        **body.model_dump(),
    )
    return Status(201, present_invitation(invitation))


@router.delete(
    "/invitations/{uuid:invitation_id}",
    operation_id="revoke_invitation",
    response={204: None, **ALL},
    summary="Make an invitation void",
)
def revoke_invitation(request: HttpRequest, invitation_id: UUID):
    services.revoke_invitation(actor=auth.actor(request), invitation_id=invitation_id)
    return Status(204, None)


@router.post(
    "/invitations/lookup",
    operation_id="look_up_invitation",
    auth=[*auth.MEMBERS, auth.visitor_with_csrf],
    response={200: InvitationView, **problems(401, 403, 404, 422)},
    summary="What an invitation's link offers",
)
def look_up_invitation(request: HttpRequest, body: SecretRequest):
    return view_invitation(auth.actor(request), body.secret)


@router.post(
    "/invitations/acceptance",
    operation_id="accept_invitation",
    auth=auth.SESSION_ONLY,
    response={200: Joined, **ALL},
    summary="Become a member",
)
def accept_invitation(request: HttpRequest, body: SecretRequest):
    """For the account that has the invited address, verified."""
    made = services.accept_invitation(actor=auth.actor(request), secret=body.secret)
    return {"organisation": made.organisation, "role": made.role}
