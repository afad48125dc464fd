"""Numbers as they are written: 2 237, 1,400.5, 1.2×10-6, 3e-4, 二十余万, 百分之五. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from park.quantities.units import MULTIPLIERS

MOST_DIGITS = 30
"""A longer row of digits is no measure but an account, a key or nonsense."""

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
DIGITS |= {"〇": 0, "两": 2}
_CHINESE = "零〇一二两三四五六七八九十百千万亿"

_PLAIN = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]{1,3}(?: [0-9]{3}){1,4}(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]{1,9}\.[0-9]{3} [0-9]{1,3}(?![0-9.])"
    r"|[0-9]+(?:\.[0-9]+)?"
)
_TIMES = re.compile(r" ?(?P<times>[十百千万亿]{1,3})(?P<some>[余多几]?)(?P<more>[万亿]?)")
_SOME = re.compile(r" ?[余多几](?![0-9])")
_POWER = re.compile(
    r" ?[×xX*·] ?10(?: ?(?P<hat>\^) ?\(?(?P<sure>[-+]?[0-9]{1,2})\)?(?![0-9.])"
    r"|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})"
    r"|(?P<lost>[-+]?[0-9]{1,2})(?![0-9.]))?(?![0-9.])"
)
_EXPONENT = re.compile(r"[eE](?P<sure>[-+]?[0-9]{1,2})(?![0-9A-Za-z.])")
_RAISED = re.compile(
    r"(?:\^\(?(?P<sure>[-+]?[0-9]{1,2})\)?|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))(?![0-9.])"
)
_LOST = re.compile(r"(-[2-9])(?![0-9.])(?= ?[A-Za-zμ%]|[~至]10-[2-9])")
"""10-3 Pa: a range would not go down."""
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SHARE = re.compile(
    rf"([百千万])分之([{_CHINESE}]{{1,8}}(?:点[{_CHINESE}]{{1,6}})?|[0-9]{{1,9}}(?:\.[0-9]{{1,9}})?)"
)
_PART = re.compile(rf"([{_CHINESE}]{{1,5}})分之([{_CHINESE}]{{1,5}})")
_WORDS = re.compile(
    rf"(?P<head>[{_CHINESE}]{{1,20}})(?:点(?P<decimals>[零〇一二三四五六七八九]{{1,9}}))?"
    r"(?:(?P<some>[余多几])(?P<more>[万亿千百]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    value: Decimal
    start: int
    end: int
    times: Decimal = Decimal(1)
    """万 and 亿 after digits; already in the value."""
    is_more: bool = False
    """余, 多 or 几: a little more than the value."""
    is_chinese: bool = False
    share: str = ""
    """"fraction" (百分之五) or "ratio" (三分之一): a unit of its own."""
    is_whole: bool = True
    """False where a mantissa's exponent has been lost: ×10 is all that is left."""


def digits_at(text: str, start: int) -> Numeral | None:
    """The number in digits that begins at a place, with its power of ten, 万 and 余.

    A row of more than `MOST_DIGITS` digits is none.
    """
    match = _PLAIN.match(text, start)
    if match is None or len(match[0]) > MOST_DIGITS:
        return None
    value = Decimal(match[0].replace(",", "").replace(" ", ""))
    end, is_whole = match.end(), True
    power = _power_after(text, match)
    if power is not None:
        exponent, end, is_whole = power
        value = value.scaleb(exponent)
    times, is_more = Decimal(1), False
    some = _SOME.match(text, end)
    if some:
        is_more, end = True, some.end()
    more = _TIMES.match(text, end)
    if more and not _is_unit_prefix(text, more):
        for sign in more["times"] + more["more"]:
            times *= MULTIPLIERS[sign]
        is_more = is_more or bool(more["some"])
        end = more.end()
    return Numeral(value * times, match.start(), end, times, is_more, is_whole=is_whole)


