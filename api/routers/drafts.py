"""What authors ask while writing. Nothing is saved by it; drafts are sent as they stand."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from api import auth
from api.drafts import similar_listings
from api.schemas.base import problems
from api.schemas.drafts import SimilarAnswer
from api.throttling import Limit
from market.listings.kinds import ListingKind


def add_draft_operations(router: Router, *, kind: ListingKind, schema: type[BaseModel]) -> None:
    """`schema` is the draft of this list."""

    @router.post(
        "/similar",
        operation_id=f"find_similar_{kind}",
        auth=auth.MEMBERS,
        throttle=Limit("drafting"),
        response={200: SimilarAnswer, **problems(401, 403, 422, 429)},
        summary="What there is already that is nearly the same",
        tags=["drafting"],
    )
    def find_similar(request: HttpRequest, body: schema) -> Any:  # type: ignore[valid-type]
        """Published entries of this list by what is public of them, and unpublished ones of one's
        own organisations. It warns; nothing is refused because of it."""
        return similar_listings(auth.actor(request), kind, body)
