"""What a fact on file looks like (pure): its type, whether it belongs to a year, its bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from park.core import text_rules
from park.core.text_rules import Problems
from park.organisations.kinds import FactKey

FIRST_YEAR = 1990
MONEY_LIMIT = Decimal("9999999999999.99")


class FactShape(StrEnum):
    COUNT = "count"
    MONEY = "money"
    """Yuan."""
    SCORE = "score"
    DAY = "day"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class FactSpec:
    key: FactKey
    shape: FactShape
    is_yearly: bool = False


def _all(shape: FactShape, *keys: FactKey, is_yearly: bool = False) -> Iterable[FactSpec]:
    return (FactSpec(key, shape, is_yearly) for key in keys)


SPECS: Mapping[FactKey, FactSpec] = {
    spec.key: spec
    for spec in (
        FactSpec(FactKey.FOUNDED_ON, FactShape.DAY),
        *_all(FactShape.COUNT, FactKey.EMPLOYEES, FactKey.RD_STAFF, is_yearly=True),
        *_all(
            FactShape.MONEY,
            FactKey.TOTAL_ASSETS,
            FactKey.REVENUE,
            FactKey.MAIN_REVENUE,
            FactKey.HIGH_TECH_REVENUE,
            FactKey.TOTAL_REVENUE,
            FactKey.RD_SPEND,
            is_yearly=True,
        ),
        *_all(FactShape.COUNT, FactKey.IP_CLASS_1, FactKey.IP_CLASS_2, FactKey.MARKET_YEARS),
        *_all(FactShape.SCORE, FactKey.TECH_SME_SCORE, FactKey.INNOVATION_SCORE, is_yearly=True),
        *_all(
            FactShape.FLAG,
            FactKey.CORE_IP,
            FactKey.CATALOGUE_FIELD,
            FactKey.NO_INCIDENTS,
            FactKey.REGISTERED_IN_CHINA,
            FactKey.PRODUCTS_PERMITTED,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class FactOnFile:
    """One value as it counts: the newest record of its key and year."""

    key: FactKey
    year: int | None
    value: Decimal | date | bool
    is_verified: bool


def clean_value(
    spec: FactSpec, value: Any, year: int | None, problems: Problems, *, today: date
) -> Decimal | date | bool | None:
    """The value as stored, with its year checked; faults are noted under `value` and `year`."""
    _check_year(spec, year, problems, today)
    if value is None or value == "":
        problems.add("value", "required")
        return None
    match spec.shape:
        case FactShape.FLAG:
            if not isinstance(value, bool):
                problems.add("value", "wrong_type")
                return None
            return value
        case FactShape.DAY:
            return _day(value, problems, today)
        case FactShape.COUNT:
            return _number(value, problems, Decimal(10_000_000), 0)
        case FactShape.SCORE:
            return _number(value, problems, Decimal(200), 2)
        case FactShape.MONEY:
            return _number(value, problems, MONEY_LIMIT, 2)


def _check_year(spec: FactSpec, year: int | None, problems: Problems, today: date) -> None:
    if not spec.is_yearly:
        if year is not None:
            problems.add("year", "not_yearly")
    elif year is None:
        problems.add("year", "required")
    elif not FIRST_YEAR <= year <= today.year:
        problems.add("year", "out_of_range", limit=FIRST_YEAR if year < FIRST_YEAR else today.year)


def _number(value: Any, problems: Problems, most: Decimal, places: int) -> Decimal | None:
    if isinstance(value, str):
        problems.add("value", "wrong_type")
        return None
    return text_rules.decimal(value, "value", problems, least=Decimal(0), most=most, places=places)


def _day(value: Any, problems: Problems, today: date) -> date | None:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            problems.add("value", "invalid_date")
            return None
    if type(value) is not date:
        problems.add("value", "wrong_type")
        return None
    if not date(1900, 1, 1) <= value <= today:
        problems.add("value", "out_of_range")
        return None
    return value
