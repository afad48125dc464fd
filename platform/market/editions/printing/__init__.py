"""Editions as files, in the order and headings of a real list: PDF for paper, Excel for work."""

from collections.abc import Callable, Iterator, Sequence

from django.conf import settings
from django.utils import timezone

from market.editions.models import Edition, EditionFile
from market.editions.printing.columns import COLUMNS, PrintColumn, chinese_names
from market.listings.kinds import ListingKind
from park.sheets.layouts import Cell, CellType, Column, Layout, Record
from park.sheets.writing import Format, write

TOLD_EVERY = 5
"""Percent; each telling is a write."""

Tell = Callable[[int], object]
"""Hears percents."""


def print_edition(edition: Edition, form: str, tell: Tell) -> bytes:
    """The edition's included entries as one of `EditionFile.Form`.

    Raises OSError when the font is missing.
    """
    kind = ListingKind(edition.list_kind)
    columns = COLUMNS[kind]
    names = chinese_names()
    entries = edition.entries.filter(position__isnull=False).order_by("position")
    rows = [[column.read(entry, names) for column in columns] for entry in entries]
    if form == EditionFile.Form.PDF:
        return _as_pdf(edition, columns, rows, tell)
    return _as_workbook(edition, columns, rows)


def _day_of(edition: Edition) -> str:
    day = timezone.localdate(edition.issued_at or edition.frozen_at)
    return f"{day.year}年{day.month}月{day.day}日"


def _contact_lines() -> list[str]:
    contact = settings.PARK_CONTACT
    return [f"对接联系：{contact}"] if contact else []


def _as_pdf(
    edition: Edition, columns: Sequence[PrintColumn], rows: Sequence[Sequence[str]], tell: Tell
) -> bytes:
    # The font library is large, and only workers print.
    from market.editions.printing.pdf import Cover, make_pdf

    told = 0

    def pass_on(done: int, total: int) -> None:
        nonlocal told
        # The last part is the writing of the file itself.
        percent = done * 95 // total
        if percent >= told + TOLD_EVERY:
            told = percent
            tell(percent)

    cover = Cover(
        heading=edition.heading,
        park=settings.PARK_NAME,
        day=_day_of(edition),
        lines=[f"共 {len(rows)} 项", *_contact_lines()],
        note=edition.note,
    )
    return make_pdf(cover, columns, rows, pass_on)


def _as_workbook(
    edition: Edition, columns: Sequence[PrintColumn], rows: Sequence[Sequence[str]]
) -> bytes:
    first, *others = columns
    layout = Layout(
        edition.heading,
        [
            Column(first.heading, CellType.WHOLE, first.sheet_width),
            *(Column(column.heading, width=column.sheet_width) for column in others),
        ],
        title=[edition.heading, "　".join(filter(None, [settings.PARK_NAME, _day_of(edition)]))],
    )

    def records() -> Iterator[Record]:
        for row in rows:
            number: Cell = int(row[0])
            yield Record([number, *row[1:]])

    pieces = write(Format.XLSX, layout, records(), zone=timezone.get_default_timezone())
    return b"".join(pieces)
