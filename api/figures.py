"""How much the park has on offer, counted over every noun."""

from equipment.queries import count_instruments
from market.listings import queries as listings
from matching.queries import count_suggestions
from park.organisations.queries import count_organisations
from talent.queries import count_cards


def count_published() -> dict[str, int]:
    return {
        **listings.figures(),
        "instruments": count_instruments(),
        "people": count_cards(),
        "organisations": count_organisations(),
        "suggestions": count_suggestions(),
    }
