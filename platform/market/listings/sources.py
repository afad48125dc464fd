"""What of a published entry can be matched: its passages by field and level, indicators, facets."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from market.listings.content import (
    FIELDS,
    LAST_DAY,
    MATURITY,
    MONEY_PAIRS,
    FieldShape,
    level_of,
)
from market.listings.kinds import Comparator, ListingKind
from market.listings.models import LISTING_MODELS, Capability, Indicator, Need
from market.listings.states import Status
from matching import sources
from matching.sources import Facets, IndicatorLine, Passage, Side, SourceItem
from park.core.levels import Level

# What says something about the matter itself; contact data is never matched.
PASSAGE_FIELDS = {
    ListingKind.NEED: (
        "title", "problem", "goals", "keywords", "solver_conditions", "benchmark", "prospects",
    ),
    ListingKind.CAPABILITY: (
        "title", "description", "innovation", "applications", "keywords", "capacity_now",
        "ip_status",
    ),
}  # fmt: skip
COMPARATORS: dict[str, str] = {"approx": "about", "text": ""}
"""Where matching's word for a comparator is another than ours."""


class ListingSource:
    """The door between one of the two lists and matching."""

    def __init__(self, listing_kind: ListingKind, side: Side) -> None:
        self.listing_kind = listing_kind
        self._side = side

    @property
    def kind(self) -> str:
        return self.listing_kind.value

    @property
    def side(self) -> Side:
        return self._side

    def load(self, object_ids: Iterable[UUID]) -> list[SourceItem]:
        """The entries that exist; what is not published or has expired is not searchable."""
        rows = LISTING_MODELS[self.listing_kind].objects.filter(pk__in=list(object_ids))
        return [self._item(row) for row in rows.prefetch_related("indicators")]

    def all_ids(self) -> Iterable[UUID]:
        rows = LISTING_MODELS[self.listing_kind].objects.current(timezone.localdate())
        return rows.order_by("id").values_list("id", flat=True).iterator(chunk_size=2000)

    def _item(self, listing: Need | Capability) -> SourceItem:
        searchable = listing.status == Status.PUBLISHED and not listing.is_expired(
            timezone.localdate()
        )
        lines = list(listing.indicators.all()) if searchable else []
        level = level_of(self.listing_kind, "indicators", listing.field_levels)
        return SourceItem(
            kind=self.kind,
            side=self.side,
            object_id=listing.pk,
            title=listing.title,
            updated_at=listing.updated_at,
            organisation_id=listing.organisation_id,
            is_searchable=searchable,
            passages=_passages(listing, lines) if searchable else (),
            indicators=[_line(row, position, level) for position, row in enumerate(lines)],
            facets=_facets(listing),
        )


def item_of_draft(listing: Need | Capability, lines: list[Indicator]) -> SourceItem:
    """An entry as matching would see it if it were published as it stands, saved or not."""
    kind = listing.listing_kind
    level = level_of(kind, "indicators", listing.field_levels)
    return SourceItem(
        kind=kind.value,
        side=Side.NEED if kind is ListingKind.NEED else Side.OFFER,
        object_id=listing.pk,
        title=listing.title,
        updated_at=listing.updated_at,
        organisation_id=listing.organisation_id,
        passages=_passages(listing, lines),
        indicators=[_line(row, position, level) for position, row in enumerate(lines)],
    )


def _passages(listing: Need | Capability, lines: list[Indicator]) -> list[Passage]:
    kind = listing.listing_kind
    found = []
    for name in PASSAGE_FIELDS[kind]:
        level = level_of(kind, name, listing.field_levels)
        text = getattr(listing, name)
        if FIELDS[kind][name].shape is FieldShape.WORDS:
            text = "、".join(text)
        if text:
            found.append(Passage(name, level, text))
    level = level_of(kind, "indicators", listing.field_levels)
    found += [
        Passage("indicator", level, indicator_text(row), position)
        for position, row in enumerate(lines)
        if indicator_text(row)
    ]
    return found


def _line(row: Indicator, position: int, level: Level) -> IndicatorLine:
    return IndicatorLine(
        name=row.name,
        text=indicator_text(row),
        level=level,
        ordinal=position,
        comparator=COMPARATORS.get(str(row.comparator), str(row.comparator)),
        value=_decimal(row.value),
        value_max=_decimal(row.value_max),
        unit=row.unit,
        must=row.is_must,
    )


def indicator_text(row: Indicator) -> str:
    """The line as a person would read it: its own sentence, or "纯度 ≥ 99.9999 %" made from it."""
    numbers = [_digits(value) for value in (row.value, row.value_max) if value is not None]
    if row.name in row.text and all(number in row.text for number in numbers):
        return row.text  # says it all: what is made from the fields would only repeat it
    parts = [row.name]
    if row.comparator == Comparator.RANGE and len(numbers) == 2:
        parts.append(f"{numbers[0]}~{numbers[1]} {row.unit}".strip())
    elif row.comparator != Comparator.TEXT and row.value is not None:
        sign = Comparator(row.comparator).label
        parts.append(f"{sign} {numbers[0]} {row.unit}".strip())
    if row.text and row.text.replace(" ", "") not in "".join(parts).replace(" ", ""):
        parts.append(row.text)
    return " ".join(part for part in parts if part)


def _digits(value: float | None) -> str:
    """Without the exponent that a reader would stumble over."""
    return "" if value is None else format(_decimal(value) or Decimal(0), "f").removesuffix(".0")


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _facets(listing: Any) -> Facets:
    """Facets carry no level, so only what is public goes into them; the rest stays unknown."""
    kind = listing.listing_kind

    def public(name: str) -> Any:
        level = level_of(kind, name, listing.field_levels)
        return getattr(listing, name) if level is Level.PUBLIC else None

    low, high = MONEY_PAIRS[kind]
    return Facets(
        sub_kind=listing.kind,
        chains=(listing.chain,) if listing.chain else (),
        key_areas=tuple(public("key_areas") or ()),
        region=public("region") or "",
        budget_min=public(low),
        budget_max=public(high),
        maturity=public(MATURITY[kind]),
        # When it ends is not shown by this; that it ended is plain to see.
        expires_on=getattr(listing, LAST_DAY[kind]),
    )


def register() -> None:
    sources.register(ListingSource(ListingKind.NEED, Side.NEED))
    sources.register(ListingSource(ListingKind.CAPABILITY, Side.OFFER))