def _is_unit_prefix(text: str, match: re.Match[str]) -> bool:
    """千克, 千瓦: the thousand belongs to the unit; 万分之, 百分点: to a word of its own."""
    rest = text[match.start() : match.end() + 3].lstrip()
    return rest.startswith(("百分", "千分", "万分")) or (
        rest[0] == "千" and rest[1:2] in "克米瓦伏帕卡牛焦赫"
    )


def _power_after(text: str, mantissa: re.Match[str]) -> tuple[int, int, bool] | None:
    """Exponent, where it ends, whether it is all there."""
    end = mantissa.end()
    match = _EXPONENT.match(text, end)
    if match:
        return int(match["sure"]), match.end(), True
    if mantissa[0] == "10" and (match := _RAISED.match(text, end)):
        sure = match["sure"] or match["raised"].translate(_SUPERSCRIPT)
        return int(sure) - 1, match.end(), True
    if mantissa[0] == "10" and (match := _LOST.match(text, end)):
        return int(match[1]) - 1, match.end(), True
    match = _POWER.match(text, end)
    if match is None:
        return None
    if match["sure"]:
        return int(match["sure"]), match.end(), True
    if match["raised"]:
        return int(match["raised"].translate(_SUPERSCRIPT)), match.end(), True
    is_mantissa = re.fullmatch(r"[1-9]\.[0-9]+", mantissa[0]) is not None
    if match["lost"] is None:
        # 9.0×10 Pa has lost its exponent; 5×10 mm are two sides.
        return (1, match.end(), False) if is_mantissa else None
    exponent = match["lost"]
    is_one_digit = re.fullmatch("[1-9]", mantissa[0]) is not None
    is_side = re.match(r" ?(?:[mcdμ]m|m\b|毫米|厘米|米|像素)", text[match.end() : match.end() + 4])
    if is_mantissa or (is_one_digit and not is_side and int(exponent) not in (0, 1)):
        return int(exponent), match.end(), True
    return None


def words_at(text: str, start: int) -> Numeral | None:
    """The number in Chinese numerals that begins at a place; shares and parts too."""
    share = _SHARE.match(text, start)
    if share:
        part = Decimal(share[2]) if share[2][0].isdigit() and share[2][0] in "0123456789" else None
        part = chinese(share[2]) if part is None else part
        if part is not None:
            value = part / MULTIPLIERS[share[1]]
            return Numeral(value, start, share.end(), is_chinese=True, share="fraction")
    part_of = _PART.match(text, start)
    if part_of:
        whole, part = chinese(part_of[1]), chinese(part_of[2])
        if whole and part is not None:
            return Numeral(part / whole, start, part_of.end(), is_chinese=True, share="ratio")
    match = _WORDS.match(text, start)
    if match is None:
        return None
    if match["head"].strip("零〇") == "":
        return None  # 零件
    value = chinese(match["head"] + (f"点{match['decimals']}" if match["decimals"] else ""))
    if value is None:
        return None
    for sign in match["more"] or "":
        value *= MULTIPLIERS[sign]
    return Numeral(value, start, match.end(), is_more=bool(match["some"]), is_chinese=True)


def chinese(text: str) -> Decimal | None:
    """一千七百 is 1700, 二〇二五 is 2025, 三点五 is 3.5, 百 is 100; None for what is no number."""
    whole, _, decimals = text.partition("点")
    tail = Decimal(0)
    for place, sign in enumerate(decimals, 1):
        if sign not in DIGITS:
            return None
        tail += Decimal(DIGITS[sign]).scaleb(-place)
    if all(sign in DIGITS for sign in whole):
        return Decimal("".join(str(DIGITS[sign]) for sign in whole) or "0") + tail
    total = section = Decimal(0)
    digit: int | None = None
    for sign in whole:
        if sign in DIGITS:
            if digit:
                return None  # 三五百: no one number
            digit = DIGITS[sign]
        elif sign in "十百千":
            section += (1 if digit is None else digit) * MULTIPLIERS[sign]
            digit = None
        else:
            section += digit or 0
            total = (total + section or Decimal(1)) * MULTIPLIERS[sign]
            section, digit = Decimal(0), None
    return total + section + (digit or 0) + tail
