"""Which fields of an entry a viewer may see (pure): levels in, names out."""

from collections.abc import Mapping

from market.listings.content import FIELDS, Content, level_of
from market.listings.kinds import ListingKind
from park.core.levels import Level


def hidden_fields(kind: ListingKind, field_levels: Mapping[str, str]) -> list[str]:
    """The fields that only the owner and staff see, in form order.

    The level `matched` opens with an accepted introduction; none exists here, so it is hidden too.
    """
    return [
        name
        for name in FIELDS[kind]
        if name != "field_levels" and level_of(kind, name, field_levels) is not Level.PUBLIC
    ]


def without(content: Content, hidden: list[str]) -> Content:
    """The content as a stranger gets it: hidden fields null, whether they are filled or not."""
    return content | dict.fromkeys(hidden) | {"field_levels": {}}
