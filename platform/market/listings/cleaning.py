"""Makes one value of a content what its field stores (pure), or notes by code what is wrong.

Checks that all nouns share are in `park.core.text_rules`.
"""

import re
from collections.abc import Mapping, Set
from datetime import date
from decimal import Decimal
from typing import Any

from market.listings.content import ContentField, FieldShape, blank_of
from market.listings.kinds import Comparator
from park.core import text_rules
from park.core.levels import Level
from park.core.text_rules import Problems

MONEY_LIMIT = Decimal("999999999999.99")
NUMBER_LIMIT = 1e30
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INDICATOR_LIMITS = {"name": 80, "unit": 40, "text": 500, "evidence": 500}
INDICATOR_KEYS = frozenset({*INDICATOR_LIMITS, "comparator", "value", "value_max", "is_must"})


def clean_field(
    field: ContentField,
    value: Any,
    problems: Problems,
    *,
    codes: Set[str],
    fields: Mapping[str, ContentField],
) -> Any:
    """The value as stored, or something harmless when a problem was noted.

    `codes` are what the field's vocabulary knows, `fields` all fields of the content.
    """
    if value is None:
        return blank_of(field)
    name = field.name
    match field.shape:
        case FieldShape.LINE | FieldShape.PARAGRAPHS:
            is_line = field.shape is FieldShape.LINE
            return text_rules.text(value, name, problems, limit=field.limit, is_line=is_line)
        case FieldShape.EMAIL:
            return text_rules.email(value, name, problems, limit=field.limit)
        case FieldShape.CHOICE:
            choices = field.choices.values if field.choices else ()
            return text_rules.choice(value, name, problems, choices=choices)
        case FieldShape.TERM:
            return _term(value, name, problems, field.limit, codes)
        case FieldShape.MATURITY:
            return text_rules.whole(value, name, problems, least=1, most=9)
        case FieldShape.MONEY:
            return _money(value, name, problems)
        case FieldShape.DATE:
            return _date(value, name, problems)
        case _:
            return _clean_list(field, value, problems, codes, fields)


def _clean_list(
    field: ContentField,
    value: Any,
    problems: Problems,
    codes: Set[str],
    fields: Mapping[str, ContentField],
) -> Any:
    if field.shape is FieldShape.LEVELS:
        return _levels(value, field.name, problems, fields)
    members = text_rules.listed(value, field.name, problems, limit=field.max_items)
    cleaned = []
    for position, member in enumerate(members):
        path = f"{field.name}.{position}"
        if field.shape is FieldShape.INDICATORS:
            cleaned.append(_indicator(member, path, problems))
        elif field.shape is FieldShape.TERMS:
            cleaned.append(_term(member, path, problems, field.limit, codes))
        else:
            word = text_rules.text(member, path, problems, limit=field.limit, is_line=True)
            cleaned.append(word)
    if field.shape is FieldShape.INDICATORS:
        return cleaned
    return list(dict.fromkeys(word for word in cleaned if word))


def _term(value: Any, path: str, problems: Problems, limit: int, codes: Set[str]) -> str:
    code = text_rules.text(value, path, problems, limit=limit, is_line=True)
    if code and code not in codes:
        problems.add(path, "unknown_code")
        return ""
    return code


def _money(value: Any, path: str, problems: Problems) -> int | float | None:
    """Yuan as a number: text that looks like one is not guessed at."""
    if isinstance(value, str):
        problems.add(path, "wrong_type")
        return None
    number = text_rules.decimal(value, path, problems, least=Decimal(0), most=MONEY_LIMIT)
    return None if number is None else plain_number(number)


def plain_number(number: Decimal) -> int | float:
    """As JSON writes it: whole where it is whole. 15 digits fit into a double."""
    return int(number) if number == number.to_integral_value() else float(number)


def _date(value: Any, path: str, problems: Problems) -> str | None:
    if type(value) is date:
        return value.isoformat()
    if not isinstance(value, str):
        problems.add(path, "wrong_type")
        return None
    if value == "":
        return None
    try:
        if ISO_DATE.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass  # 31 February: written like a date, yet none
    problems.add(path, "invalid_date")
    return None


def _levels(
    value: Any, path: str, problems: Problems, fields: Mapping[str, ContentField]
) -> dict[str, str]:
    """Only departures from the default are kept."""
    if not isinstance(value, Mapping):
        problems.add(path, "wrong_type")
        return {}
    levels = {}
    for name, level in value.items():
        field = fields.get(name) if isinstance(name, str) else None
        if field is None:
            problems.add(path, "unknown_field")
        elif not isinstance(level, str) or level not in set(Level):
            problems.add(f"{path}.{field.name}", "unknown_choice")
        elif Level(level) not in field.levels:
            problems.add(f"{path}.{field.name}", "level_not_allowed")
        elif Level(level) is not field.default_level:
            levels[field.name] = Level(level).value
    return dict(sorted(levels.items()))


def _indicator(raw: Any, path: str, problems: Problems) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        problems.add(path, "wrong_type")
        return {}
    if not INDICATOR_KEYS.issuperset(raw):
        problems.add(path, "unknown_field")
    comparator = text_rules.choice(
        raw.get("comparator"), f"{path}.comparator", problems, choices=Comparator.values
    )
    line: dict[str, Any] = {
        key: text_rules.text(raw.get(key), f"{path}.{key}", problems, limit=limit, is_line=True)
        for key, limit in INDICATOR_LIMITS.items()
    }
    line["comparator"] = comparator or Comparator.TEXT.value
    line["is_must"] = _truth(raw.get("is_must"), f"{path}.is_must", problems)
    line["value"] = _number(raw.get("value"), f"{path}.value", problems)
    # A second number belongs to a range; kept elsewhere it would mislead a comparison.
    is_range = line["comparator"] == Comparator.RANGE
    line["value_max"] = (
        _number(raw.get("value_max"), f"{path}.value_max", problems) if is_range else None
    )
    low, high = line["value"], line["value_max"]
    if low is not None and high is not None and low > high:
        problems.add(f"{path}.value_max", "below_minimum")
    return line


def _truth(value: Any, path: str, problems: Problems) -> bool:
    """An indicator is a must unless said otherwise."""
    if value is not None and not isinstance(value, bool):
        problems.add(path, "wrong_type")
    return value is not False


def _number(value: Any, path: str, problems: Problems) -> int | float | None:
    number = text_rules.real(value, path, problems)
    if number is None:
        return None
    if abs(number) > NUMBER_LIMIT:
        problems.add(path, "out_of_range")
        return None
    return plain_number(Decimal(repr(number)))
