"""What a stored item says beyond its text: facets, indicators, an offer's claims with numbers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from matching.index.protocol import Role
from matching.indicators import Claim, claims_of
from matching.models import Item, Passage
from matching.sources import Facets, IndicatorLine, Side
from park.core.levels import Level


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
    """The public ones."""
    lines = [indicator_from_json(row) for row in item.indicators]
    return [line for line in lines if line.level is Level.PUBLIC]


def indicator_to_json(line: IndicatorLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "text": line.text,
        "level": line.level.value,
        "ordinal": line.ordinal,
        "comparator": line.comparator,
        "value": None if line.value is None else str(line.value),
        "value_max": None if line.value_max is None else str(line.value_max),
        "unit": line.unit,
        "must": line.must,
    }


def indicator_from_json(row: Mapping[str, Any]) -> IndicatorLine:
    return IndicatorLine(
        name=row["name"],
        text=row["text"],
        level=Level(row["level"]),
        ordinal=row["ordinal"],
        comparator=row["comparator"],
        value=None if row["value"] is None else Decimal(row["value"]),
        value_max=None if row["value_max"] is None else Decimal(row["value_max"]),
        unit=row["unit"],
        must=row["must"],
    )


def claims_by_item(items: Sequence[Item]) -> dict[UUID, list[Claim]]:
    """What offers say with numbers, in public; empty for needs."""
    offers = [item for item in items if item.side == Side.OFFER]
    sentences: dict[UUID, list[str]] = {}
    rows = Passage.objects.filter(item__in=offers, level=Level.PUBLIC, role=Role.SENTENCE)
    for item_id, text in (
        rows.exclude(field="indicator")
        .order_by("item_id", "ordinal")
        .values_list("item_id", "text")
    ):
        sentences.setdefault(item_id, []).append(text)
    return {item.pk: claims_of(indicators_of(item), sentences.get(item.pk, [])) for item in offers}
