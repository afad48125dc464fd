"""The API: its routers, its parser, its problems. `config.urls` mounts it under /api/v1/."""

from typing import Any

from ninja import NinjaAPI

from api import auth, errors
from api.parser import StrictParser
from api.routers import (
    account,
    bookings,
    capabilities,
    editions,
    files,
    growth,
    health,
    imports,
    instruments,
    membership,
    needs,
    organisations,
    park,
    people,
    review,
    rounds,
    search,
    session,
    staff,
    stations,
    suggestions,
    tokens,
)


class CuoheAPI(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> Any:
        """Ninja files every answer under one media type and knows no optional sign-in."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                if "requestBody" in operation:
                    _tell_what_becomes_of_bad_bodies(operation["responses"])
                _give_problems_their_type(operation["responses"])
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    if auth.visitor in operation.auth_callbacks:
                        _allow_visitors(schema, operation.operation_id)
        return schema


def _tell_what_becomes_of_bad_bodies(answers: dict[int, Any]) -> None:
    """The parser and Django refuse some before any operation sees them."""
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, title in ((400, "Bad Request"), (413, "Content Too Large")):
        answers.setdefault(status, {"description": title, "content": problem})


def _give_problems_their_type(answers: dict[int, Any]) -> None:
    for answer in answers.values():
        content = answer.get("content", {})
        if "Problem" in str(content.get("application/json")):
            answer["content"] = {errors.PROBLEM_TYPE: content["application/json"]}


def _allow_visitors(schema: Any, name: str | None) -> None:
    for path in schema["paths"].values():
        for operation in path.values():
            if operation["operationId"] == name and "security" in operation:
                operation["security"].append({})


api = CuoheAPI(
    title="Cuohe 撮合",
    version="1",
    description=(
        "Needs, capabilities, instruments and people of an industrial park, matched with reasons. "
        "Errors are problem+json with a stable `code`; lists are keyset pages."
    ),
    urls_namespace="api",
    auth=auth.MEMBERS,
    parser=StrictParser(),
)
errors.register(api)
api.add_router("/health", health.router)
api.add_router("/session", session.router)
api.add_router("/account", account.router)
api.add_router("/tokens", tokens.router)
api.add_router("", park.router)
for one in (organisations, membership, growth, stations, staff):
    api.add_router("", one.router)
api.add_router("/needs", needs.router)
api.add_router("/capabilities", capabilities.router)
api.add_router("/review-queue", review.router)
api.add_router("/search", search.router)
api.add_router("/imports", imports.router)
api.add_router("/instruments", instruments.router)
api.add_router("/bookings", bookings.router)
api.add_router("/people", people.router)
api.add_router("/files", files.router)
api.add_router("/rounds", rounds.router)
api.add_router("/suggestions", suggestions.router)
api.add_router("/editions", editions.router)
