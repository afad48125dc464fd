"""What a stored item says beyond its text: facets, indicators, an offer's claims with numbers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from matching.indicators import Claim
from matching.models import Item
from matching.quantity_rows import (
    decimal_from_json,
    decimal_to_json,
    quantity_from_json,
    quantity_to_json,
)
from matching.sources import Facets, IndicatorLine, Side
from matching.trade import TradeTerm
from park.core.levels import Level

FACT_COLUMNS = (
    "sub_kind",
    "chains",
    "key_areas",
    "region",
    "budget_min",
    "budget_max",
    "maturity",
    "indicators",
    "terms",
)


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
    # One item is compared with many: its rows are read once.
    held = item.__dict__.get("_indicator_lines")
    if held is None or held[0] is not item.indicators:
        lines = [indicator_from_json(row) for row in item.indicators]
        held = item.indicators, [line for line in lines if line.level is Level.PUBLIC]
        item.__dict__["_indicator_lines"] = held
    return list(held[1])


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
        "value": decimal_to_json(line.value),
        "value_max": decimal_to_json(line.value_max),
        "unit": line.unit,
        "must": line.must,
        "field": line.field,
        "start": line.start,
        "end": line.end,
        "quantity": quantity_to_json(line.quantity),
    }


def indicator_from_json(row: Mapping[str, Any]) -> IndicatorLine:
    return IndicatorLine(
        name=row["name"],
        text=row["text"],
        level=Level(row["level"]),
        ordinal=row["ordinal"],
        comparator=row["comparator"],
        value=decimal_from_json(row["value"]),
        value_max=decimal_from_json(row["value_max"]),
        unit=row["unit"],
        must=row["must"],
        # Rows of before texts were read have none of these until their items are stored again.
        field=row.get("field", "indicator"),
        start=row.get("start", 0),
        end=row.get("end", 0),
        quantity=quantity_from_json(row.get("quantity")),
    )


def terms_of(item: Item) -> list[TradeTerm]:
    return [TradeTerm.from_json(row) for row in item.terms]


def facts_digest(values: Mapping[str, Any]) -> str:
    """Of everything besides the texts that scores are made from; a replay compares it.

    `values`: the columns of an item by name.
    """
    plain = json.dumps(
        {name: values[name] for name in FACT_COLUMNS},
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        sort_keys=True,
    )
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
