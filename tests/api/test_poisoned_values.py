"""One poisoned value in a request that is otherwise right: never an error of ours.

schemathesis (`tests/contract`) tries shapes and boundaries; here are the values that it does not
make up: text that no database holds, numbers that no column holds, times that no calendar adds to.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from api.management.commands.export_openapi import PATH
from tests.api.limits import forget_requests
from tests.api.role_rows import all_rows
from tests.api.role_rows.base import query_of
from tests.api.test_role_matrix import OPERATIONS, undone
from tests.api.world import World, capability_content, card_content, client_of, need_content

DESCRIPTION = json.loads(PATH.read_text(encoding="utf-8"))
ROWS = all_rows()
# As JSON text, since Python cannot write all of them.
VALUES = (
    r'"\ud800"',
    r'"a\u0000b"',
    r'"\udfff\ud800"',
    '"' + "长" * 20_001 + '"',
    '"9999-12-31"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59-14:00"',
    '"NaN"',
    "1e400",
    "-1e308",
    "1" + "0" * 400,
    "-0.0",
    "9223372036854775808",
    "true",
    "null",
    "[[[[[[]]]]]]",
    '{"":{"":""}}',
)
IN_QUERIES = (
    "\x00",
    "\ud800",
    "1e400",
    "NaN",
    "-Infinity",
    "9" * 400,
    "9999-12-31",
    "长" * 3000,
    "١٢",
    "%",
)
FULL_CONTENT = {
    "create_need": need_content,
    "create_capability": capability_content,
    "create_talent_card": card_content,
}
WRITES = sorted(name for name, operation in OPERATIONS.items() if not operation.is_read)
READS = sorted(name for name, operation in OPERATIONS.items() if operation.is_read)
MARK = "\ue000mark\ue000"


def poisoned(body: Any) -> Iterator[str]:
    """The body as JSON with each of its values, at any depth, replaced by each of the poisons."""
    for marked in _marked(body):
        text = json.dumps(marked)
        for value in VALUES:
            yield text.replace(json.dumps(MARK), value)


def _marked(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {**value, key: MARK}
            for one in _marked(inner):
                yield {**value, key: one}
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            for one in [MARK, *_marked(inner)]:
                yield [*value[:position], one, *value[position + 1 :]]


def assert_answered(answer: Any, sent: str) -> None:
    assert answer.status_code < 500, sent
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json", sent
        assert answer.json()["code"]


@pytest.mark.parametrize("name", WRITES)
def test_a_poisoned_value_in_a_body_is_answered(world: World, name: str) -> None:
    row, operation = ROWS[name], OPERATIONS[name]
    body = row.body(world)
    if not isinstance(body, dict):
        return  # it takes no body, or a file, which has tests of its own
    if name in FULL_CONTENT:
        body = {**body, "content": FULL_CONTENT[name]()}
    path = operation.path.format(**row.path(world))
    who = world.staff if row.staff.startswith("2") else world.member
    client = client_of(who, raise_request_exception=False)
    for sent in poisoned(body):
        forget_requests()
        with undone():
            send = getattr(client, operation.method)
            assert_answered(send(path, data=sent, content_type="application/json"), sent)


@pytest.mark.parametrize("name", READS)
def test_a_poisoned_parameter_is_answered(world: World, no_worker: None, name: str) -> None:
    row, operation = ROWS[name], OPERATIONS[name]
    path = operation.path.format(**row.path(world))
    described = DESCRIPTION["paths"][operation.path]["get"].get("parameters", ())
    names = [one["name"] for one in described if one["in"] == "query"]
    client = client_of(world.staff, raise_request_exception=False)
    for parameter in names or ["no_such_parameter"]:
        for value in IN_QUERIES:
            forget_requests()
            query = "&".join(f"{key}={quote(one)}" for key, one in query_of(row, world).items())
            text = f"{query}&{parameter}={quote(value, errors='surrogatepass')}"
            assert_answered(client.get(f"{path}?{text}"), text[:200])
