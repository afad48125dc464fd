"""What of the talent cards belongs to organisations, for a merge of two."""

from collections.abc import Sequence
from typing import Any

from park.core import outbox
from park.organisations import holdings
from park.organisations.holdings import Holding
from talent.models import TalentCard


def register() -> None:
    holdings.register(Holding("talent_cards", TalentCard, "organisation", _tell_matching))


def _tell_matching(ids: Sequence[Any]) -> None:
    """Whose a card is decides what of it a viewer's search may find."""
    for card_id in ids:
        outbox.publish("item.changed", kind="person", object_id=str(card_id))
