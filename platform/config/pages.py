"""The single page of the front end, served for each of its routes."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def single_page(request: HttpRequest) -> HttpResponse:
    page = settings.FRONTEND_DIST / "index.html"
    try:
        content = page.read_bytes()
    except FileNotFoundError:
        return HttpResponse(
            "The front end has not been built: run `make run`, or `npm run build` in frontend/.\n",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    response = HttpResponse(content, content_type="text/html; charset=utf-8")
    # The page names its hashed assets, so the page itself is always asked for anew.
    response.headers["Cache-Control"] = "no-cache"
    return response
