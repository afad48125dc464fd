"""Talent cards."""

from collections.abc import Callable
from typing import Any

from tests.api.role_rows.base import (
    ABSENT,
    FORBIDDEN,
    SIGN_IN,
    Row,
    constant,
    everybody,
    in_name_of_firm,
)
from tests.api.world import World, card_content


def card(status: str, name: str = "card_id") -> Callable[[World], dict[str, Any]]:
    return lambda world: {name: world.card(status).pk}


EDIT_HEADLINE = constant({"version": 1, "content": {"headline": "新简介"}})

ROWS: dict[str, Row] = {
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
