"""The transition table, whole: every state with every action."""

import pytest

from market.listings.states import Action, Status, next_status

MOVES = {
    ("draft", "edit"): "draft",
    ("draft", "submit"): "submitted",
    ("draft", "discard"): "draft",
    ("submitted", "return"): "returned",
    ("submitted", "hold"): "held",
    ("submitted", "publish"): "published",
    ("submitted", "close"): "closed",
    ("returned", "edit"): "returned",
    ("returned", "submit"): "submitted",
    ("returned", "close"): "closed",
    ("held", "edit"): "held",
    ("held", "submit"): "submitted",
    ("held", "return"): "returned",
    ("held", "publish"): "published",
    ("held", "close"): "closed",
    ("published", "edit"): "published",
    ("published", "close"): "closed",
}


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("status", list(Status))
def test_only_the_listed_moves_exist(status: Status, action: Action) -> None:
    assert next_status(status, action) == MOVES.get((status.value, action.value))


def test_closed_is_the_end() -> None:
    assert not [action for action in Action if next_status(Status.CLOSED, action)]
