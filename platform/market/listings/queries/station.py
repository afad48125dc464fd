"""A station's queue: what it collected, and published needs of its chains that nobody collected."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.utils import timezone

from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS, Need
from market.listings.states import Status
from park.accounts.actors import Actor
from park.accounts.models import StaffRole
from park.core import text_rules
from park.core.errors import NotFound
from park.core.pages import MAX_LIMIT, Page, decode_time_cursor, encode_cursor
from park.core.text_rules import Problems
from park.organisations.kinds import COLLECTING_KINDS
from park.organisations.models import Organisation
from park.organisations.queries import get_organisation, standing_of

COLLECTED, OPEN = "collected", "open"
ORIGINS = (COLLECTED, OPEN)
COLUMNS = (
    "queue_kind", "id", "title", "firm_id", "firm_name", "firm_short_name", "origin", "status",
    "chain", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StationEntry:
    """A line of a station's queue."""

    listing_kind: ListingKind
    id: UUID
    title: str
    organisation_id: UUID
    organisation_name: str
    organisation_short_name: str
    origin: str
    """collected (by this station) or open (a published need that no station collected)."""
    status: str
    chain: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StationCounts:
    collected: int
    open: int
    by_status: dict[str, int]
    """Of what it collected."""


def station_queue(
    *,
    actor: Actor,
    station_id: UUID,
    origin: str = "",
    status: str = "",
    chain: str = "",
    cursor: str | None = None,
    limit: int = 20,
) -> Page[StationEntry]:
    """Latest change first, one query besides the station's. For its members and brokers.

    Raises NotFound for all others and for what is no station, invalid_input, invalid_cursor.
    """
    station = _station(actor, station_id)
    problems = Problems()
    text_rules.choice(origin, "origin", problems, choices=ORIGINS)
    text_rules.choice(status, "status", problems, choices=Status.values)
    text_rules.text(chain, "chain", problems, limit=60)
    problems.raise_if_any()
    limit = max(1, min(limit, MAX_LIMIT))
    purpose = f"station:{station.pk}"
    before = decode_time_cursor(purpose, cursor) if cursor else None
    parts = []
    for rows in _parts(actor, station, origin):
        if status:
            rows = rows.filter(status=status)
        if chain:
            rows = rows.filter(chain=chain)
        if before is not None:
            earlier = Q(updated_at=before[0], pk__lt=before[1])
            rows = rows.filter(earlier | Q(updated_at__lt=before[0]))
        parts.append(rows.order_by("-updated_at", "-id").values_list(*COLUMNS)[: limit + 1])
    rows = parts[0]
    if len(parts) > 1:
        rows = rows.union(*parts[1:], all=True).order_by("-updated_at", "-id")[: limit + 1]
    found = list(rows)
    shown = found[:limit]
    return Page(
        [StationEntry(ListingKind(row[0]), *row[1:]) for row in shown],
        encode_cursor(purpose, shown[-1][9], shown[-1][1]) if len(found) > limit else None,
    )


def station_counts(*, actor: Actor, station_id: UUID) -> StationCounts:
    """Raises NotFound as `station_queue` does."""
    station = _station(actor, station_id)
    by_status: dict[str, int] = {}
    for kind in ListingKind:
        rows = _collected(actor, station, kind).order_by().values("status")
        for row in rows.annotate(rows=Count("id")):
            by_status[row["status"]] = by_status.get(row["status"], 0) + row["rows"]
    return StationCounts(
        collected=sum(by_status.values()), open=_open(station).count(), by_status=by_status
    )


def _station(actor: Actor, station_id: UUID) -> Organisation:
    station = get_organisation(actor, station_id)
    standing = standing_of(actor)
    if station.kind not in COLLECTING_KINDS or not (
        standing.belongs_to(station.pk) or standing.has_role(StaffRole.BROKER)
    ):
        raise NotFound("station")
    return station


def _parts(actor: Actor, station: Organisation, origin: str) -> list["QuerySet[Any]"]:
    parts: list[QuerySet[Any]] = []
    if origin in ("", COLLECTED):
        parts += [
            _annotated(_collected(actor, station, kind), kind, COLLECTED) for kind in ListingKind
        ]
    if origin in ("", OPEN):
        parts.append(_annotated(_open(station), ListingKind.NEED, OPEN))
    return parts


def _collected(actor: Actor, station: Organisation, kind: ListingKind) -> "QuerySet[Any]":
    """In all states; `visible_to` keeps drafts from a broker who is not of the station."""
    return LISTING_MODELS[kind].objects.visible_to(actor).filter(station=station)


def _open(station: Organisation) -> "QuerySet[Any]":
    """Published and not past: what everybody may see, of the station's own chains."""
    rows = Need.objects.current(timezone.localdate())
    return rows.filter(station__isnull=True, chain__in=station.chains)


def _annotated(rows: "QuerySet[Any]", kind: ListingKind, origin: str) -> "QuerySet[Any]":
    return rows.annotate(
        queue_kind=Value(kind.value, CharField()),
        firm_name=F("organisation__name"),
        firm_short_name=F("organisation__short_name"),
        firm_id=F("organisation_id"),
        origin=Value(origin, CharField()),
    )
