"""Every operation of the API, asked by a visitor, a stranger, a member and staff.

The operations come from the committed description: a new one without a row here fails.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.management.commands.export_openapi import PATH
from tests.api.world import World, card_content, client_of, instrument_content

ROLES = ("visitor", "stranger", "member", "staff")
SIGN_IN = "401 not_authenticated"
FORBIDDEN = "403 not_allowed"
ABSENT = "404 not_found"


@dataclass(frozen=True)
class Row:
    """What each role gets for one operation on something of the member's firm."""

    visitor: str
    stranger: str
    member: str
    staff: str
    path: Callable[[World], dict[str, Any]] = lambda world: {}
    """Makes what the operation is about and names it for the path."""
    body: Callable[[World], Any] = lambda world: None
    query: dict[str, str] = field(default_factory=dict)


def everybody(status: str = "200", **more: Any) -> Row:
    return Row(status, status, status, status, **more)


def listing(kind: str, status: str, **extra: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"listing_id": getattr(world, kind)(status).pk, **extra}


def revision(kind: str, **changes: Any) -> Callable[[World], dict[str, Any]]:
    def make(world: World) -> dict[str, Any]:
        entry = getattr(world, kind)("published")
        return {"listing_id": entry.pk, "number": world.revise(entry, **changes)}

    return make


def in_name_of_firm(content: Callable[[], dict[str, Any]]) -> Callable[[World], Any]:
    return lambda world: {"organisation_id": str(world.firm.pk), "content": content()}


def constant(body: Any) -> Callable[[World], Any]:
    return lambda world: body


def listing_rows(kind: str, plural: str) -> dict[str, Row]:
    """Drafts and what is submitted are the firm's own; staff review what was handed in."""
    text = "problem" if kind == "need" else "description"
    edit = constant({"version": 1, "content": {"title": "新标题"}})
    waiting = revision(kind, **{text: "改过的正文"})
    return {
        f"list_{plural}": everybody(),
        f"create_{kind}": Row(
            SIGN_IN, FORBIDDEN, "201", FORBIDDEN, body=in_name_of_firm(lambda: {"title": "x"})
        ),
        f"get_{kind}": Row(ABSENT, ABSENT, "200", "200", path=listing(kind, "submitted")),
        f"edit_{kind}": Row(SIGN_IN, ABSENT, "200", ABSENT, path=listing(kind, "draft"), body=edit),
        f"discard_{kind}": Row(SIGN_IN, ABSENT, "204", ABSENT, path=listing(kind, "draft")),
        f"submit_{kind}": Row(SIGN_IN, ABSENT, "200", ABSENT, path=listing(kind, "draft")),
        f"return_{kind}": Row(
            SIGN_IN,
            ABSENT,
            FORBIDDEN,
            "200",
            path=listing(kind, "submitted"),
            body=constant({"edits": [{"field": text, "advice": "写具体些"}], "note": "x"}),
        ),
        f"hold_{kind}": Row(
            SIGN_IN,
            ABSENT,
            FORBIDDEN,
            "200",
            path=listing(kind, "submitted"),
            body=constant({"note": "x"}),
        ),
        f"publish_{kind}": Row(SIGN_IN, ABSENT, FORBIDDEN, "200", path=listing(kind, "submitted")),
        f"close_{kind}": Row(
            SIGN_IN,
            FORBIDDEN,
            "200",
            "200",
            path=listing(kind, "published"),
            body=constant({"reason": "withdrawn"}),
        ),
        f"list_{kind}_revisions": Row(
            SIGN_IN, ABSENT, "200", "200", path=listing(kind, "published")
        ),
        f"approve_{kind}_revision": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=waiting),
        f"reject_{kind}_revision": Row(
            SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=waiting, body=constant({"note": "x"})
        ),
        f"acknowledge_{kind}_revision": Row(
            SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=revision(kind, contact_name="新联系人")
        ),
        f"list_{kind}_history": Row(SIGN_IN, ABSENT, "200", "200", path=listing(kind, "submitted")),
        f"list_{kind}_suggestions": Row(
            ABSENT,
            ABSENT,
            "200",
            "200",
            path=lambda world: {"entry_id": getattr(world, kind)("submitted").pk},
        ),
    }


