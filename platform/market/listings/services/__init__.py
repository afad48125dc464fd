"""Every write to needs and capabilities, one function a use case.

`drafting` makes, edits and discards; `reviewing` moves an entry through its states; `revising`
decides on changes of what is published; `steps` is what they share.
"""

from market.listings.services.drafting import create_listing, discard_listing, edit_listing
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
    "acknowledge_revision",
    "approve_revision",
    "close_listing",
    "create_listing",
    "discard_listing",
    "edit_listing",
    "hold_listing",
    "publish_listing",
    "reject_revision",
    "return_listing",
    "submit_listing",
]
