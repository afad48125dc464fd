"""What holds for every request: HEAD beside every GET, problems also where Django answers, and
sessions that are noted as used."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from api.errors import CODE_OF_STATUS, problem

# For people who look at their sessions: a write for every request would tell them nothing more.
SESSION_NOTED_EVERY = 300


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
    """Gives what Django itself answers under /api/ (404, 405, 500…) the shape of a problem."""

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


class SessionActivityMiddleware:
    """Notes now and then from where and when a session was used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Whoever did not need the session is not made to load it.
        if request.session.accessed and request.user.is_authenticated:
            key = f"session-noted:{request.session.session_key}"
            if request.session.session_key and cache.add(key, 1, timeout=SESSION_NOTED_EVERY):
                UserSession.objects.create_from_request(request)
        return response
