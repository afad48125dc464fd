"""What an author asks while writing: similar entries, and what if an indicator asked for less."""

from typing import Literal
from uuid import UUID

from api.schemas.base import Input, OrganisationRef, Output
from api.schemas.listings import CapabilityContentIn, NeedContentIn


class NeedDraft(Input):
    """A need as it stands in the form; it need not be saved, nor whole."""

    id: UUID | None = None
    """Of the entry that is being edited, so that it is not compared with itself."""
    content: NeedContentIn


class CapabilityDraft(Input):
    id: UUID | None = None
    content: CapabilityContentIn


class SimilarListing(Output):
    id: UUID
    listing_kind: Literal["need", "capability"]
    title: str
    summary: str | None
    organisation: OrganisationRef
    status: str
    is_expired: bool
    is_example: bool
    is_own: bool
    """Of an organisation of the reader."""
    closeness: Literal["copy", "similar"]
    """`copy`: nearly the same words."""


class SimilarAnswer(Output):
    mode: Literal["meaning", "words"]
    """`words` when no worker answered in time."""
    items: list[SimilarListing]


class WhatIfDraft(Input):
    organisation_id: UUID | None = None
    """In whose name it is written: its own capabilities are not counted."""
    content: NeedContentIn


class WhatIfStep(Output):
    value: float
    value_max: float | None
    count: int
    """Capabilities that would meet the indicator with this value."""


class WhatIfIndicator(Output):
    position: int
    """In the draft's list."""
    met: int
    """Capabilities that meet it as it stands."""
    speaking: int
    """Capabilities that say anything comparable of it."""
    steps: list[WhatIfStep]
    """In the order of their values; at each the count changes."""


class WhatIf(Output):
    mode: Literal["meaning", "words"]
    offers: int
    """Capabilities about the matter, whatever they say of the indicators."""
    indicators: list[WhatIfIndicator]
    """Those with a number."""
