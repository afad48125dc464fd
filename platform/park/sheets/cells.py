"""A cell's value as the text that a person saw in the sheet (pure)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

EXACT_DIGITS = 15
"""What Excel keeps and shows; more digits are only the binary neighbour of what was typed."""


def cell_text(value: Any, *, is_percent: bool = False) -> str:
    """Whole numbers without ".0", dates as ISO, truth as 是 and 否, stripped text."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "是" if value else "否"
        case int() | float():
            return _number(value * 100 if is_percent else value) + ("%" if is_percent else "")
        case datetime():
            is_day = value.time() == time(0)
            return value.date().isoformat() if is_day else value.strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case timedelta():
            return _number(value.total_seconds() / 3600)
    return str(value).strip()


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    plain = format(Decimal(f"{value:.{EXACT_DIGITS}g}"), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
