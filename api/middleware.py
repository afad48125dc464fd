"""Gives what Django itself answers under /api/ (404, 405, 500…) the shape of a problem."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from api.errors import CODE_OF_STATUS, problem


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        code = CODE_OF_STATUS.get(response.status_code)
        if code is None or not request.path.startswith("/api/"):
            return response
        if "json" in response.headers.get("Content-Type", ""):
            return response
        if settings.DEBUG and response.status_code == 500:
            return response  # the developer wants the traceback
        answer = problem(request, code)
        if "Allow" in response.headers:
            answer.headers["Allow"] = response.headers["Allow"]
        return answer
