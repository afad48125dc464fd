"""Kits and consortia of a need, and what if."""

from typing import Any

from tests.api.role_rows.base import ABSENT, READERS, SIGN_IN, Row, constant
from tests.api.world import World


def submitted(world: World) -> dict[str, Any]:
    return {"need_id": world.need("submitted").pk}


# Whoever sees the need sees what it takes.
SEEN = Row(ABSENT, ABSENT, "200", "200", path=submitted, only_for=READERS, other_staff=ABSENT)

ROWS: dict[str, Row] = {
    "get_need_kit": SEEN,
    "export_need_kit": SEEN,
    "get_need_consortium": SEEN,
    "ask_what_if": Row(SIGN_IN, "200", "200", "200", body=constant({"content": {"title": "脱砷"}})),
}
