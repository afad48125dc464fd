"""Every read of needs and capabilities; what a viewer may not see is not in the answer.

`entries` reads one entry, `lists` many, `drafts` what an author is told while writing, `review`
what staff and owners look back on, `station` the queue of a liaison station.
"""

from market.listings.queries.drafts import (
    SimilarListing,
    SimilarListings,
    ask_what_if,
    find_similar,
)
from market.listings.queries.entries import (
    ListingView,
    PendingView,
    get_listing,
    view_of,
)
from market.listings.queries.lists import (
    ListingCard,
    ListingFilters,
    cards_by_id,
    count_current,
    figures,
    list_listings,
    rows_to_list,
)
from market.listings.queries.review import (
    QueueEntry,
    list_history,
    list_revisions,
    review_queue,
    walk_review_queue,
)
from market.listings.queries.station import (
    StationCounts,
    StationEntry,
    station_counts,
    station_queue,
)

__all__ = [
    "ListingCard",
    "ListingFilters",
    "ListingView",
    "PendingView",
    "QueueEntry",
    "SimilarListing",
    "SimilarListings",
    "StationCounts",
    "StationEntry",
    "ask_what_if",
    "cards_by_id",
    "count_current",
    "figures",
    "find_similar",
    "get_listing",
    "list_history",
    "list_listings",
    "list_revisions",
    "review_queue",
    "rows_to_list",
    "station_counts",
    "station_queue",
    "view_of",
    "walk_review_queue",
]
