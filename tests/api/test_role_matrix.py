"""Every operation of the API, asked by a visitor, a stranger, a member and staff.

The operations come from the committed description: a new one without a row in `role_rows` fails.
"""

import json
from typing import Any

import pytest

from api.management.commands.export_openapi import PATH
from tests.api.role_rows import all_rows
from tests.api.role_rows.base import ABSENT, FORBIDDEN, SIGN_IN
from tests.api.world import World, client_of

ROLES = ("visitor", "stranger", "member", "staff")
ROWS = all_rows()


def described_operations() -> dict[str, tuple[str, str]]:
    paths = json.loads(PATH.read_text(encoding="utf-8"))["paths"]
    return {
        operation["operationId"]: (method, path)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


OPERATIONS = described_operations()


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert set(ROWS) == set(OPERATIONS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_who_may_do_what(world: World, no_worker: None, name: str, role: str) -> None:
    row = ROWS[name]
    method, template = OPERATIONS[name]
    path = template.format(**row.path(world))
    client = client_of(None if role == "visitor" else getattr(world, role))
    request: dict[str, Any] = {"content_type": "application/json"}
    body = row.body(world)
    if method == "get":
        request = {"query_params": row.query}
    elif body is not None:
        request["data"] = json.dumps(body)
    answer = getattr(client, method)(path, **request)
    code = "" if answer.status_code < 400 else " " + answer.json()["code"]
    assert f"{answer.status_code}{code}" == getattr(row, role), answer.content.decode()[:500]


def test_the_rows_tell_roles_apart() -> None:
    """A table in which everybody may do everything would test nothing."""
    writes = [ROWS[name] for name, (method, _) in OPERATIONS.items() if method != "get"]
    assert all(row.visitor == SIGN_IN for row in writes)
    assert sum(row.stranger in (FORBIDDEN, ABSENT) for row in writes) >= len(writes) - 5
