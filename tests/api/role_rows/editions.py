"""Lists as files, collection rounds, numbered editions."""

from collections.abc import Callable
from typing import Any

from tests.api.role_rows.base import ABSENT, FORBIDDEN, REVIEWERS, SIGN_IN, Row, constant, everybody
from tests.api.world import World


def round_(status: str, **extra: Callable[[World], Any]) -> Callable[[World], dict[str, Any]]:
    def make(world: World) -> dict[str, Any]:
        made = {name: value(world) for name, value in extra.items()}
        return {"round_id": world.round(status).pk, **made}

    return make


def edition(status: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"edition_id": world.edition(status).pk}


def new_round(world: World) -> dict[str, Any]:
    content = world.round_content()
    for name in ("opens_at", "deadline"):
        content[name] = content[name].isoformat()
    return {"list_kind": "need", "content": content}


def new_edition(world: World) -> dict[str, Any]:
    world.need("published")
    return {"list_kind": "need"}


SEEN = constant({"version": 1})

ROWS: dict[str, Row] = {
    "export_needs": everybody(),
    "export_capabilities": everybody(),
    "export_instruments": everybody(),
    "export_talent_cards": everybody(),
    "export_organisations": everybody(),
    "export_search": everybody(query={"q": "铜"}),
    "export_bookings": Row(SIGN_IN, "200", "200", "200"),
    "export_review_queue": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200", only_for=REVIEWERS),
    "list_rounds": everybody(),
    "create_round": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "201", body=new_round, only_for=REVIEWERS),
    "get_round": Row(ABSENT, ABSENT, ABSENT, "200", path=round_("draft")),
    "edit_round": Row(
        SIGN_IN,
        FORBIDDEN,
        FORBIDDEN,
        "200",
        path=round_("open"),
        body=constant({"version": 2, "content": {"notice": "延期"}}),
        only_for=REVIEWERS,
    ),
    "discard_round": Row(SIGN_IN, ABSENT, ABSENT, "204", path=round_("draft"), only_for=REVIEWERS),
    "open_round": Row(SIGN_IN, ABSENT, ABSENT, "200", path=round_("draft"), only_for=REVIEWERS),
    "close_round": Row(
        SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=round_("open"), only_for=REVIEWERS
    ),
    "list_round_entries": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200", path=round_("open")),
    "choose_round_entry": Row(
        SIGN_IN,
        FORBIDDEN,
        "204",
        "204",
        path=round_("open", listing_id=lambda world: world.need("published").pk),
        body=constant({"is_included": True}),
        only_for=REVIEWERS,
    ),
    "list_editions": everybody(),
    "freeze_edition": Row(
        SIGN_IN, FORBIDDEN, FORBIDDEN, "201", body=new_edition, only_for=REVIEWERS
    ),
    "get_edition": Row(ABSENT, ABSENT, ABSENT, "200", path=edition("draft")),
    "list_edition_entries": Row(ABSENT, ABSENT, ABSENT, "200", path=edition("draft")),
    "get_edition_file": everybody(
        "409 edition_not_ready",
        path=lambda world: {"edition_id": world.edition("issued").pk, "form": "pdf"},
    ),
    "edit_edition": Row(
        SIGN_IN,
        ABSENT,
        ABSENT,
        "200",
        path=edition("draft"),
        body=constant({"version": 1, "content": {"note": "x"}}),
        only_for=REVIEWERS,
    ),
    "discard_edition": Row(
        SIGN_IN, ABSENT, ABSENT, "204", path=edition("draft"), only_for=REVIEWERS
    ),
    "arrange_edition": Row(
        SIGN_IN,
        ABSENT,
        ABSENT,
        "200",
        path=edition("draft"),
        body=constant({"version": 1, "entry_ids": []}),
        only_for=REVIEWERS,
    ),
    "refresh_edition": Row(
        SIGN_IN, ABSENT, ABSENT, "200", path=edition("draft"), body=SEEN, only_for=REVIEWERS
    ),
    "issue_edition": Row(
        SIGN_IN, ABSENT, ABSENT, "200", path=edition("draft"), body=SEEN, only_for=REVIEWERS
    ),
    "withdraw_edition": Row(
        SIGN_IN,
        FORBIDDEN,
        FORBIDDEN,
        "200",
        path=edition("issued"),
        body=constant({"reason": "有误"}),
        only_for=REVIEWERS,
    ),
    "compare_editions": everybody(
        "404 not_found",
        path=edition("issued"),
        query={"other_id": "00000000-0000-7000-8000-000000000000"},
    ),
    "export_comparison": everybody(
        "404 not_found",
        path=edition("issued"),
        query={"other_id": "00000000-0000-7000-8000-000000000000"},
    ),
}
