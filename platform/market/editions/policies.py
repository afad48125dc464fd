"""Who may run rounds and issue editions. Whether the state allows the move is for `states`."""

from market.editions.models import CollectionRound, Edition
from market.editions.states import (
    EditionAction,
    RoundAction,
    next_edition_status,
    next_round_status,
)
from market.listings.policies import can_review
from park.accounts.actors import Actor


def can_keep_editions(actor: Actor) -> bool:
    """Moderators and administrators: who decides what is published also prints it."""
    return can_review(actor)


def allowed_round_actions(actor: Actor, round_: CollectionRound) -> list[RoundAction]:
    """What the actor could do with it right now; unfreezing happens by discarding the draft."""
    if not can_keep_editions(actor):
        return []
    return [
        action
        for action in RoundAction
        if action is not RoundAction.UNFREEZE and next_round_status(round_.status, action)
    ]


def allowed_edition_actions(actor: Actor, edition: Edition) -> list[EditionAction]:
    if not can_keep_editions(actor):
        return []
    return [action for action in EditionAction if next_edition_status(edition.status, action)]
