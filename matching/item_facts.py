"""What a stored item says beyond its text: facets, indicators, an offer's claims with numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from matching.indicators import Claim
from matching.models import Item
from matching.sources import Facets, IndicatorLine, Side
from park.core.levels import Level
from park.quantities import Comparator, Quantity


def facets_of(item: Item) -> Facets:
    return Facets(
        sub_kind=item.sub_kind,
        chains=tuple(item.chains),
        key_areas=tuple(item.key_areas),
        region=item.region,
        budget_min=item.budget_min,
        budget_max=item.budget_max,
        maturity=item.maturity,
        expires_on=item.expires_on,
    )


def indicators_of(item: Item) -> list[IndicatorLine]:
    """The public ones, of its forms and of its texts, with their numbers as read on saving."""
    lines = [indicator_from_json(row) for row in item.indicators]
    return [line for line in lines if line.level is Level.PUBLIC]


def claims_by_item(items: Sequence[Item]) -> dict[UUID, list[Claim]]:
    """What offers say with numbers, in public; nothing for needs."""
    offers = [item for item in items if item.side == Side.OFFER]
    return {item.pk: indicators_of(item) for item in offers}


def indicator_to_json(line: IndicatorLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "text": line.text,
        "level": line.level.value,
        "ordinal": line.ordinal,
        "comparator": line.comparator,
        "value": _digits(line.value),
        "value_max": _digits(line.value_max),
        "unit": line.unit,
        "must": line.must,
        "field": line.field,
        "start": line.start,
        "end": line.end,
        "quantity": _quantity_to_json(line.quantity),
    }


def indicator_from_json(row: Mapping[str, Any]) -> IndicatorLine:
    return IndicatorLine(
        name=row["name"],
        text=row["text"],
        level=Level(row["level"]),
        ordinal=row["ordinal"],
        comparator=row["comparator"],
        value=_decimal(row["value"]),
        value_max=_decimal(row["value_max"]),
        unit=row["unit"],
        must=row["must"],
        # Rows of before texts were read have none of these until their items are stored again.
        field=row.get("field", "indicator"),
        start=row.get("start", 0),
        end=row.get("end", 0),
        quantity=_quantity_from_json(row.get("quantity")),
    )


def _quantity_to_json(one: Quantity | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        **asdict(one),
        "low": _digits(one.low),
        "high": _digits(one.high),
        "comparator": one.comparator.value,
    }


def _quantity_from_json(row: Mapping[str, Any] | None) -> Quantity | None:
    if row is None:
        return None
    return Quantity(
        **{
            **row,
            "low": _decimal(row["low"]),
            "high": _decimal(row["high"]),
            "comparator": Comparator(row["comparator"]),
        }
    )


def _digits(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
