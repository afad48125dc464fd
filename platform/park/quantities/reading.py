"""Reads quantities from text: comparator, number or range, multiplier, unit."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from park.quantities.units import MULTIPLIERS, UNITS, Unit, find_unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """An interval in the base unit of a dimension; None is an open end.

    A tolerance (±2 ℃) is the interval [0, 2] of the dimension `tolerance:temperature`.
    """

    dimension: str
    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    text: str = ""
    start: int = 0
    end: int = 0


_BEFORE = {
    "ge": "≥ >= ≧ ⩾ 不低于 不小于 不少于 大于等于 大于或等于 至少 不低於".split(),  # noqa: SIM905
    "gt": [">", "大于", "高于", "超过", "多于"],
    "le": "≤ <= ≦ ⩽ 不超过 不大于 不高于 不多于 小于等于 小于或等于 至多 最多 控制在".split(),  # noqa: SIM905
    "lt": ["<", "小于", "低于", "少于"],
    "tolerance": ["±", "+/-"],
    "about": ["约", "大约", "左右"],
}
_AFTER = {"ge": ["以上", "及以上", "或以上"], "le": ["以内", "以下", "及以下", "之内"]}
_WORD_TO_COMPARATOR = {word: name for name, words in _BEFORE.items() for word in words}
_AFTER_TO_COMPARATOR = {word: name for name, words in _AFTER.items() for word in words}

_NUMBER = r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_POWER = r"(?:\s*[×xX*]\s*10\^?(?P<{}>-?[0-9]{{1,2}}))?"


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_UNIT = _alternatives([unit for unit in UNITS if unit != "月"])
_QUANTITY = re.compile(
    rf"(?P<before>{_alternatives(list(_WORD_TO_COMPARATOR))})?\s*"
    rf"(?<![0-9A-Za-z.])(?P<low>-?(?:{_NUMBER})){_POWER.format('power')}\s*"
    rf"(?P<low_unit>{_UNIT})?\s*"
    rf"(?:(?:[~～—–\-]|至|到)\s*(?P<high>{_NUMBER})\s*)?"
    rf"(?P<times>[十百千万亿]*)\s*(?P<unit>{_UNIT})?(?![A-Za-z])"
    rf"(?P<per_year>/年|/a\b|每年)?\s*"
    rf"(?P<after>{_alternatives(list(_AFTER_TO_COMPARATOR))})?"
)
_NINES = re.compile(r"(?<![0-9A-Za-z.])(?P<nines>[2-9])N(?P<half>[0-9])?(?![0-9A-Za-z/·])")
_HARDNESS = re.compile(
    r"(?P<unit>HRC|HV|HBW?)\s*(?P<before>≥|>=|≤|<=|>|<)?\s*(?P<low>[0-9]+(?:\.[0-9]+)?)"
    r"(?:\s*[~～\-—–]\s*(?P<high>[0-9]+(?:\.[0-9]+)?))?"
)
_PER_YEAR = re.compile(r"(年产能?|年产量|年处理|每年)[^0-9。；;]{0,12}$")


def read(text: str) -> list[Quantity]:
    """All quantities of a text in order. What is no quantity for sure is left out."""
    # One character stays one character, so that offsets fit the caller's text.
    text = "".join(_narrow(sign) for sign in text)
    found = [_nines(match) for match in _NINES.finditer(text)]
    found += [_hardness(match) for match in _HARDNESS.finditer(text)]
    taken = [(one.start, one.end) for one in found]
    for match in _QUANTITY.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        quantity = _quantity(match, text)
        if quantity is not None:
            found.append(quantity)
    return sorted(found, key=lambda one: one.start)


def from_fields(
    comparator: str, value: Decimal | None, value_max: Decimal | None, unit: str
) -> Quantity | None:
    """The quantity of a structured indicator, or None when it has no value.

    A unit that nobody listed is a dimension of its own: 64 张 can be compared with 80 张 and with
    nothing else.
    """
    if value is None:
        return None
    plain = unicodedata.normalize("NFKC", unit)
    known = find_unit(plain.replace("°C", "℃")) or find_unit(unit)
    if known is None:
        known = Unit(f"unit:{''.join(plain.split())}", Decimal(1))
    low = value * known.factor
    high = value_max * known.factor if value_max is not None else None
    if comparator == "range" and high is not None:
        return Quantity(known.dimension, min(low, high), max(low, high))
    return _interval(comparator, known.dimension, low, None)


def _narrow(sign: str) -> str:
    if sign in "℃㎡²³µ":
        return sign
    narrow = unicodedata.normalize("NFKC", sign)
    return narrow if len(narrow) == 1 else sign


def _nines(match: re.Match[str]) -> Quantity:
    nines = int(match["nines"])
    value = 1 - Decimal(1).scaleb(-nines)
    if match["half"]:
        value += Decimal(int(match["half"])).scaleb(-nines - 1)
    return Quantity("fraction", value, value, False, False, match.group(), *match.span())


def _hardness(match: re.Match[str]) -> Quantity:
    """Hardness is written before its number: HRC60, HV≥900."""
    dimension = {"HRC": "hardness_hrc", "HV": "hardness_hv"}.get(match["unit"], "hardness_hb")
    low, high = Decimal(match["low"]), Decimal(match["high"]) if match["high"] else None
    found = _interval(_WORD_TO_COMPARATOR.get(match["before"] or "", ""), dimension, low, high)
    return replace(found, text=match.group(), start=match.start(), end=match.end())


def _quantity(match: re.Match[str], text: str) -> Quantity | None:
    unit_text = match["unit"] or match["low_unit"] or ""
    comparator = _WORD_TO_COMPARATOR.get(match["before"] or "", "")
    comparator = comparator or _AFTER_TO_COMPARATOR.get(match["after"] or "", "")
    if not unit_text and not comparator:
        return None  # a bare number: a year, a model's name, a place in a list
    unit = find_unit(unit_text)
    if unit is None:
        return None
    if unit_text == "年" and not comparator and re.fullmatch("(?:19|20)[0-9]{2}", match["low"]):
        return None  # a date
    if text[: match.start("low")].endswith("第"):
        return None  # a place in a list
    try:
        low = Decimal(match["low"].replace(",", ""))
        high = Decimal(match["high"].replace(",", "")) if match["high"] else None
    except InvalidOperation:
        return None
    dimension, factor = unit
    if match["power"]:
        low = low.scaleb(int(match["power"]))
    for sign in match["times"] or "":
        factor *= MULTIPLIERS[sign]
    if dimension == "mass" and (match["per_year"] or _PER_YEAR.search(text[: match.start("low")])):
        dimension, factor = "mass_rate", factor / 1000
    found = _interval(
        comparator, dimension, low * factor, high * factor if high is not None else None
    )
    written = match.group()
    start = match.start() + len(written) - len(written.lstrip())
    end = match.end() - (len(written) - len(written.rstrip()))
    return replace(found, text=text[start:end], start=start, end=end)


def _interval(comparator: str, dimension: str, low: Decimal, high: Decimal | None) -> Quantity:
    if high is not None:
        return Quantity(dimension, min(low, high), max(low, high))
    if comparator in ("ge", "gt"):
        return Quantity(dimension, low, None, low_open=comparator == "gt")
    if comparator in ("le", "lt"):
        return Quantity(dimension, None, low, high_open=comparator == "lt")
    if comparator == "tolerance":
        return Quantity(f"tolerance:{dimension}", Decimal(0), abs(low))
    return Quantity(dimension, low, low)
