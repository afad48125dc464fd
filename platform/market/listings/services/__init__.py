"""Every write to needs and capabilities, one function a use case.

`drafting` makes, edits and discards; `reviewing` moves an entry through its states; `revising`
decides on changes of what is published; `importing` takes over whole lists; `steps` is what they
share.
"""

from market.listings.services.drafting import create_listing, discard_listing, edit_listing
from market.listings.services.importing import (
    ImportedEntry,
    create_imported_listings,
    publish_imported_listings,
    update_imported_listing,
)
from market.listings.services.reviewing import (
    close_listing,
    hold_listing,
    publish_listing,
    return_listing,
    submit_listing,
)
from market.listings.services.revising import (
    acknowledge_revision,
    approve_revision,
    reject_revision,
)

__all__ = [
    "ImportedEntry",
    "acknowledge_revision",
    "approve_revision",
    "close_listing",
    "create_imported_listings",
    "create_listing",
    "discard_listing",
    "edit_listing",
    "hold_listing",
    "publish_imported_listings",
    "publish_listing",
    "reject_revision",
    "return_listing",
    "submit_listing",
    "update_imported_listing",
]
