"""Reads lists that are plain text: CSV in the encodings that offices use, and JSON lines."""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from park.core.errors import DomainError
from park.sheets import headings
from park.sheets.cells import cell_text
from park.sheets.tables import CellNote, Limits, SheetRow, Table

DELIMITERS = ",\t;"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 256 * 1024
_LIST_JOINT = "；"
_STRANGE = re.compile("[\ue000-\uf8ff\ufffd\x80-\x9f]")


def detect_encoding(path: Path) -> str:
    """By its mark, else UTF-8, else GB 18030: what neither of the two can be is refused.

    Raises `unknown_encoding` with the first line that cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in _BOMS:
        if head.startswith(mark):
            _check_encoding(path, name)
            return name
    if b"\x00" in head:
        raise DomainError("unknown_encoding", line=head.partition(b"\x00")[0].count(b"\n") + 1)
    lines = []
    for name in ("utf-8", "gb18030"):
        try:
            _check_encoding(path, name)
        except DomainError as error:
            lines.append(error.data["line"])
        else:
            return name
    # The one that read further is the one that was meant.
    raise DomainError("unknown_encoding", line=max(lines))


def _check_encoding(path: Path, name: str) -> None:
    decoder = codecs.getincrementaldecoder(name)("strict")
    line = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += bytes(error.object[: error.start]).count(b"\n")
                raise DomainError("unknown_encoding", line=line) from error
            if name == "gb18030" and (strange := _strange(text)) is not None:
                raise DomainError("unknown_encoding", line=line + text.count("\n", 0, strange))
            line += text.count("\n")
            if not chunk:
                return


def _strange(text: str) -> int | None:
    """Where a decoded text stops being Chinese: GB 18030 gives a meaning to nearly every byte."""
    found = _STRANGE.search(text)
    return None if found is None else found.start()


# --- CSV ---


def read_csv(path: Path, limits: Limits, is_known: Callable[[str], bool] | None) -> Table:
    encoding = detect_encoding(path)
    delimiter = _delimiter(path, encoding, limits)
    records = _records(path, encoding, delimiter, limits)
    top: list[tuple[int, list[str]]] = []
    for record in records:
        top.append(record)
        if len(top) > headings.SEARCHED_ROWS:
            break
    if not top:
        raise DomainError("empty_file")
    grid = [{place: text for place, text in enumerate(row, 1) if text} for _, row in top]
    at = headings.find_header(grid, is_known)
    if at is None:
        raise DomainError("no_header")
    width = max(len(row) for _, row in top[at:])
    names = headings.name_columns(grid[at], width)
    return Table(
        headers=list(names.values()),
        rows=_csv_rows(_chained(top[at + 1 :], records), names, limits),
        header_row=top[at][0],
        encoding=encoding,
    )


def _chained(first: list[Any], rest: Iterator[Any]) -> Iterator[Any]:
    yield from first
    yield from rest


def _delimiter(path: Path, encoding: str, limits: Limits) -> str:
    """The sign that cuts the first lines into most columns, the same number in each."""

    def width(sign: str) -> tuple[int, int]:
        widths = []
        for _, row in _records(path, encoding, sign, limits):
            widths.append(len(row))
            if len(widths) >= 10:
                break
        usual = max(set(widths), key=widths.count) if widths else 0
        return (usual, max(widths, default=0))

    return max(DELIMITERS, key=width)


def _records(
    path: Path, encoding: str, delimiter: str, limits: Limits
) -> Iterator[tuple[int, list[str]]]:
    """Records with something in them and their number, blank ones counted. Stripped cells."""
    # A quote that is never closed would otherwise swallow the rest of the file.
    csv.field_size_limit(max(limits.cell * 4, 1_000_000))
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        number = 0
        while True:
            number += 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise DomainError("unreadable_file", line=reader.line_num) from error
            if row is None:
                return
            cells = [cell.strip() for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > limits.columns:
                raise DomainError("too_many_columns", limit=limits.columns)
            if cells:
                yield number, cells


def _csv_rows(
    records: Iterator[tuple[int, list[str]]], names: dict[int, str], limits: Limits
) -> Iterator[SheetRow]:
    for count, (number, row) in enumerate(records, 1):
        if count > limits.rows:
            raise DomainError("too_many_rows", limit=limits.rows)
        cells: dict[str, str] = {}
        notes = []
        for place, text in enumerate(row, 1):
            if not text:
                continue
            name = names.setdefault(place, f"[{headings.column_letter(place)}]")
            if len(text) > limits.cell:
                notes.append(CellNote(name, "cell_too_long"))
            else:
                cells[name] = text
        yield SheetRow(number, cells, tuple(notes))


# --- JSON lines ---


def read_json_lines(path: Path, limits: Limits) -> Table:
    """One object a line. The headings are the keys of all lines, in the order they first appear."""
    encoding = detect_encoding(path)
    names: dict[str, None] = {}
    count = 0
    for row in _json_rows(path, encoding, limits):
        count += 1
        names.update(dict.fromkeys(row.cells))
        if len(names) > limits.columns:
            raise DomainError("too_many_columns", limit=limits.columns)
    if not count:
        raise DomainError("empty_file")
    if not names:
        raise DomainError("no_header")
    rows = _json_rows(path, encoding, limits)
    return Table(headers=list(names), rows=rows, header_row=0, encoding=encoding)


def _json_rows(path: Path, encoding: str, limits: Limits) -> Iterator[SheetRow]:
    count = 0
    with path.open(encoding=encoding, newline="\n") as file:
        number = 0
        # In pieces: a file without a line end must not be read into memory at one go.
        while line := file.readline(limits.cell * 20):
            number += 1
            if not line.endswith("\n") and len(line) >= limits.cell * 20:
                raise DomainError("unreadable_file", line=number)
            if not line.strip():
                continue
            count += 1
            if count > limits.rows:
                raise DomainError("too_many_rows", limit=limits.rows)
            yield _json_row(number, line, limits)


def _json_row(number: int, line: str, limits: Limits) -> SheetRow:
    malformed = SheetRow(number, {}, (CellNote("", "malformed_row"),))
    try:
        found = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return malformed
    if not isinstance(found, dict):
        return malformed
    cells: dict[str, str] = {}
    notes = []
    for key, value in found.items():
        name = headings.clean_heading(key) or "[]"
        text = _json_text(value)
        if len(text) > limits.cell:
            notes.append(CellNote(name, "cell_too_long"))
        elif text:
            cells[name] = text
    return SheetRow(number, cells, tuple(notes))


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _json_text(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return _LIST_JOINT.join(text for one in value if (text := cell_text(one)))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return cell_text(value)
