"""What people say of suggestions. The lists are with their nouns."""

from typing import Any

from tests.api.role_rows.base import ABSENT, FORBIDDEN, READERS, SIGN_IN, Row, constant
from tests.api.world import World
from tests.factories.matching import item_of, suggest


def suggestion(world: World) -> dict[str, Any]:
    """Of the firm's own need."""
    need = item_of("need", world.need("published").pk)
    offer = item_of("capability", world.capability("published").pk)
    return {"suggestion_id": suggest(need, offer).pk}


ROWS: dict[str, Row] = {
    "give_suggestion_feedback": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=suggestion,
        body=constant({"is_useful": True, "reason": "fits"}),
        only_for=READERS,
        other_staff=ABSENT,
    ),
    "take_back_suggestion_feedback": Row(
        SIGN_IN, ABSENT, "204", "204", path=suggestion, only_for=READERS, other_staff=ABSENT
    ),
    "export_suggestion_feedback": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200", only_for=READERS),
}
