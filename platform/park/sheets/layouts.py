"""What a cell may hold (pure): its types, and text made harmless to whatever opens the sheet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | Decimal | date | datetime | None
"""None is unknown or hidden: an empty cell. A time must know its zone."""


class CellType(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    cell: CellType = CellType.TEXT
    width: float = 16
    """In Latin characters; a Chinese one takes two."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet's name, the lines above its table (a title, a date) and its columns."""

    name: str
    columns: Sequence[Column]
    title: Sequence[str] = ()
    is_landscape: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A row, and the rows that belong to it on the second sheet."""

    cells: Sequence[Cell]
    details: Sequence[Sequence[Cell]] = field(default=())


# A spreadsheet runs what starts with one of these, also after white space that it trims; the wide
# forms are turned into the plain ones by some East Asian versions.
_TRIGGERS = "=+-@|＝＋－＠｜"
_BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
# Only numbers: a minus that means one, and a telephone's plus, are harmless and stay as they are.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# What XML 1.0 cannot hold, and with it what UTF-8 cannot.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Without the characters that no sheet can hold, and with plain line ends."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_runnable(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula or a command (DDE)."""
    start = text.lstrip(_BLANKS)
    if not start or _NUMBER.fullmatch(text):
        return False
    # A leading tab or line break alone is a known way around a check of the first character.
    return start[0] in _TRIGGERS or text[0] in "\t\n"


def neutralised(text: str) -> str:
    """The text for a format without types: an apostrophe makes a spreadsheet take it as text."""
    text = printable(text)
    return f"'{text}" if is_runnable(text) else text


def local(value: datetime, zone: tzinfo) -> datetime:
    """The park's own time, without a zone, as sheets have it."""
    if value.tzinfo is None:
        raise ValueError("a time in a sheet needs its zone")
    return value.astimezone(zone).replace(tzinfo=None)


def column_letters() -> Iterator[str]:
    """A, B, …, Z, AA, …"""
    number = 0
    while True:
        number += 1
        letters, rest = "", number
        while rest:
            rest, place = divmod(rest - 1, 26)
            letters = chr(ord("A") + place) + letters
        yield letters
