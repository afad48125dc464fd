"""Talent cards."""

from collections.abc import Callable
from typing import Any

from tests.api.role_rows.base import (
    ABSENT,
    FORBIDDEN,
    SIGN_IN,
    TALENT_OFFICERS,
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
    "create_talent_card": Row(
        SIGN_IN,
        FORBIDDEN,
        "201",
        "201",
        body=in_name_of_firm(card_content),
        only_for=TALENT_OFFICERS,
    ),
    "get_talent_card": Row(
        ABSENT,
        ABSENT,
        "200",
        "200",
        path=card("draft"),
        only_for=TALENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "edit_talent_card": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=card("draft"),
        body=EDIT_HEADLINE,
        only_for=TALENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "publish_talent_card": Row(
        SIGN_IN,
        ABSENT,
        "200",
        "200",
        path=card("draft"),
        only_for=TALENT_OFFICERS,
        other_staff=ABSENT,
    ),
    "withdraw_talent_card": Row(
        SIGN_IN, FORBIDDEN, "200", "200", path=card("published"), only_for=TALENT_OFFICERS
    ),
    "list_talent_card_suggestions": Row(
        ABSENT,
        ABSENT,
        "200",
        "200",
        path=card("draft", "entry_id"),
        only_for=TALENT_OFFICERS,
        other_staff=ABSENT,
    ),
}
