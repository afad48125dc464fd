"""Whether the database, the broker and a matching worker answer."""

from django.http import HttpRequest
from ninja import Router, Status

from api.health import check_health
from api.schemas.park import Health

router = Router(tags=["health"])


@router.get(
    "",
    operation_id="get_health",
    auth=None,
    response={200: Health, 503: Health},
    summary="Are all parts up",
)
def get_health(request: HttpRequest):
    """503 when pages cannot be served; a missing worker only degrades."""
    report = check_health()
    return Status(503 if report["status"] == "down" else 200, report)
