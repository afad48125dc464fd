"""Reads a workbook (.xlsx) row by row. Formulas are never computed: their last value counts."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS

from park.core.errors import DomainError
from park.sheets import archives, headings
from park.sheets.cells import cell_text
from park.sheets.strings import SharedStrings, local, parse_chunks, safe_parser
from park.sheets.tables import CellNote, Limits, SheetRow, Table

_MERGE = re.compile(rb"mergeCell\s[^>]*?ref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\"")
MOST_MERGES = 100_000
DAMAGED = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, DefusedXmlException, ParseError, KeyError,
    ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
"""Everything that openpyxl and zipfile are known to say of a damaged workbook."""


@dataclass(slots=True)
class _Cell:
    column: int
    text: str
    note: str = ""


@dataclass(slots=True)
class _RawRow:
    number: int
    cells: list[_Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Merge:
    first_column: int
    first_row: int
    last_column: int
    last_row: int


class _Reader(ExcelReader):
    """Only what a list needs of a workbook: its sheets and formats, not its texts or drawings."""

    def read_strings(self) -> None:
        found = self.package.find(SHARED_STRINGS)
        self.strings_part: str | None = None if found is None else found.PartName.lstrip("/")

    def read_properties(self) -> None: ...

    def read_custom(self) -> None: ...

    def read_theme(self) -> None: ...


def read_workbook(path: Path, limits: Limits, is_known: Callable[[str], bool] | None) -> Table:
    """The first visible sheet with anything in it. Raises as `read_table` does."""
    archive = archives.open_workbook(path, limits)
    archive.close()  # openpyxl opens it by itself
    with ExitStack() as stack:
        try:
            # By its content: a stored file has no ending that openpyxl could believe.
            file = stack.enter_context(path.open("rb"))
            reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
            stack.callback(reader.archive.close)
            reader.read()
            sheets = [sheet for sheet in reader.wb.worksheets if sheet.sheet_state == "visible"]
            parts = [(sheet.title, sheet._worksheet_path) for sheet in sheets]  # noqa: SLF001
        except DAMAGED as error:
            raise DomainError("unreadable_file") from error
        book = _Book(reader, limits)
        stack.callback(book.close)
        for title, part in parts:
            table = _open_sheet(book, part, is_known)
            if table is not None:
                table.sheet = title
                table.other_sheets = [name for name, _ in parts if name != title]
                table.close = stack.pop_all().close
                return table
    raise DomainError("empty_file")


class _Book:
    def __init__(self, reader: _Reader, limits: Limits) -> None:
        self.archive = reader.archive
        self.limits = limits
        self.epoch: datetime = reader.wb.epoch
        self.dates = set(reader.wb._date_formats)  # noqa: SLF001
        self.durations = set(reader.wb._timedelta_formats)  # noqa: SLF001
        self.percents = _percent_styles(reader.wb)
        source = None if reader.strings_part is None else self.archive.open(reader.strings_part)
        self.strings = SharedStrings(source)

    def close(self) -> None:
        self.strings.close()

    def merges(self, part: str) -> list[_Merge]:
        """They stand behind the cells, so the part is run through once without parsing it."""
        found: list[_Merge] = []
        rest = b""
        with self.archive.open(part) as source:
            while chunk := source.read(1024 * 1024):
                block = rest + chunk
                # Cut where no element is open, so that none is seen twice or in halves.
                cut = block.rfind(b">") + 1
                rest = block[cut:] if cut else block[-4096:]
                for match in _MERGE.finditer(block[:cut]):
                    first, _, last = match[1].decode().partition(":")
                    top, left = coordinate_to_tuple(first)
                    bottom, right = coordinate_to_tuple(last)
                    found.append(_Merge(left, top, right, bottom))
                    if len(found) > MOST_MERGES:
                        raise DomainError("unreadable_file")
        return found

    def rows(self, part: str) -> Iterator[_RawRow]:
        """Rows with something in them, in order. Raises unreadable_file, too_many_columns."""
        try:
            with self.archive.open(part) as source:
                yield from _SheetParser(self).parse(source)
        except DAMAGED as error:
            raise DomainError("unreadable_file") from error


def _percent_styles(workbook: Any) -> set[int]:
    formats = workbook._number_formats  # noqa: SLF001

    def is_percent(number: int) -> bool:
        if number in (9, 10):
            return True
        return 164 <= number < 164 + len(formats) and "%" in formats[number - 164]

    styles = workbook._cell_styles  # noqa: SLF001
    return {index for index, style in enumerate(styles) if is_percent(style.numFmtId)}


class _SheetParser:
    """Turns the events of a sheet's XML into rows; nothing of the tree is kept."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.done: list[_RawRow] = []
        self.row = _RawRow(0)
        self.column = 0
        self.type = self.style = ""
        self.value: list[str] = []
        self.is_open = self.has_formula = self.is_phonetic = False

    def parse(self, source: Any) -> Iterator[_RawRow]:
        parser = safe_parser()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.data
        for _ in parse_chunks(parser, source):
            yield from self.done
            self.done.clear()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "row":
                number = int(attributes["r"]) if "r" in attributes else self.row.number + 1
                self.row = _RawRow(number)
                self.column = 0
            case "c":
                place = attributes.get("r")
                self.column = coordinate_to_tuple(place)[1] if place else self.column + 1
                self.type = attributes.get("t", "n")
                self.style = attributes.get("s", "")
                self.value.clear()
                self.has_formula = False
            case "v":
                self.is_open = True
            case "t":
                self.is_open = not self.is_phonetic
            case "rPh":
                self.is_phonetic = True
            case "f":
                self.has_formula = True

    def data(self, text: str) -> None:
        if self.is_open:
            self.value.append(text)

    def end(self, name: str) -> None:
        match local(name):
            case "v" | "t":
                self.is_open = False
            case "rPh":
                self.is_phonetic = False
            case "c":
                self._finish_cell()
            case "row":
                if self.row.cells:
                    self.done.append(self.row)

    def _finish_cell(self) -> None:
        raw = "".join(self.value)
        text, note = self._read(raw)
        if not text and self.has_formula and not note:
            # A formula that gives "" has a value; one that was never computed has none.
            note = "" if self.type == "str" and self.value else "formula_without_value"
        if not text and not note:
            return
        # Thousands of columns of empty formats are common; only what holds something counts.
        if self.column > self.book.limits.columns:
            raise DomainError("too_many_columns", limit=self.book.limits.columns)
        self.row.cells.append(_Cell(self.column, text, note))

    def _read(self, raw: str) -> tuple[str, str]:
        match self.type:
            case "s":
                return (self.book.strings[int(raw)].strip() if raw else ""), ""
            case "str" | "inlineStr":
                return raw.strip(), ""
            case "e":
                return "", "cell_error"
            case "b":
                return (cell_text(raw == "1") if raw else ""), ""
            case "d":
                return raw.removesuffix("T00:00:00").replace("T", " ")[:16], ""
        return self._number(raw)

    def _number(self, raw: str) -> tuple[str, str]:
        if not raw:
            return "", ""
        number = float(raw)
        style = int(self.style or 0)
        if style in self.book.dates:
            is_duration = style in self.book.durations
            try:
                moment = from_excel(number, self.book.epoch, timedelta=is_duration)
            except (ValueError, OverflowError):
                return "", "cell_error"
            return cell_text(moment), ""
        is_whole = number.is_integer() and abs(number) < 1e15
        plain: float = int(number) if is_whole else number
        return cell_text(plain, is_percent=style in self.book.percents), ""


