"""Every read of rounds and editions; what a viewer may not see is not in the answer."""

from market.editions.queries.editions import (
    ComparisonView,
    EditionView,
    FileView,
    compare_editions,
    file_content,
    get_edition,
    list_editions,
    list_entries,
    outdated_entries,
)
from market.editions.queries.rounds import (
    RoundEntryView,
    RoundView,
    get_round,
    list_round_entries,
    list_rounds,
    listings_of_round,
)

__all__ = [
    "ComparisonView",
    "EditionView",
    "FileView",
    "RoundEntryView",
    "RoundView",
    "compare_editions",
    "file_content",
    "get_edition",
    "get_round",
    "list_editions",
    "list_entries",
    "list_round_entries",
    "list_rounds",
    "listings_of_round",
    "outdated_entries",
]
