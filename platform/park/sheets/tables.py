"""What a list in a file looks like once it is read: headings, and rows that come one at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is looked at. Whatever is beyond is refused, never cut off in silence."""

    bytes: int = 50 * 1024 * 1024
    columns: int = 200
    rows: int = 100_000
    cell: int = 40_000
    """Characters of one cell; Excel itself allows 32 767."""
    members: int = 2_000
    unpacked_bytes: int = 400 * 1024 * 1024
    """Of all parts of a workbook together, once they are unpacked."""
    ratio: int = 300
    """Unpacked bytes for each packed one; real workbooks stay below 100."""


@dataclass(frozen=True, slots=True)
class CellNote:
    """Something about a cell that a person should know: a stable code, and the column's heading.

    Codes: `formula_without_value`, `cell_error`, `malformed_row`, `cell_too_long`.
    """

    column: str
    code: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number` is the row as the person's own program counts it, from 1."""

    number: int
    cells: dict[str, str]
    """{heading: text}; empty cells are left out."""
    notes: tuple[CellNote, ...] = ()


@dataclass
class Table:
    """Leave it by `with`: a workbook holds its file open while its rows are read."""

    headers: list[str]
    rows: Iterator[SheetRow]
    """Can be walked once; open the file again to start over."""
    header_row: int = 1
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    """Sheets of the workbook that are not read."""
    encoding: str = ""
    close: Callable[[], object] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
