"""An edition on paper: a cover, then the list with its headings on every page."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pylopdf_fonts_zh_cn
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from market.editions.printing.columns import PrintColumn
from market.editions.printing.wrapping import wrap

FONT = "list"
MARGIN = 9.0
PADDING = 1.1
SIZE = 7.5
LINE = 3.5
"""Millimetres a line of a cell takes."""
FOOT = 12.0
LEAST_LINES = 3
"""A row is not begun at the foot of a page for fewer."""
MISSING = "□"
INK = (28, 36, 34)
MUTED = (93, 103, 99)
HEAD = (227, 239, 234)
RULE = (150, 160, 156)

# It warns of what `_known` has already replaced, and tells how long each table took.
logging.getLogger("fontTools").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Cover:
    heading: str
    park: str
    day: str
    lines: Sequence[str]
    note: str


class _Document(FPDF):
    """Landscape A4 with the edition's name and the page number at the foot."""

    def __init__(self, heading: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self.heading = heading
        self.set_auto_page_break(False)
        self.set_margin(MARGIN)
        self.add_font(FONT, fname=pylopdf_fonts_zh_cn.sans_path())
        self.set_title(heading)
        self.set_lang("zh-CN")
        self.set_font(FONT, size=SIZE)
        self._glyphs = frozenset(getattr(self.fonts[FONT], "cmap"))  # noqa: B009 - of this kind of font
        self._widths: dict[str, float] = {}

    def known(self, text: str) -> str:
        """Characters that the font lacks are shown as missing, not left out."""
        if self._glyphs.issuperset(map(ord, text.replace("\n", ""))):
            return text
        return "".join(c if c == "\n" or ord(c) in self._glyphs else MISSING for c in text)

    def width(self, text: str) -> float:
        """Of a text in the table's size; every character is measured once."""
        total = 0.0
        for character in text:
            found = self._widths.get(character)
            if found is None:
                found = self._widths[character] = self.get_string_width(character)
            total += found
        return total

    def footer(self) -> None:
        if self.page_no() == 1:
            return
        self.set_y(-FOOT + 3)
        self.set_font(FONT, size=7)
        self.set_text_color(*MUTED)
        half = (self.w - 2 * MARGIN) / 2
        self.cell(half, 4, self.known(self.heading))
        # The cover is no page of the list.
        self.cell(half, 4, f"第 {self.page_no() - 1} 页", align="R")
        self.set_text_color(*INK)


def make_pdf(
    cover: Cover,
    columns: Sequence[PrintColumn],
    rows: Sequence[Sequence[str]],
    tell: Callable[[int, int], object],
) -> bytes:
    """`tell` hears (rows done, rows in all). Raises OSError when the font is missing."""
    document = _Document(cover.heading)
    _draw_cover(document, cover)
    table = _Table(document, columns)
    for number, row in enumerate(rows, 1):
        table.draw(row)
        tell(number, len(rows))
    return bytes(document.output())


def _draw_cover(document: _Document, cover: Cover) -> None:
    document.add_page()
    document.set_text_color(*INK)
    document.set_y(52)
    for text, size, height in ((cover.park, 18, 12), (cover.heading, 32, 22)):
        if text:
            document.set_font(FONT, size=size)
            _centred(document, text, height)
    document.set_draw_color(*RULE)
    document.set_line_width(0.4)
    middle = document.w / 2
    document.line(middle - 40, document.get_y() + 4, middle + 40, document.get_y() + 4)
    document.set_y(document.get_y() + 12)
    document.set_font(FONT, size=13)
    for text in (*cover.lines, cover.day):
        _centred(document, text, 9)
    if cover.note:
        document.set_y(document.get_y() + 6)
        document.set_font(FONT, size=10)
        document.set_x(MARGIN + 40)
        document.multi_cell(
            document.w - 2 * MARGIN - 80, 6, document.known(cover.note)[:1200], align="C"
        )


def _centred(document: _Document, text: str, height: float) -> None:
    document.multi_cell(
        0, height, document.known(text), align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT
    )


class _Table:
    """Rows that go on over the page where they are longer than one, under the same headings."""

    def __init__(self, document: _Document, columns: Sequence[PrintColumn]) -> None:
        self.document = document
        self.columns = columns
        # Whatever the widths add up to, they fill the page.
        scale = (document.w - 2 * MARGIN) / sum(column.width for column in columns)
        self.widths = [column.width * scale for column in columns]
        document.set_font(FONT, size=SIZE)
        self.headings = [
            self._lines(column.heading, width)
            for column, width in zip(columns, self.widths, strict=True)
        ]
        self._new_page()

    def draw(self, row: Sequence[str]) -> None:
        cells = [self._lines(text, width) for text, width in zip(row, self.widths, strict=True)]
        tallest = max(map(len, cells))
        if tallest > self._room() and (
            tallest <= self._room_of_a_page() or self._room() < LEAST_LINES
        ):
            self._new_page()
        start = 0
        while start < tallest:
            taken = min(tallest - start, self._room())
            self._draw_part([cell[start : start + taken] for cell in cells], taken)
            start += taken
            if start < tallest:
                self._new_page()

    def _lines(self, text: str, width: float) -> list[str]:
        document = self.document
        return wrap(document.known(text), width - 2 * PADDING, document.width)

    def _room(self) -> int:
        """Lines that still fit on this page."""
        return int((self._bottom() - self.document.get_y() - 2 * PADDING) / LINE)

    def _room_of_a_page(self) -> int:
        return int((self._bottom() - self._top - 2 * PADDING) / LINE)

    def _bottom(self) -> float:
        return self.document.h - FOOT

    def _new_page(self) -> None:
        document = self.document
        document.add_page()
        document.set_font(FONT, size=SIZE)
        document.set_draw_color(*RULE)
        document.set_line_width(0.15)
        document.set_fill_color(*HEAD)
        self._draw_part(self.headings, max(map(len, self.headings)), is_heading=True)
        self._top = document.get_y()

    def _draw_part(
        self, cells: Sequence[Sequence[str]], count: int, *, is_heading: bool = False
    ) -> None:
        document = self.document
        height = count * LINE + 2 * PADDING
        x, y = MARGIN, document.get_y()
        for column, width, lines in zip(self.columns, self.widths, cells, strict=True):
            document.rect(x, y, width, height, style="DF" if is_heading else "D")
            gap = (count - len(lines)) * LINE / 2 if is_heading else 0.0
            centred = is_heading or column.is_centred
            for number, line in enumerate(lines):
                if not line:
                    continue
                free = width - document.width(line)
                left = x + (free / 2 if centred else PADDING)
                baseline = y + PADDING + gap + number * LINE + LINE * 0.76
                document.text(left, baseline, line)
            x += width
        document.set_y(y + height)
