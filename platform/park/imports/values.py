"""Reads what people write into the cells of lists (pure): money, dates, levels, words, contacts.

Every reader tells three things apart: a value, a way of saying that nobody knows (面议, 待定), and
something that it does not understand. None of them guesses.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from park.quantities import Comparator, Quantity, read
from park.sheets.headings import normalised

UNKNOWN_WORDS = frozenset(
    normalised(word)
    for word in [
        "面议",
        "待定",
        "待议",
        "另议",
        "协商",
        "商议",
        "双方协商",
        "不限",
        "无",
        "暂无",
        "没有",
        "未知",
        "不详",
        "未定",
        "视情况而定",
        "视情况",
        "详见附件",
        "见附件",
        "长期",
        "长期有效",
        "尽快",
        "保密",
        "/",
        "-",
        "—",
        "——",
        "?",
        "？",
        "n/a",
        "na",
        "none",
        "null",
        "tbd",
        "unknown",
    ]
)


class Unread(StrEnum):
    """Why there is no value."""

    UNKNOWN = "unknown"
    NOT_UNDERSTOOD = "not_understood"
    UNIT_MISSING = "unit_missing"
    INVALID = "invalid"
    """Written as a value, yet none: 31 February, TRL 12."""


def narrow(text: str) -> str:
    """Full-width digits and signs as plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


def is_unknown(text: str) -> bool:
    return normalised(text) in UNKNOWN_WORDS or not narrow(text).strip("/-—–. ")


# --- money ---


@dataclass(frozen=True, slots=True)
class Money:
    """Yuan; None is an open end."""

    low: Decimal | None
    high: Decimal | None


_WAN = re.compile(r"(?<=[0-9十百千])\s*([万亿])(?!元|人民币|吨)")
_RANGE = re.compile(r"(?P<low>.*元)\s*(?:[~～—–\-]+|至|到)\s*(?P<high>.*元.{0,4})")
_BARE = re.compile(
    r"^[0-9][0-9,]*(?:\.[0-9]+)?(?:\s*(?:[~～—–\-]|至|到)\s*[0-9][0-9,]*(?:\.[0-9]+)?)?$"
)
_MONEY_UNITS = {
    **{unit: f"{unit.removesuffix('元')}元" for unit in ("亿元", "亿", "万元", "万", "千元", "元")},
    **dict.fromkeys(("rmb", "yuan", "cny"), "元"),
}


def unit_of_heading(heading: str) -> str:
    """The unit of money that a heading names: 资金投入（万元） → 万元; "" for none."""
    inner = re.findall(r"[(（\[【/]([^()（）\[\]【】]*)", narrow(heading))
    for part in inner:
        for name, unit in _MONEY_UNITS.items():
            if re.search(rf"(?:^|[^一-龥a-z]|单位){re.escape(name)}", part.casefold()):
                return unit
    return ""


def read_money(text: str, unit: str = "") -> Money | Unread:
    """`unit` is what a bare number is counted in; without one it says nothing."""
    plain = narrow(text).replace("人民币", "").replace("￥", "").replace("¥", "").strip()
    if is_unknown(plain):
        return Unread.UNKNOWN
    if plain.startswith("-"):
        return Unread.INVALID
    if _BARE.fullmatch(plain):
        if not unit:
            return Unread.UNIT_MISSING
        plain += unit
    plain = _WAN.sub(r"\1元", plain)
    if match := _RANGE.fullmatch(plain):
        low, high = _amount(match["low"]), _amount(match["high"])
        if isinstance(low, Money) and isinstance(high, Money) and low.low and high.high:
            return Money(low.low, high.high)
        return Unread.NOT_UNDERSTOOD
    return _amount(plain)


def _amount(text: str) -> Money | Unread:
    found = [one for one in read(text) if one.dimension == "money"]
    # A sentence about money is no amount of it.
    if len(found) != 1 or len(text) > len(found[0].text) + 12:
        return Unread.NOT_UNDERSTOOD
    quantity = found[0]
    if quantity.low is not None and quantity.low < 0:
        return Unread.INVALID
    return Money(quantity.low, quantity.high)


# --- dates ---

