"""What an instrument's form may say (pure): types, limits, and what belongs together."""

from collections.abc import Mapping, Set
from datetime import time
from decimal import Decimal
from typing import Any

from equipment.models import Comparator, ServiceMode
from park.core import text_rules
from park.core.text_rules import Problems

Content = dict[str, Any]
MIDNIGHT = time(0)
MAX_LINES = 100
MOST_PER_HOUR = Decimal("99999999.99")
LINES = {"name": 120, "model": 120, "place": 120, "contact_name": 60, "contact_phone": 40}
DESCRIPTION_LIMIT = 8000
WHOLE_NUMBERS = {
    "slot_minutes": (5, 480),
    "turnaround_minutes": (0, 1440),
    "max_minutes": (5, 10080),
    "horizon_days": (1, 365),
}
BLANK: Mapping[str, Any] = {
    "name": "",
    "model": "",
    "description": "",
    "place": "",
    "region": "",
    "chains": [],
    "service_mode": "",
    "price_per_hour": None,
    "slot_minutes": 30,
    "turnaround_minutes": 0,
    "max_minutes": 480,
    "horizon_days": 90,
    "open_from": time(9),
    "open_until": time(17),
    "open_weekdays": [1, 2, 3, 4, 5],
    "contact_name": "",
    "contact_phone": "",
    "measured_capabilities": [],
}
"""Every field of the content, as it is when nothing is said."""
NEEDED_TO_PUBLISH = ("name", "description", "place", "service_mode")


def clean_content(
    raw: Mapping[str, Any], *, base: Mapping[str, Any], chains: Set[str], regions: Set[str]
) -> Content:
    """`base` with the fields of `raw` put in. Raises `invalid_input` with all faults.

    `chains` and `regions` are the known codes; what the base already says stays sayable.
    """
    problems = Problems()
    text_rules.unknown_fields(raw, BLANK, problems)
    content = dict(base)
    for field in BLANK:
        if field in raw:
            content[field] = _clean(field, raw[field], problems, base, chains, regions)
    if not problems.fields:
        _check_together(content, problems)
    problems.raise_if_any()
    return content


def missing_fields(content: Mapping[str, Any]) -> list[str]:
    """What must be said before others can use the instrument."""
    missing = [field for field in NEEDED_TO_PUBLISH if not content[field]]
    return missing if content["open_weekdays"] else [*missing, "open_weekdays"]


def _clean(
    field: str,
    value: Any,
    problems: Problems,
    base: Mapping[str, Any],
    chains: Set[str],
    regions: Set[str],
) -> Any:
    if field in LINES:
        is_required = field == "name"
        return text_rules.text(
            value, field, problems, limit=LINES[field], is_line=True, is_required=is_required
        )
    if field in WHOLE_NUMBERS:
        least, most = WHOLE_NUMBERS[field]
        return text_rules.whole(
            value, field, problems, least=least, most=most, default=BLANK[field]
        )
    match field:
        case "description":
            return text_rules.text(value, field, problems, limit=DESCRIPTION_LIMIT)
        case "region":
            known = regions | {base["region"]}
            return text_rules.choice(value, field, problems, choices=known, unknown="unknown_code")
        case "chains":
            known = chains | set(base["chains"])
            return text_rules.choices_list(
                value, field, problems, choices=known, unknown="unknown_code"
            )
        case "service_mode":
            return text_rules.choice(value, field, problems, choices=set(ServiceMode.values))
        case "price_per_hour":
            return text_rules.decimal(value, field, problems, least=Decimal(0), most=MOST_PER_HOUR)
        case "open_from" | "open_until":
            at = text_rules.time_of_day(value, field, problems)
            return BLANK[field] if at is None else at
        case "open_weekdays":
            return _weekdays(value, problems)
    return _measured(value, problems)


def _weekdays(value: Any, problems: Problems) -> list[int]:
    days: set[int] = set()
    for day in text_rules.listed(value, "open_weekdays", problems, limit=7):
        number = text_rules.whole(day, "open_weekdays", problems, least=1, most=7)
        if number is not None:
            days.add(number)
    return sorted(days)


def _measured(value: Any, problems: Problems) -> list[dict[str, Any]]:
    lines = []
    field = "measured_capabilities"
    for position, raw in enumerate(text_rules.listed(value, field, problems, limit=MAX_LINES)):
        path = f"{field}.{position}"
        if not isinstance(raw, Mapping):
            problems.add(path, "wrong_type")
            continue
        lines.append(_measured_line(raw, path, problems))
    return lines


def _measured_line(raw: Mapping[str, Any], path: str, problems: Problems) -> dict[str, Any]:
    known = ("name", "comparator", "value", "value_max", "unit", "text")
    for key in raw:
        if key not in known:
            problems.add(path, "unknown_field")
    comparator = text_rules.choice(
        raw.get("comparator"), f"{path}.comparator", problems, choices=set(Comparator.values)
    )
    line = {
        "name": _line(raw, "name", path, problems, 80, is_required=True),
        "comparator": comparator or str(Comparator.TEXT),
        "value": text_rules.real(raw.get("value"), f"{path}.value", problems),
        "value_max": text_rules.real(raw.get("value_max"), f"{path}.value_max", problems),
        "unit": _line(raw, "unit", path, problems, 40),
        "text": _line(raw, "text", path, problems, 500),
    }
    if line["comparator"] != Comparator.RANGE:
        # A second number belongs to a range; elsewhere it would only mislead a comparison.
        line["value_max"] = None
    elif None not in (line["value"], line["value_max"]) and line["value"] > line["value_max"]:
        problems.add(f"{path}.value_max", "below_minimum")
    return line


def _line(
    raw: Mapping[str, Any],
    key: str,
    path: str,
    problems: Problems,
    limit: int,
    *,
    is_required: bool = False,
) -> str:
    return text_rules.text(
        raw.get(key), f"{path}.{key}", problems, limit=limit, is_line=True, is_required=is_required
    )


def _check_together(content: Content, problems: Problems) -> None:
    if not content["name"]:
        problems.add("name", "required")
    closes = content["open_until"]
    if closes != MIDNIGHT and content["open_from"] >= closes:
        problems.add("open_until", "below_minimum")
    if content["max_minutes"] < content["slot_minutes"]:
        problems.add("max_minutes", "below_minimum", limit=content["slot_minutes"])
