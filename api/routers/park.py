"""What anybody may know of the park: vocabularies and figures."""

from django.http import HttpRequest
from ninja import Router

from api import auth
from api.figures import count_published
from api.schemas.base import problems
from api.schemas.park import Figures, Vocabularies
from api.vocabularies import all_vocabularies

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