def _open_sheet(book: _Book, part: str, is_known: Callable[[str], bool] | None) -> Table | None:
    """The sheet's list; None when nothing is in it."""
    rows = book.rows(part)
    top: list[_RawRow] = []
    for row in rows:
        top.append(row)
        if len(top) > headings.SEARCHED_ROWS:
            break
    if not any(cell.text for row in top for cell in row.cells):
        return None
    try:
        merges = book.merges(part)
    except DAMAGED as error:
        raise DomainError("unreadable_file") from error
    grid = [{cell.column: cell.text for cell in row.cells if cell.text} for row in top]
    at = headings.find_header(grid, is_known)
    if at is None:
        raise DomainError("no_header")
    upper, number = grid[at], top[at].number
    spans = [(one.first_column, one.last_column) for one in merges if one.first_row == number]
    taken = at + 1
    named: dict[int, str] = dict(upper)
    if headings.is_two_levels(upper, spans):
        has_lower = taken < len(top) and top[taken].number == number + 1
        named = headings.join_levels(upper, grid[taken] if has_lower else {}, spans)
        taken += has_lower
    known_width = max((*named, *(column for row in grid[taken:] for column in row)), default=0)
    names = headings.name_columns(named, known_width)
    later = _fill_merged(_chain(top[taken:], rows), merges)
    return Table(
        headers=list(names.values()),
        rows=_named_rows(later, names, book.limits),
        header_row=number,
    )


def _chain(first: list[_RawRow], rest: Iterator[_RawRow]) -> Iterator[_RawRow]:
    yield from first
    yield from rest


def _fill_merged(rows: Iterator[_RawRow], merges: list[_Merge]) -> Iterator[_RawRow]:
    """A cell merged over several rows holds for each of them: one firm beside its three needs."""
    tall = [one for one in merges if one.last_row > one.first_row]
    if not tall:
        yield from rows
        return
    starting: dict[int, list[_Merge]] = {}
    for one in tall:
        starting.setdefault(one.first_row, []).append(one)
    open_ones: list[tuple[_Merge, str]] = []
    for row in rows:
        own = {cell.column: cell.text for cell in row.cells}
        open_ones = [(one, text) for one, text in open_ones if one.last_row >= row.number]
        for one, text in open_ones:
            if one.first_column not in own:
                row.cells.append(_Cell(one.first_column, text))
        for one in starting.get(row.number, ()):
            if own.get(one.first_column):
                open_ones.append((one, own[one.first_column]))
        yield row


def _named_rows(
    rows: Iterator[_RawRow], names: dict[int, str], limits: Limits
) -> Iterator[SheetRow]:
    count = 0
    for row in rows:
        cells: dict[str, str] = {}
        notes: list[CellNote] = []
        for cell in row.cells:
            name = names.get(cell.column)
            if name is None:
                # Wider than everything that was looked at first: called by its letter as well.
                name = names[cell.column] = f"[{headings.column_letter(cell.column)}]"
            if len(cell.text) > limits.cell:
                notes.append(CellNote(name, "cell_too_long"))
            elif cell.text:
                cells[name] = cell.text
            if cell.note:
                notes.append(CellNote(name, cell.note))
        if not cells and not notes:
            continue
        count += 1
        if count > limits.rows:
            raise DomainError("too_many_rows", limit=limits.rows)
        yield SheetRow(row.number, cells, tuple(notes))