_DAY = re.compile(
    r"(?P<year>(?:19|20|21)[0-9]{2})\s*(?:[-/.]|年)\s*(?P<month>[0-9]{1,2})\s*"
    r"(?:[-/.]|月)\s*(?P<day>[0-9]{1,2})\s*[日号]?(?:[ T][0-9:]+)?"
)
_COMPACT = re.compile(r"(?P<year>20[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])")
_MONTH = re.compile(
    r"(?P<year>(?:19|20|21)[0-9]{2})\s*(?:[-/.]|年)\s*(?P<month>[0-9]{1,2})\s*月?\s*(?:底|末|份)?"
)
_PART = re.compile(r"(?P<year>(?:19|20|21)[0-9]{2})\s*年?\s*(?P<part>[一-龥0-9Qq]*)")
_PARTS = {
    **dict.fromkeys(["", *["底", "末", "年底", "年末", "年内", "内", "全年", "下半年"]], 12),
    **dict.fromkeys(["上半年", "年中"], 6),
    **{
        name: 3 * quarter
        for quarter, sign in enumerate("一二三四", 1)
        for name in (
            f"{sign}季度",
            f"第{sign}季度",
            f"{quarter}季度",
            f"第{quarter}季度",
            f"q{quarter}",
        )
    },
}
_SERIAL = re.compile(r"[2-7][0-9]{4}(?:\.[0-9]+)?")
_EPOCH = date(1899, 12, 30)
_SPAN = re.compile(r"\s*(?:~|～|—+|–|至|到|(?<=[0-9月日])-(?=(?:19|20|21)[0-9]{2}))\s*")
_BEFORE = re.compile(r"^(?:预计|计划|截至|截止|于|在)+|(?:前|之前|以前|为止|止|完成)+$")


