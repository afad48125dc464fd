"""How a noun says what of it is exported: its columns with headings in both languages, its rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from park.sheets.layouts import Cell, CellType, Column, Layout, Record

Row = TypeVar("Row")


class Words(Protocol):
    """The reader's language, and the names of codes in it."""

    @property
    def is_english(self) -> bool: ...

    def name(self, vocabulary: str, code: str | None) -> str:
        """The code itself where no name is known; blank for none."""
        ...


class Named(NamedTuple):
    zh: str
    en: str

    def for_reader(self, words: Words) -> str:
        return self.en if words.is_english else self.zh


@dataclass(frozen=True, slots=True)
class Field(Generic[Row]):
    """A column: its heading, and how its cell is read from a row."""

    heading: Named
    read: Callable[[Row, Words], Cell]
    cell: CellType = CellType.TEXT
    width: float = 16


@dataclass(frozen=True, slots=True)
class Details(Generic[Row]):
    """The second sheet: several rows for each of the first."""

    name: Named
    fields: Sequence[Field[Any]]
    rows_of: Callable[[Row], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """What a reader may take along of a list. `rows` is read once, while the file is written."""

    noun: str
    name: Named
    fields: Sequence[Field[Row]]
    rows: Iterable[Row]
    details: Details[Row] | None = None
    has_contacts: bool = False
    """Whether some cell may hold a person's contact data: such exports are put on record."""
    title: Sequence[str] = field(default=())

    def layout(self, words: Words) -> Layout:
        return Layout(self.name.for_reader(words), _columns(self.fields, words), self.title)

    def details_layout(self, words: Words) -> Layout | None:
        if self.details is None:
            return None
        return Layout(self.details.name.for_reader(words), _columns(self.details.fields, words))

    def records(self, words: Words) -> Iterator[Record]:
        for row in self.rows:
            yield Record(_cells(self.fields, row, words), self._details_of(row, words))

    def _details_of(self, row: Row, words: Words) -> list[list[Cell]]:
        if self.details is None:
            return []
        return [_cells(self.details.fields, line, words) for line in self.details.rows_of(row)]


def _columns(fields: Sequence[Field[Any]], words: Words) -> list[Column]:
    return [Column(one.heading.for_reader(words), one.cell, one.width) for one in fields]


def _cells(fields: Sequence[Field[Any]], row: Any, words: Words) -> list[Cell]:
    return [one.read(row, words) for one in fields]


def yes_or_no(value: bool, words: Words) -> str:
    if words.is_english:
        return "yes" if value else "no"
    return "是" if value else "否"


def joined(parts: Iterable[str], words: Words) -> str:
    return (", " if words.is_english else "、").join(part for part in parts if part)
