"""What goes into a sheet comes out of it again, nothing of it runs, and memory stays flat."""

import csv
import io
import re
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.sheets import workbook
from park.sheets.layouts import Cell, CellType, Column, Layout, Record, is_runnable, printable
from park.sheets.writing import Format, write

ZONE = ZoneInfo("Asia/Shanghai")
ANYTHING = Layout("清单", [Column("甲"), Column("乙", CellType.NUMBER), Column("丙")])

# Mostly what might do harm: triggers, their wide forms, blanks, quotes, separators, escapes.
nasty = st.text(
    st.sampled_from("=+-@＝＋－＠|%\t\r\n \u3000\u200b\ufeff'\",;_x0041_A1!<>&\x00\x07中𠮷")
    | st.characters(),
    max_size=24,
)
texts = nasty | st.sampled_from(
    [
        "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM(A1)", " =1",
        "\ufeff=1", '=cmd|\' /C calc\'!A0', "|calc", '=HYPERLINK("http://x","y")', "_x000D_=1",
        "+8613800001234", "-12.5", "+86 714 6350000", "0714-6350000", "<b>粗</b>", "a\r\nb",
    ]
)  # fmt: skip


def written(
    format: Format,  # noqa: A002
    rows: Iterable[Sequence[Cell]],
    layout: Layout = ANYTHING,
) -> bytes:
    return b"".join(write(format, layout, (Record(row) for row in rows), zone=ZONE))


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes, sheet: int = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.worksheets[sheet].iter_rows()]


def on(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time of November 2026 as sheets have them: without a zone."""
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001


def as_excel_reads(text: str) -> str:
    """Excel turns _xHHHH_ into the character; openpyxl hands it out as it stands."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@given(text=texts, number=st.integers(-(10**9), 10**9), other=texts)
def test_csv_gives_the_text_back_and_nothing_in_it_runs(text: str, number: int, other: str) -> None:
    header, row = read_csv(written(Format.CSV, [[text, number, other]]))
    assert header == ["甲", "乙", "丙"]
    for given_, found in ((text, row[0]), (other, row[2])):
        assert not is_runnable(found)
        assert found in (printable(given_), f"'{printable(given_)}")
    assert row[1] == str(number)


@given(text=texts, number=st.integers(-(10**9), 10**9), other=texts)
def test_a_workbook_gives_the_text_back_as_text(text: str, number: int, other: str) -> None:
    _, row = read_xlsx(written(Format.XLSX, [[text, number, other]]))
    for given_, cell in ((text, row[0]), (other, row[2])):
        assert as_excel_reads(cell.value or "") == printable(given_)
        assert cell.value is None or cell.data_type == "s"
        assert bool(cell.quotePrefix) == is_runnable(printable(given_))
    assert row[1].value == number
    assert row[1].data_type == "n"


@given(text=texts)
def test_no_workbook_has_a_formula(text: str) -> None:
    content = written(Format.XLSX, [[text, None, None]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b't="str"' not in sheet


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", "\t=1", "\r\n=1", "　=1", "@x", "-2+3", "+x"])
def test_what_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert is_runnable(printable(text))
    ((_, _, _), row) = read_csv(written(Format.CSV, [[text, 0, ""]]))
    assert row[0].startswith("'")


@pytest.mark.parametrize("text", ["-12.5", "+8613800001234", "0714-6350000", "6N-铜", "", "'="])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    _, row = read_csv(written(Format.CSV, [[text, 0, ""]]))
    assert row[0] == text


def test_typed_cells_are_what_they_say() -> None:
    layout = Layout(
        "类型",
        [
            Column("整数", CellType.WHOLE),
            Column("数", CellType.NUMBER),
            Column("金额", CellType.MONEY),
            Column("日期", CellType.DATE),
            Column("时间", CellType.MOMENT),
            Column("未知", CellType.MONEY),
        ],
    )
    row: list[Cell] = [
        -3,
        0.00008,
        Decimal("1200000.50"),
        date(2026, 11, 24),
        datetime(2026, 11, 24, 17, 30, tzinfo=UTC),
        None,
    ]
    _, line = read_csv(written(Format.CSV, [row], layout))
    assert line == ["-3", "0.00008", "1200000.50", "2026-11-24", "2026-11-25 01:30", ""]
    _, cells = read_xlsx(written(Format.XLSX, [row], layout))
    assert [cell.value for cell in cells] == [
        -3, 0.00008, 1200000.5, on(24), on(25, 1, 30), None,
    ]  # fmt: skip
    assert cells[3].is_date
    assert cells[4].is_date


def test_a_day_before_excels_calendar_is_text() -> None:
    layout = Layout("旧", [Column("日", CellType.DATE)])
    _, (cell,) = read_xlsx(written(Format.XLSX, [[date(1899, 5, 1)]], layout))
    assert cell.value == "1899-05-01"


def test_csv_starts_with_the_mark_that_lets_excel_show_chinese() -> None:
    assert written(Format.CSV, []).startswith(b"\xef\xbb\xbf")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        written(Format.CSV, [["", 0, datetime(2026, 1, 1)]])  # noqa: DTZ001


def test_the_workbook_has_widths_a_frozen_heading_and_a_second_sheet() -> None:
    layout = Layout("需求", [Column("名称", width=40)], title=["第1批清单"])
    details = Layout("指标", [Column("名称"), Column("指标")])
    records = [Record(["甲"], [["甲", "一"], ["甲", "二"]]), Record(["乙"], [["乙", "三"]])]
    content = b"".join(write(Format.XLSX, layout, records, zone=ZONE, details=details))
    book = openpyxl.load_workbook(io.BytesIO(content))
    first, second = book.worksheets
    assert (first.title, second.title) == ("需求", "指标")
    assert [row[0].value for row in first.iter_rows()] == ["第1批清单", "名称", "甲", "乙"]
    assert [row[1].value for row in second.iter_rows()] == ["指标", "一", "二", "三"]
    assert first.column_dimensions["A"].width == 40
    assert (first.freeze_panes, second.freeze_panes) == ("A3", "A2")


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    layout, details = Layout("一", [Column("甲")]), Layout("二", [Column("甲")])
    records = [Record([str(number)], [[str(number)]]) for number in range(7)]
    content = b"".join(write(Format.XLSX, layout, records, zone=ZONE, details=details))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["一", "一 (2)", "一 (3)", "二", "二 (2)", "二 (3)"]
    rows = [row[0].value for sheet in book.worksheets for row in sheet.iter_rows(min_row=2)]
    assert rows == [str(number) for number in range(7)] * 2


def test_a_text_longer_than_a_cell_is_cut_visibly() -> None:
    _, row = read_xlsx(written(Format.XLSX, [["𠮷" * 20_000, 0, ""]]))
    assert row[0].value.endswith("…")
    assert len(row[0].value.encode("utf-16-le")) <= workbook.MOST_CHARACTERS * 2


@pytest.mark.parametrize("format", list(Format))
def test_memory_does_not_grow_with_the_rows(format: Format) -> None:  # noqa: A002
    def peak(count: int) -> int:
        def records() -> Iterator[Record]:
            for number in range(count):
                yield Record([f"铜电解液脱砷{number}" * 8, number, "x"], [["a", 1, "b"]] * 2)

        tracemalloc.start()
        try:
            for _ in write(format, ANYTHING, records(), zone=ZONE, details=ANYTHING):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    # The second sheet's first megabyte is kept in memory, whatever the size.
    assert peak(40_000) < peak(4_000) + 2_000_000
