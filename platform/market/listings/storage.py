"""Turns an entry's rows into a content and back; the one place that knows the columns of both."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from market.listings.content import FIELDS, Content, FieldShape
from market.listings.models import Indicator, Listing

INDICATOR_COLUMNS = (
    "name", "comparator", "value", "value_max", "unit", "is_must", "text", "evidence",
)  # fmt: skip


def read_content(listing: Listing) -> Content:
    """The entry's content as stored in its columns; one query for indicators unless prefetched."""
    content: Content = {}
    for name, field in FIELDS[listing.listing_kind].items():
        if field.shape is FieldShape.INDICATORS:
            content[name] = [read_indicator(row) for row in indicators_of(listing)]
        else:
            content[name] = as_json(getattr(listing, name))
    return content


def indicators_of(listing: Any) -> list[Indicator]:
    return list(listing.indicators.all())


def read_indicator(row: Indicator) -> dict[str, Any]:
    return {column: as_json(getattr(row, column)) for column in INDICATOR_COLUMNS}


def as_json(value: Any) -> Any:
    """Dates as ISO text; numbers whole where they are, so that equal contents compare equal."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def write_content(listing: Listing, content: Content, changed: Sequence[str]) -> None:
    """Put the changed fields into the columns and save; indicators are replaced as a whole."""
    fields = FIELDS[listing.listing_kind]
    for name in changed:
        if fields[name].shape is not FieldShape.INDICATORS:
            setattr(listing, name, from_json(fields[name].shape, content[name]))
    listing.save()
    if "indicators" in changed:
        _replace_indicators(listing, content["indicators"])


def from_json(shape: FieldShape, value: Any) -> Any:
    """A value of a content as its column takes it."""
    if value is None:
        return None
    if shape is FieldShape.MONEY:
        return Decimal(repr(value))
    if shape is FieldShape.DATE:
        return date.fromisoformat(value)
    return value


def _replace_indicators(listing: Any, lines: list[dict[str, Any]]) -> None:
    listing.indicators.all().delete()
    Indicator.objects.bulk_create(
        Indicator(**{listing.listing_kind.value: listing}, position=position, **line)
        for position, line in enumerate(lines)
    )
    # A prefetched list would still be the old one.
    getattr(listing, "_prefetched_objects_cache", {}).pop("indicators", None)
