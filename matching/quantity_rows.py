"""A quantity as it is stored with an item, and back. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from park.quantities import Comparator, Quantity


def quantity_to_json(one: Quantity | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        **asdict(one),
        "low": decimal_to_json(one.low),
        "high": decimal_to_json(one.high),
        "comparator": one.comparator.value,
    }


def quantity_from_json(row: Mapping[str, Any] | None) -> Quantity | None:
    if row is None:
        return None
    return Quantity(
        **{
            **row,
            "low": decimal_from_json(row["low"]),
            "high": decimal_from_json(row["high"]),
            "comparator": Comparator(row["comparator"]),
        }
    )


def decimal_to_json(value: Decimal | None) -> str | None:
    """Every digit: JSON's own numbers are binary."""
    return None if value is None else str(value)


def decimal_from_json(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
