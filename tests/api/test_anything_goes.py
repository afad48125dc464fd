"""Whatever JSON or parameters arrive at any operation, the answer is no server error."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.management.commands.export_openapi import PATH
from tests.api.world import World, client_of

DESCRIPTION = json.loads(PATH.read_text(encoding="utf-8"))
SCHEMAS = DESCRIPTION["components"]["schemas"]
WRITES = sorted(
    (method, path, operation["requestBody"]["content"]["application/json"]["schema"])
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation
)
READS = sorted(
    (path, tuple(p["name"] for p in operation["parameters"] if p["in"] == "query"))
    for path, methods in DESCRIPTION["paths"].items()
    if (operation := methods.get("get")) and operation["operationId"] != "get_health"
)
QUIET = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

words = st.text(max_size=12) | st.sampled_from(
    ["", "copper_processing", "own", "ge", "2026-12-01", "2026-12-01T10:00:00Z", "1", "\ud800"]
)
numbers = (
    st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-2, 12)
)
anything = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def like(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Mostly of the shape that is asked for, with any values, so that it gets past the door."""
    if "$ref" in schema:
        return like(SCHEMAS[schema["$ref"].rpartition("/")[2]], depth)
    if "anyOf" in schema:
        return st.one_of([like(one, depth) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | anything
    match schema.get("type"):
        case "object" if "properties" in schema and depth < 4:
            parts = {name: like(one, depth + 1) for name, one in schema["properties"].items()}
            required = {name: parts.pop(name) for name in schema.get("required", ())}
            return st.fixed_dictionaries(required, optional=parts)
        case "object":
            return st.dictionaries(words, words, max_size=3)
        case "array":
            return st.lists(like(schema["items"], depth + 1), max_size=3)
        case "integer":
            return st.integers(-2, 12) | numbers
        case "number":
            return numbers
        case "boolean":
            return st.booleans()
        case "string":
            return words | st.text(max_size=200)
    return anything


def assert_answered(answer: Any) -> None:
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"]


def targets(world: World) -> dict[str, Any]:
    """One entry of each noun for the paths to name."""
    need, capability = world.need("published"), world.capability("published")
    instrument = world.instrument("published")
    return {
        "/needs/": {"listing_id": need.pk, "entry_id": need.pk, "number": 1},
        "/capabilities/": {"listing_id": capability.pk, "entry_id": capability.pk, "number": 1},
        "/instruments/": {"instrument_id": instrument.pk, "entry_id": instrument.pk},
        "/bookings/": {"booking_id": world.booking(instrument).pk},
        "/people/": (card := {"card_id": world.card("published").pk})
        | {"entry_id": card["card_id"]},
        "/organisations/": {"organisation_id": world.firm.pk},
    }


def fill(template: str, ids: dict[str, Any]) -> str:
    for part, values in ids.items():
        if part in template:
            return template.format(**values)
    return template


@pytest.mark.parametrize(("method", "template", "schema"), WRITES)
def test_any_body_is_answered(
    world: World, method: str, template: str, schema: dict[str, Any]
) -> None:
    path = fill(template, targets(world))
    clients = [client_of(world.member), client_of(world.staff)]
    for client in clients:
        client.raise_request_exception = False

    @QUIET
    @given(body=like(schema) | anything, ours=st.booleans(), who=st.sampled_from(clients))
    def ask(body: Any, ours: bool, who: Client) -> None:
        if ours and isinstance(body, dict) and "organisation_id" in body:
            body["organisation_id"] = str(world.firm.pk)
        send = getattr(who, method)
        assert_answered(send(path, data=json.dumps(body), content_type="application/json"))

    ask()


@pytest.mark.parametrize(("template", "names"), READS)
def test_any_parameters_are_answered(
    world: World, no_worker: None, template: str, names: tuple[str, ...]
) -> None:
    path = fill(template, targets(world))
    clients = [Client(), client_of(world.member), client_of(world.staff)]
    for client in clients:
        client.raise_request_exception = False
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    values = text | st.sampled_from(["1", "true", "NaN", "1e400", "9999-12-31", "\x00"])

    @QUIET
    @given(
        query=st.dictionaries(st.sampled_from(names) if names else text, values, max_size=3),
        who=st.sampled_from(clients),
    )
    def ask(query: dict[str, str], who: Client) -> None:
        assert_answered(who.get(path, query))

    ask()
