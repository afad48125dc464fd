"""Writes an Excel workbook while its rows come in.

openpyxl gives nothing before the last row and takes ten times as long, so the few parts of the
format that a table needs are written here. Every text is stored as text: no cell is ever a formula.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, tzinfo
from decimal import Decimal
from html import escape
from itertools import islice
from math import isfinite
from re import compile as pattern
from typing import IO, Any

from park.sheets.layouts import (
    Cell,
    CellType,
    Layout,
    Record,
    column_letters,
    is_runnable,
    local,
    printable,
)

CHUNK = 64 * 1024
MOST_ROWS = 1_000_000
"""Of a sheet; Excel holds 1,048,576. What is more goes on in another sheet."""
MOST_BYTES = 1_500_000_000
"""Of a sheet; beyond 2 GiB the archive would need an extension that Excel does not read."""
MOST_CHARACTERS = 32_767
"""Of a cell, in UTF-16 units."""
SPOOLED = 1024 * 1024
# Excel reads _x0041_ as the character of that number; where the text says so, its mark is escaped.
_ESCAPES = pattern("_(?=x[0-9A-Fa-f]{4}_)")
_SHEET_NAME = pattern(r"[\[\]:*?/\\']")

PLAIN, HEADING, TEXT, QUOTED, DATE, MOMENT, MONEY, TITLE = range(8)
_EPOCH = date(1899, 12, 30)
# Before this day Excel counts a 29 February 1900 that never was.
_FIRST_DAY = date(1900, 3, 1)

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Sheets are the default, since how many there will be is not known yet.
CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>'
)
ROOT_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
_EDGE = '<{0} style="thin"><color rgb="FFC9D6D1"/></{0}>'
_TOP = '<alignment vertical="top" wrapText="1"/>'
_CELL = 'fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1" applyAlignment="1"'
STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="166" formatCode="#,##0.00"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="16"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE3EFEA"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>'
    + "".join(_EDGE.format(side) for side in ("left", "right", "top", "bottom"))
    + "<diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="8">'
    f'<xf numFmtId="0" {_CELL}><alignment vertical="top"/></xf>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" '
    'applyBorder="1" applyAlignment="1">'
    '<alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
    f'<xf numFmtId="49" {_CELL} applyNumberFormat="1">{_TOP}</xf>'
    f'<xf numFmtId="49" {_CELL} applyNumberFormat="1" quotePrefix="1">{_TOP}</xf>'
    f'<xf numFmtId="164" {_CELL} applyNumberFormat="1"><alignment vertical="top"/></xf>'
    f'<xf numFmtId="165" {_CELL} applyNumberFormat="1"><alignment vertical="top"/></xf>'
    f'<xf numFmtId="166" {_CELL} applyNumberFormat="1"><alignment vertical="top"/></xf>'
    '<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" '
    'applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)
_NUMBER_STYLES = {CellType.MONEY: MONEY}


def write_workbook(
    layout: Layout, records: Iterable[Record], *, zone: tzinfo, details: Layout | None = None
) -> Iterator[bytes]:
    """The workbook in pieces. The second sheet waits in a file on disk for the end of the first."""
    out = _Pieces()
    with ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED))
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", ROOT_RELATIONS)
        archive.writestr("xl/styles.xml", STYLES)
        names: list[str] = []
        second = None if details is None else _Spool(details, zone, stack)
        for sheet in _sheets(layout, records, zone, second):
            names.append(_sheet_name(layout.name, len(names), names))
            with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as part:
                for piece in sheet:
                    part.write(piece)
                    if out.size >= CHUNK:
                        yield out.take()
        for count, spooled in enumerate(second.finished() if second else ()):
            names.append(_sheet_name(second.layout.name, count, names))  # type: ignore[union-attr]
            with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as part:
                while piece := spooled.read(CHUNK):
                    part.write(piece)
                    if out.size >= CHUNK:
                        yield out.take()
        archive.writestr("xl/workbook.xml", _workbook(names))
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(len(names)))
    yield out.take()


class _Pieces(io.RawIOBase):
    """What the archive writes to. It cannot seek, so entries end with their own sizes."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def take(self) -> bytes:
        found = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return found