def read_date(text: str) -> date | Unread:
    """The last day that the text names: 2026年底 is 31 December, 2025.1至2026.6 ends on 30 June."""
    plain = narrow(text)
    if is_unknown(plain):
        return Unread.UNKNOWN
    plain = _BEFORE.sub("", plain).strip(" ,.;:，。；：")
    parts = [part for part in _SPAN.split(plain) if part]
    if len(parts) == 2:
        plain = parts[1]
    if _SERIAL.fullmatch(plain):
        return _EPOCH + timedelta(days=int(float(plain)))
    for pattern in (_DAY, _COMPACT):
        if match := pattern.fullmatch(plain):
            return _day(int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _MONTH.fullmatch(plain):
        return _day(int(match["year"]), int(match["month"]), None)
    if (match := _PART.fullmatch(plain)) and match["part"].casefold() in _PARTS:
        return _day(int(match["year"]), _PARTS[match["part"].casefold()], None)
    return Unread.NOT_UNDERSTOOD


def _day(year: int, month: int, day: int | None) -> date | Unread:
    """Without a day, the last one of the month."""
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return Unread.INVALID


# --- levels, truth, numbers ---

_LEVEL = re.compile(
    r"(?:TRL|技术成熟度|成熟度|等级|第)?\s*[:：]?\s*([0-9]{1,2})\s*(?:级)?", re.IGNORECASE
)


def read_maturity(text: str) -> int | Unread:
    """A technology readiness level. A stage in words (中试) names no level, so it stays unknown."""
    plain = narrow(text)
    if is_unknown(plain):
        return Unread.UNKNOWN
    if match := _LEVEL.fullmatch(plain):
        level = int(match[1])
        return level if 1 <= level <= 9 else Unread.INVALID
    return Unread.NOT_UNDERSTOOD


def read_number(text: str) -> Decimal | Unread:
    plain = narrow(text).replace(",", "")
    if is_unknown(plain):
        return Unread.UNKNOWN
    match = re.match(r"-?[0-9]+(?:\.[0-9]+)?", plain)
    if match is None or len(plain) > match.end() + 8:
        return Unread.NOT_UNDERSTOOD
    try:
        return Decimal(match.group())
    except InvalidOperation:
        return Unread.NOT_UNDERSTOOD


# --- words ---

_SUFFIX = re.compile(r"(?:产业链|产业|行业|领域|链)$")


class Choices:
    """Codes by what people call them."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """{code: its names}"""
        self.codes: dict[str, str] = {}
        for code, others in names.items():
            for name in (code, *others):
                self.codes.setdefault(self._plain(name), code)

    @staticmethod
    def _plain(text: str) -> str:
        text = normalised(text)
        return _SUFFIX.sub("", text) or text

    def read(self, text: str) -> str | Unread:
        if is_unknown(text):
            return Unread.UNKNOWN
        return self.codes.get(self._plain(text), Unread.NOT_UNDERSTOOD)


_BETWEEN = re.compile(r"[,，;；、\n\t|]+")


def split_words(text: str) -> list[str]:
    """A cell with several words. Spaces part them only where nothing else does."""
    parts = [part.strip() for part in _BETWEEN.split(text)]
    parts = [part for part in parts if part]
    if len(parts) == 1 and not re.search(r"[A-Za-z] [A-Za-z]", text):
        parts = text.split()
    return list(dict.fromkeys(parts))


# --- contacts ---

_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}")
_CONTACT_LABEL = re.compile(
    r"(?:联系人|姓名|电话|手机|联系方式|邮箱|邮件|e-?mail|tel)\s*[:：]?", re.IGNORECASE
)
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9][0-9]{9}|0[0-9]{2,3}[-\s]?[0-9]{7,8}(?:-[0-9]{1,6})?")


def split_contact(text: str) -> dict[str, str]:
    """{contact_name, contact_phone, contact_email} of a cell that holds them together."""
    plain = narrow(text)
    email, phone = _EMAIL.search(plain), _PHONE.search(plain)
    name = plain
    for match in (email, phone):
        if match:
            name = name.replace(match.group(), " ")
    name = re.sub(
        r"(?:联系人|姓名|电话|手机|联系方式|邮箱|邮件|e-?mail|tel)\s*[:：]?",
        " ",
        name,
        flags=re.IGNORECASE,
    )
    name = " ".join(re.sub(r"[,，;；、/:：()（）]+", " ", name).split())
    found = {
        "contact_name": name,
        "contact_phone": phone.group() if phone else "",
        "contact_email": email.group() if email else "",
    }
    return {key: value for key, value in found.items() if value}


# --- indicators ---

_LINE_END = re.compile(r"[\n；;]+|(?<=[^0-9])(?=[(（]?[1-9][0-9]?[)）.、．](?![0-9]))")
_NUMBERING = re.compile(r"^\s*(?:[(（]?[0-9]{1,2}[)）.、．](?![0-9])|[①-⑳]|[-•·●▪*])\s*")
_NAME_END = re.compile(
    r"(?:\s|[:：=,，、]|≥|≤|>|<|≧|⩾|达到|达|为|是|在|约|不低于|不小于|不少于|不超过|不大于|不高于|"
    r"大于|小于|高于|低于|超过|控制|至少|至多|±)+$"
)
INDICATOR_LINE = 500
INDICATOR_NAME = 80


def split_indicators(text: str) -> list[dict[str, Any]] | None:
    """Lines of a cell as indicators. None when the cell is prose that no list can hold.

    A number is taken over only where a line has exactly one and says of what; every line keeps
    its own words.
    """
    lines = [_NUMBERING.sub("", line).strip(" \t。.") for line in _LINE_END.split(text)]
    lines = [line for line in lines if line and not is_unknown(line)]
    if len(lines) > 50 or any(len(line) > INDICATOR_LINE for line in lines):
        return None
    return [_indicator(" ".join(line.split())) for line in lines]


def _indicator(line: str) -> dict[str, Any]:
    found = read(line)
    if len(found) == 1:
        numbers = _written(found[0])
        name = _NAME_END.sub("", line[: found[0].start]).strip()
        # What goes on after the number (100 t/d) makes its unit another one.
        is_whole = not re.match(r"[/·*^A-Za-z0-9]", line[found[0].end :])
        if numbers is not None and is_whole and name and len(name) <= INDICATOR_NAME:
            return {"name": name, "text": line, **numbers}
    head, sign, _ = line.partition("：") if "：" in line else line.partition(":")
    name = head.strip() if sign and len(head.strip()) <= INDICATOR_NAME else line[:INDICATOR_NAME]
    return {"name": name, "comparator": "text", "text": line}


_DIGITS = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_BEYOND_UNIT = re.compile(
    r"^[\s~～—–\-至到≥≤<>=≧⩾±]+|(?:以上|及以上|或以上|以内|以下|及以下|之内)$|^\s+|\s+$"
)


NOT_IN_FORMS = frozenset({Comparator.CHANGE_BY, Comparator.ABOUT, Comparator.PM})


def _written(quantity: Quantity) -> dict[str, Any] | None:
    """The numbers and the unit as they stand in the text; None when they say more than that."""
    text = narrow(quantity.text).replace("°C", "℃")
    digits = _DIGITS.findall(text)
    # A form has no words for a change, nor for what is only about so.
    if quantity.comparator in NOT_IN_FORMS:
        return None
    if quantity.dimension.startswith("tolerance") or not digits or len(digits) > 2 or "^" in text:
        return None
    if re.search(r"[0-9]N|10\s*-|HRC|HV|HB", text):
        return None
    unit = text[text.rindex(digits[-1]) + len(digits[-1]) :]
    while (shorter := _BEYOND_UNIT.sub("", unit)) != unit:
        unit = shorter
    values = [float(one.replace(",", "")) for one in digits]
    plain = [int(one) if one.is_integer() else one for one in values]
    if len(plain) == 2:
        return {"comparator": "range", "value": min(plain), "value_max": max(plain), "unit": unit}
    return {"comparator": _comparator(quantity), "value": plain[0], "unit": unit}


def _comparator(quantity: Quantity) -> str:
    if quantity.high is None:
        return "gt" if quantity.low_open else "ge"
    if quantity.low is None:
        return "lt" if quantity.high_open else "le"
    return "eq"
