"""The last gap map as the web reads it, and how the next one is coming along."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from matching.gaps.services import latest
from matching.models import GapMap, Item
from park.accounts.actors import Actor
from park.core.errors import NotAllowed
from park.organisations.queries import is_staff


@dataclass(frozen=True, slots=True)
class Run:
    """The newest map when it is not done: under way, or failed."""

    status: str
    groups_done: int
    groups_total: int
    error_code: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class GapMapView:
    made_at: datetime | None
    """None: there is no map yet."""
    content: dict[str, Any]
    compared_with: datetime | None
    """When the map before was made, which this one's new and closed gaps refer to."""
    run: Run | None


def still_published(keys: Iterable[tuple[str, UUID]]) -> set[tuple[str, UUID]]:
    """Those of the entries that can still be matched: what was closed since is no gap any more."""
    wanted = set(keys)
    rows = Item.objects.filter(object_id__in={one for _, one in wanted}, is_searchable=True)
    return wanted & set(rows.values_list("kind", "object_id"))


def read_gap_map(*, actor: Actor) -> GapMapView:
    """For park staff of any role: it names whose offers nobody asks for and what the park lacks,
    which is for those who bring firms here, not for their competitors. Raises not_allowed."""
    if not is_staff(actor):
        raise NotAllowed("gap_map")
    found = latest()
    newest = GapMap.objects.order_by("-requested_at", "-id").first()
    run = None
    if newest is not None and newest.made_at is None:
        run = Run(
            newest.status,
            newest.groups_done,
            newest.groups_total,
            newest.error_code,
            newest.requested_at,
        )
    if found is None:
        return GapMapView(None, {"chains": [], "closed": []}, None, run)
    before = (
        GapMap.objects.filter(made_at__lt=found.made_at)
        .order_by("-made_at")
        .values_list("made_at", flat=True)
        .first()
    )
    return GapMapView(found.made_at, found.content, before, run)
