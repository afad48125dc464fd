"""API tokens of the signed-in user. A token cannot make or revoke tokens."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from api import auth
from api.schemas.accounts import CreatedToken, NewToken, TokenList, TokenRow
from api.schemas.base import problems
from park.accounts import queries, services

router = Router(tags=["tokens"], auth=auth.SESSION_ONLY)


@router.get(
    "",
    operation_id="list_tokens",
    response={200: TokenList, **problems(401)},
    summary="My API tokens",
)
def list_tokens(request: HttpRequest):
    return {"items": list(queries.list_tokens(actor=auth.actor(request)))}


@router.post(
    "",
    operation_id="create_token",
    response={201: CreatedToken, **problems(401, 403, 409, 422)},
    summary="Make an API token",
)
def create_token(request: HttpRequest, body: NewToken):
    token, secret = services.create_token(actor=auth.actor(request), **body.model_dump())
    return Status(201, {**TokenRow.model_validate(token).model_dump(), "secret": secret})


@router.delete(
    "/{uuid:token_id}",
    operation_id="revoke_token",
    response={204: None, **problems(401, 403, 404)},
    summary="Revoke an API token",
)
def revoke_token(request: HttpRequest, token_id: UUID):
    services.revoke_token(actor=auth.actor(request), token_id=token_id)
    return Status(204, None)
