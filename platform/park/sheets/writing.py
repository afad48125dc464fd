"""Writes tables as CSV or Excel, row by row: memory does not grow with the number of rows.

What text may do in a spreadsheet is decided in `cells`; the workbook's format is in `workbook`.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from park.sheets.layouts import Cell, CellType, Column, Layout, Record, local, neutralised
from park.sheets.workbook import write_workbook

__all__ = ["Cell", "CellType", "Column", "Format", "Layout", "Record", "write", "write_csv"]

BOM = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for the machine's own encoding and shows no Chinese."""
CHUNK = 32 * 1024


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


def write(
    format: Format,  # noqa: A002 - what the reader calls it
    layout: Layout,
    records: Iterable[Record],
    *,
    zone: tzinfo,
    details: Layout | None = None,
) -> Iterator[bytes]:
    """The file in pieces. `details` is the second sheet, which CSV has no room for."""
    if format is Format.CSV:
        return write_csv(layout, records, zone=zone)
    return write_workbook(layout, records, zone=zone, details=details)


class _Lines:
    """What the csv module writes to: keeps the pieces until they are asked for."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0

    def write(self, piece: str) -> int:
        self.pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def take(self) -> bytes:
        found = "".join(self.pieces).encode("utf-8")
        self.pieces.clear()
        self.size = 0
        return found


def write_csv(layout: Layout, records: Iterable[Record], *, zone: tzinfo) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, CRLF, text in quotes and never runnable."""
    lines = _Lines()
    # Quoted text stays one cell, whatever separators and line breaks are in it.
    writer = csv.writer(lines, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([neutralised(column.heading) for column in layout.columns])
    yield BOM
    for record in records:
        writer.writerow([_plain(value, zone) for value in record.cells])
        if lines.size >= CHUNK:
            yield lines.take()
    yield lines.take()


class _Bare(float):
    """A number as its digits say, so that the csv module neither quotes nor rounds it."""

    def __new__(cls, value: Decimal | int | float) -> "_Bare":
        made = super().__new__(cls, value)
        made.digits = format(Decimal(str(value)), "f")
        return made

    digits: str

    def __repr__(self) -> str:
        return self.digits

    __str__ = __repr__


def _plain(value: Cell, zone: tzinfo) -> str | _Bare:
    match value:
        case None:
            return ""
        case str():
            return neutralised(value)
        case bool():
            raise TypeError("a truth is a word in the reader's language")
        case int() | float() | Decimal():
            return _Bare(value)
        case datetime():
            return local(value, zone).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
