"""What holds for all of /api/: HEAD beside every GET, and problems also where Django answers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from api.errors import CODE_OF_STATUS, problem


class HeadMiddleware:
    """Answers HEAD as GET would, without the body. Ninja's operations know the one method only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD" or not request.path.startswith("/api/"):
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        if response.streaming:
            response.close()
            return HttpResponse(status=response.status_code, headers=response.headers)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
        return response


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
            allowed = [one.strip() for one in response.headers["Allow"].split(",")]
            answer.headers["Allow"] = ", ".join([*allowed, *(["HEAD"] if "GET" in allowed else [])])
        return answer