class _Sheet:
    """One sheet's XML, a row at a time."""

    def __init__(self, layout: Layout, zone: tzinfo) -> None:
        self.layout = layout
        self.zone = zone
        self.letters = list(islice(column_letters(), len(layout.columns)))
        self.row = 0
        self.size = 0

    @property
    def is_full(self) -> bool:
        return self.row >= MOST_ROWS or self.size >= MOST_BYTES

    def start(self) -> bytes:
        above = len(self.layout.title)
        pane = (
            '<sheetViews><sheetView workbookViewId="0">'
            f'<pane ySplit="{above + 1}" topLeftCell="A{above + 2}" activePane="bottomLeft" '
            'state="frozen"/></sheetView></sheetViews>'
        )
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1"/>'
            for at, column in enumerate(self.layout.columns, 1)
        )
        head = (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f"{pane}<cols>{widths}</cols><sheetData>"
        )
        for line in self.layout.title:
            self.row += 1
            head += f'<row r="{self.row}" ht="28" customHeight="1">'
            head += _text(f"A{self.row}", line, TITLE) + "</row>"
        self.row += 1
        cells = (
            _text(f"{letter}{self.row}", column.heading, HEADING)
            for letter, column in zip(self.letters, self.layout.columns, strict=True)
        )
        return self._counted(f'{head}<row r="{self.row}">{"".join(cells)}</row>')

    def line(self, cells: Sequence[Cell]) -> bytes:
        self.row += 1
        parts = [
            _cell(f"{letter}{self.row}", value, column.cell, self.zone)
            for letter, value, column in zip(self.letters, cells, self.layout.columns, strict=True)
        ]
        return self._counted(f'<row r="{self.row}">{"".join(parts)}</row>')

    def end(self) -> bytes:
        above, last = len(self.layout.title), self.letters[-1]
        tail = f'</sheetData><autoFilter ref="A{above + 1}:{last}{self.row}"/>'
        if above and last != "A":
            merged = "".join(f'<mergeCell ref="A{at}:{last}{at}"/>' for at in range(1, above + 1))
            tail += f'<mergeCells count="{above}">{merged}</mergeCells>'
        orientation = "landscape" if self.layout.is_landscape else "portrait"
        tail += '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" '
        tail += f'footer="0.3"/><pageSetup paperSize="9" orientation="{orientation}" '
        tail += 'fitToWidth="1" fitToHeight="0"/><headerFooter><oddFooter>&amp;C&amp;P / &amp;N'
        return f"{tail}</oddFooter></headerFooter></worksheet>".encode()

    def _counted(self, xml: str) -> bytes:
        made = xml.encode("utf-8")
        self.size += len(made)
        return made


class _Spool:
    """The second sheet, kept on disk until the first is done."""

    def __init__(self, layout: Layout, zone: tzinfo, stack: ExitStack) -> None:
        self.layout = layout
        self._zone = zone
        self._stack = stack
        self._files: list[IO[bytes]] = []
        self._open()

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            if self._sheet.is_full:
                self._files[-1].write(self._sheet.end())
                self._open()
            self._files[-1].write(self._sheet.line(row))

    def finished(self) -> list[IO[bytes]]:
        self._files[-1].write(self._sheet.end())
        for file in self._files:
            file.seek(0)
        return self._files

    def _open(self) -> None:
        file = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115
        self._stack.enter_context(file)
        self._files.append(file)
        self._sheet = _Sheet(self.layout, self._zone)
        file.write(self._sheet.start())


def _sheets(
    layout: Layout, records: Iterable[Record], zone: tzinfo, second: _Spool | None
) -> Iterator[Iterator[bytes]]:
    """The first sheet, and as many more as its rows need; each is to be used up before the next."""
    rows = iter(records)
    upcoming = next(rows, None)

    def one() -> Iterator[bytes]:
        nonlocal upcoming
        sheet = _Sheet(layout, zone)
        yield sheet.start()
        while upcoming is not None and not sheet.is_full:
            yield sheet.line(upcoming.cells)
            if second is not None:
                second.add(upcoming.details)
            upcoming = next(rows, None)
        yield sheet.end()

    yield one()
    while upcoming is not None:
        yield one()


def _cell(at: str, value: Cell, kind: CellType, zone: tzinfo) -> str:
    match value:
        case None | "":
            return f'<c r="{at}" s="{PLAIN}"/>'
        case str():
            text = printable(value)
            return _text(at, text, QUOTED if is_runnable(text) else TEXT)
        case bool():
            raise TypeError("a truth is a word in the reader's language")
        case int() | float() | Decimal():
            if not isfinite(value):
                return f'<c r="{at}" s="{PLAIN}"/>'
            style = _NUMBER_STYLES.get(kind, PLAIN)
            return f'<c r="{at}" s="{style}"><v>{value}</v></c>'
        case datetime():
            moment = local(value, zone)
            if moment.date() < _FIRST_DAY:
                return _text(at, moment.strftime("%Y-%m-%d %H:%M"), TEXT)
            seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
            serial = (moment.date() - _EPOCH).days + seconds / 86_400
            return f'<c r="{at}" s="{MOMENT}"><v>{serial:.10g}</v></c>'
        case date():
            if value < _FIRST_DAY:
                return _text(at, value.isoformat(), TEXT)
            return f'<c r="{at}" s="{DATE}"><v>{(value - _EPOCH).days}</v></c>'


def _text(at: str, text: str, style: int) -> str:
    text = _ESCAPES.sub("_x005F_", _shortened(printable(text)))
    written = escape(text, quote=False)
    return (
        f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'
    )


def _shortened(text: str) -> str:
    """What fits into a cell; a cut is shown."""
    if len(text) * 2 <= MOST_CHARACTERS:
        return text
    encoded = text.encode("utf-16-le")
    if len(encoded) <= MOST_CHARACTERS * 2:
        return text
    return encoded[: (MOST_CHARACTERS - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _sheet_name(name: str, count: int, taken: Sequence[str]) -> str:
    """Excel's rules: 31 characters, none of []:*?/\\, each name once."""
    base = _SHEET_NAME.sub(" ", printable(name)).strip() or "Sheet"
    number = count + 1
    while True:
        suffix = "" if number == 1 else f" ({number})"
        found = base[: 31 - len(suffix)] + suffix
        if found.casefold() not in {other.casefold() for other in taken}:
            return found
        number += 1


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>'
        for at, name in enumerate(names, 1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><bookViews><workbookView/>'
        f"</bookViews><sheets>{sheets}</sheets></workbook>"
    )


def _relations(count: int) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{at}" Type="{_DOCUMENT}/worksheet" '
        f'Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, count + 1)
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="rId{count + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )
