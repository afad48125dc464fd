"""Every operation of the API, asked in every role: firms' roles, strangers, staff, tokens.

The operations come from the committed description: a new one without a row in `role_rows` fails.
Rows name four roles and the exceptions; `role_rows.base.expected` says what follows for the others,
and every one of them is asked for. Each answer must also be what the description says.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from api.management.commands.export_openapi import PATH
from park.accounts.models import StaffRole
from tests.api.limits import forget_requests
from tests.api.role_rows import all_rows
from tests.api.role_rows.base import (
    ABSENT,
    FORBIDDEN,
    ROLES,
    SIGN_IN,
    Operation,
    Upload,
    expected,
    query_of,
)
from tests.api.world import World, client_of
from tests.contract.description import assert_described

ROWS = all_rows()


def described_operations() -> dict[str, Operation]:
    paths = json.loads(PATH.read_text(encoding="utf-8"))["paths"]
    return {
        operation["operationId"]: Operation(
            method, path, frozenset(name for way in operation.get("security", ()) for name in way)
        )
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


OPERATIONS = described_operations()


def client_in(role: str, world: World) -> Client:
    """Somebody in this role; tokens act for the member or for the administrator."""
    if role.endswith("_token"):
        who, scope, _ = role.split("_")
        secret = world.secret_of(getattr(world, who), scope)
        return client_of(None, headers={"Authorization": f"Bearer {secret}"})
    if role in StaffRole.values:
        return client_of(world.staff_with(StaffRole(role)))
    return client_of(None if role == "visitor" else getattr(world, role))


@contextmanager
def undone() -> Iterator[None]:
    """What is written meanwhile never was, so that one thing serves every role."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, operation: Operation, path: str, query: Any, body: Any) -> str:
    request: dict[str, Any] = {"content_type": "application/json"}
    if operation.is_read:
        request = {"query_params": query}
    elif isinstance(body, Upload):
        parts = {name: SimpleUploadedFile(*part) for name, part in body.files.items()}
        request = {"data": parts, "query_params": body.query}
    elif body is not None:
        request["data"] = body if isinstance(body, bytes) else json.dumps(body)
    answer = getattr(client, operation.method)(path, **request)
    assert_described(operation.path, operation.method, answer)
    code = "" if answer.status_code < 400 else " " + answer.json()["code"]
    return f"{answer.status_code}{code}"


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert set(ROWS) == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_who_may_do_what(world: World, no_worker: None, name: str) -> None:
    row, operation = ROWS[name], OPERATIONS[name]
    path = operation.path.format(**row.path(world))
    body = row.body(world)
    query = query_of(row, world)
    world.add_owner()
    got = {}
    for role in ROLES:
        forget_requests()
        with undone():
            got[role] = ask(client_in(role, world), operation, path, query, body)
    assert got == {role: expected(row, role, operation) for role in ROLES}


def test_the_rows_tell_roles_apart() -> None:
    """A table in which everybody may do everything would test nothing."""
    writes = [ROWS[name] for name, operation in OPERATIONS.items() if not operation.is_read]
    assert sum(row.visitor == SIGN_IN for row in writes) >= len(writes) - 2
    # What concerns nobody but the asker: their own account, and three questions about a draft.
    assert sum(row.stranger in (FORBIDDEN, ABSENT) for row in writes) >= len(writes) - 11
    refused = [
        (name, role)
        for name, operation in OPERATIONS.items()
        for role in StaffRole.values
        if not operation.is_read and expected(ROWS[name], role, operation) == FORBIDDEN
    ]
    assert len({role for _, role in refused}) == len(StaffRole.values)
