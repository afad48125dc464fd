"""Kits and consortia of a need, what if, and the gap map."""

from typing import Any

from tests.api.role_rows.base import ABSENT, FORBIDDEN, READERS, SIGN_IN, STAFF, Row, constant
from tests.api.world import World


def submitted(world: World) -> dict[str, Any]:
    return {"need_id": world.need("submitted").pk}


# Whoever sees the need sees what it takes.
SEEN = Row(ABSENT, ABSENT, "200", "200", path=submitted, only_for=READERS, other_staff=ABSENT)

ROWS: dict[str, Row] = {
    "get_need_kit": SEEN,
    "export_need_kit": SEEN,
    "get_need_consortium": SEEN,
    # For those who bring firms to the park, in whatever role; making one anew writes no entry.
    "get_gap_map": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200"),
    "export_gap_map": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200"),
    "request_gap_map": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "202", only_for=STAFF),
    "ask_what_if": Row(SIGN_IN, "200", "200", "200", body=constant({"content": {"title": "脱砷"}})),
}
