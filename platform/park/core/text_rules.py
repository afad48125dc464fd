"""Checks of single values that people send (pure): text, numbers, choices, lists, times.

Every check notes what is wrong under the field's name and returns a value that is safe to go on
with, so that all faults of a form are reported together. What fields there are is the nouns'.
"""

import math
import re
from collections.abc import Collection, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from park.core.errors import DomainError
from park.core.texts import as_line, as_paragraphs, character_problem

_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s,;<>()\".]{2,}")


class Problems:
    """The faults found so far: `{"field", "code"}`, with `limit` or `fault` where passed."""

    def __init__(self) -> None:
        self.fields: list[dict[str, Any]] = []

    def add(self, field: str, code: str, *, limit: Any = None, fault: str = "") -> None:
        """`fault` says more of a code that has several causes."""
        found: dict[str, Any] = {"field": field, "code": code}
        if limit is not None:
            found["limit"] = limit
        if fault:
            found["fault"] = fault
        self.fields.append(found)

    def raise_if_any(self) -> None:
        """Raises DomainError `invalid_input` that carries every fault."""
        if self.fields:
            raise DomainError("invalid_input", fields=self.fields)


def unknown_fields(content: Mapping[str, Any], known: Collection[str], problems: Problems) -> None:
    """Notes `unknown_field` for each field that the noun does not have."""
    for field in content:
        if field not in known:
            problems.add(_printable(field), "unknown_field")


def text(
    value: Any,
    field: str,
    problems: Problems,
    *,
    limit: int,
    is_required: bool = False,
    is_line: bool = False,
) -> str:
    """Stripped text; None is blank. `is_line`: line breaks become spaces.

    Codes: `wrong_type`, those of `texts`, `too_long` (limit in characters), `required`.
    """
    if value is None:
        value = ""
    if not isinstance(value, str):
        problems.add(field, "wrong_type")
        return ""
    # Far beyond the limit: not worth looking at every character.
    if len(value) > limit * 4 + 1000:
        problems.add(field, "too_long", limit=limit)
        return ""
    if fault := character_problem(value):
        problems.add(field, fault)
        return ""
    value = as_line(value) if is_line else as_paragraphs(value)
    if len(value) > limit:
        problems.add(field, "too_long", limit=limit)
        return ""
    if is_required and not value:
        problems.add(field, "required")
    return value


def email(value: Any, field: str, problems: Problems, *, limit: int = 120) -> str:
    """An address that looks like one, or blank. Code `invalid_email`, and those of `text`."""
    address = text(value, field, problems, limit=limit, is_line=True)
    if address and not _EMAIL.fullmatch(address):
        problems.add(field, "invalid_email")
        return ""
    return address


def choice(
    value: Any,
    field: str,
    problems: Problems,
    *,
    choices: Collection[str],
    is_required: bool = False,
    unknown: str = "unknown_choice",
) -> str:
    """One of the choices, or blank. Codes: `unknown_choice` (or as given), `required`."""
    if value is None or value == "":
        if is_required:
            problems.add(field, "required")
        return ""
    if not isinstance(value, str) or value not in choices:
        problems.add(field, unknown)
        return ""
    return str(value)


def choices_list(
    value: Any,
    field: str,
    problems: Problems,
    *,
    choices: Collection[str],
    unknown: str = "unknown_choice",
) -> list[str]:
    """Choices without repetition, in the order given. Codes: those of `listed` and `choice`."""
    chosen: list[str] = []
    for member in listed(value, field, problems, limit=max(len(choices), 1)):
        if not isinstance(member, str) or member not in choices:
            problems.add(field, unknown)
        elif member not in chosen:
            chosen.append(str(member))
    return chosen


def listed(value: Any, field: str, problems: Problems, *, limit: int) -> list[Any]:
    """A list of at most `limit` members; None is empty. Codes: `wrong_type`, `too_many`."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        problems.add(field, "wrong_type")
        return []
    if len(value) > limit:
        problems.add(field, "too_many", limit=limit)
        return []
    return list(value)


def whole(
    value: Any, field: str, problems: Problems, *, least: int, most: int, default: int | None = None
) -> int | None:
    """A whole number within bounds; None gives `default`. Codes: `wrong_type`, `out_of_range`."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        problems.add(field, "wrong_type")
        return default
    if not least <= value <= most:
        problems.add(field, "out_of_range", limit=least if value < least else most)
        return default
    return value


def decimal(
    value: Any, field: str, problems: Problems, *, least: Decimal, most: Decimal, places: int = 2
) -> Decimal | None:
    """An exact number within bounds, or None. Codes: `wrong_type`, `not_finite`,
    `out_of_range`, `too_precise` (limit in digits after the point)."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        problems.add(field, "wrong_type")
        return None
    try:
        # By way of the shortest text: 0.1 is meant, not its binary neighbour.
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        problems.add(field, "wrong_type")
        return None
    if not number.is_finite():
        problems.add(field, "not_finite")
        return None
    if not least <= number <= most:
        problems.add(field, "out_of_range", limit=int(least if number < least else most))
        return None
    rounded = number.quantize(Decimal(1).scaleb(-places))
    if rounded != number:
        problems.add(field, "too_precise", limit=places)
        return None
    return rounded


def real(value: Any, field: str, problems: Problems) -> float | None:
    """A finite number, or None. Codes: `wrong_type`, `not_finite`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        problems.add(field, "wrong_type")
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        problems.add(field, "not_finite")
        return None
    return number


def time_of_day(value: Any, field: str, problems: Problems) -> time | None:
    """A time without a zone, given as such or as "HH:MM". Code `invalid_time`."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = time.fromisoformat(value)
        except ValueError:
            problems.add(field, "invalid_time")
            return None
    if not isinstance(value, time) or value.tzinfo is not None:
        problems.add(field, "invalid_time")
        return None
    return value


def _printable(value: Any) -> str:
    """A name that can be sent back in an answer, whatever the sender put into it."""
    return str(value)[:80].encode("utf-8", "replace").decode("utf-8")