def instrument(status: str, name: str = "instrument_id") -> Callable[[World], dict[str, Any]]:
    return lambda world: {name: world.instrument(status).pk}


def card(status: str, name: str = "card_id") -> Callable[[World], dict[str, Any]]:
    return lambda world: {name: world.card(status).pk}


def booking(world: World) -> dict[str, Any]:
    return {"booking_id": world.booking().pk}


EDIT_NAME = constant({"version": 1, "content": {"name": "新名称"}})
EDIT_HEADLINE = constant({"version": 1, "content": {"headline": "新简介"}})

ROWS: dict[str, Row] = {
    "get_health": everybody(),
    "get_session": everybody(),
    "log_in": everybody(
        "401 wrong_credentials", body=constant({"username": "nobody", "password": "x"})
    ),
    "log_out": Row(SIGN_IN, "204", "204", "204"),
    "list_tokens": Row(SIGN_IN, "200", "200", "200"),
    "create_token": Row(SIGN_IN, "201", "201", "201", body=constant({"name": "x"})),
    "revoke_token": Row(
        SIGN_IN, ABSENT, "204", ABSENT, path=lambda world: {"token_id": world.token().pk}
    ),
    "get_vocabularies": everybody(),
    "get_figures": everybody(),
    "list_organisations": everybody(),
    "get_organisation": everybody(path=lambda world: {"organisation_id": world.firm.pk}),
    **listing_rows("need", "needs"),
    **listing_rows("capability", "capabilities"),
    "get_review_queue": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200"),
    "search_entries": everybody(query={"q": "铜"}),
    "list_instruments": everybody(),
    "create_instrument": Row(
        SIGN_IN, FORBIDDEN, "201", "201", body=in_name_of_firm(instrument_content)
    ),
    "get_instrument": Row(ABSENT, ABSENT, "200", "200", path=instrument("draft")),
    "edit_instrument": Row(SIGN_IN, ABSENT, "200", "200", path=instrument("draft"), body=EDIT_NAME),
    "publish_instrument": Row(SIGN_IN, ABSENT, "200", "200", path=instrument("draft")),
    "close_instrument": Row(SIGN_IN, FORBIDDEN, "200", "200", path=instrument("published")),
    "get_instrument_calendar": Row(ABSENT, ABSENT, "200", "200", path=instrument("draft")),
    "list_instrument_suggestions": Row(
        ABSENT, ABSENT, "200", "200", path=instrument("draft", "entry_id")
    ),
    "book_instrument": Row(
        SIGN_IN,
        FORBIDDEN,  # in the name of the member's firm
        "201",
        "201",
        path=instrument("published"),
        body=lambda world: {"organisation_id": str(world.firm.pk), **world.slot_as_json()},
    ),
    "list_bookings": Row(SIGN_IN, "200", "200", "200"),
    "get_booking": Row(SIGN_IN, ABSENT, "200", "200", path=booking),
    "cancel_booking": Row(
        SIGN_IN, ABSENT, "200", "200", path=booking, body=constant({"reason": "x"})
    ),
    "list_talent_cards": everybody(),
    "create_talent_card": Row(SIGN_IN, FORBIDDEN, "201", "201", body=in_name_of_firm(card_content)),
    "get_talent_card": Row(ABSENT, ABSENT, "200", "200", path=card("draft")),
    "edit_talent_card": Row(SIGN_IN, ABSENT, "200", "200", path=card("draft"), body=EDIT_HEADLINE),
    "publish_talent_card": Row(SIGN_IN, ABSENT, "200", "200", path=card("draft")),
    "withdraw_talent_card": Row(SIGN_IN, FORBIDDEN, "200", "200", path=card("published")),
    "list_talent_card_suggestions": Row(
        ABSENT, ABSENT, "200", "200", path=card("draft", "entry_id")
    ),
}


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
    assert sum(row.visitor == SIGN_IN for row in writes) >= len(writes) - 1
    assert sum(row.stranger in (FORBIDDEN, ABSENT) for row in writes) >= len(writes) - 4
