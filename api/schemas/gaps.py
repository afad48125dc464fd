"""The gap map (招商图谱) of the park."""

from datetime import datetime
from typing import Literal

from api.schemas.base import Output
from api.schemas.matching import SuggestedEntry


class GapEntry(Output):
    """An entry without a good counterpart."""

    entry: SuggestedEntry
    band: Literal["possible"] | None
    """Of the best counterpart; null: nothing comes near it."""
    best: SuggestedEntry | None
    violated: list[str]
    """Musts that the best counterpart does not meet."""
    is_new: bool
    """No gap yet in the map before."""


class GapCluster(Output):
    words: list[str]
    """The strongest that the titles share; none for a single entry."""
    count: int
    entries: list[GapEntry]
    """The first twenty; an export has all."""


class GapChain(Output):
    chain: str
    """Blank: entries that name no industry chain."""
    needs: int
    capabilities: int
    """All that are published, with or without a counterpart."""
    unanswered_count: int
    unasked_count: int
    unanswered: list[GapCluster]
    """Needs, in clusters; the largest first."""
    unasked: list[GapCluster]


class GapRun(Output):
    status: Literal["requested", "running", "failed"]
    groups_done: int
    groups_total: int
    error_code: str
    requested_at: datetime


class GapMapAnswer(Output):
    made_at: datetime | None
    """Null: no map has been made yet."""
    compared_with: datetime | None
    """When the map before was made; null: there is none to compare with."""
    chains: list[GapChain]
    closed: list[SuggestedEntry]
    """Gaps of the map before that are none any more and whose entries are still published."""
    withdrawn_count: int
    """Gaps of the map before whose entries are gone."""
    run: GapRun | None
    """The next map while it is made, or why it failed."""
