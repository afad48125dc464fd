"""Workbooks as offices write them, and as somebody writes them who means harm."""

import datetime
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import numbers

from park.core.errors import DomainError
from park.sheets.reading import read_table
from park.sheets.tables import Limits, SheetRow
from tests.factories.tables import excel_workbook, workbook

HEADINGS = ("序号", "技术需求名称", "联系电话")


def refused(path: Path, **more: Any) -> DomainError:
    """What reading it to the end says."""
    with pytest.raises(DomainError) as error, read_table(path, **more) as table:
        list(table.rows)
    return error.value


def cells_of(path: Path, **more: Any) -> list[dict[str, str]]:
    return [row.cells for row in rows_of(path, **more)]


def rows_of(path: Path, **more: Any) -> list[SheetRow]:
    with read_table(path, **more) as table:
        return list(table.rows)


def headers_of(path: Path, **more: Any) -> list[str]:
    with read_table(path, **more) as table:
        return table.headers


def test_values_come_as_the_text_that_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["整数", "小数", "日期", "时刻", "电话", "百分比", "是否", "文字", "大数"])
    sheet.append(
        [5.0, 0.1 + 0.2, datetime.date(2026, 12, 31), datetime.datetime(2026, 1, 2, 8, 30),  # noqa: DTZ001
         13800001234, 0.985, True, "  两端空白 ", 1e20]
    )  # fmt: skip
    sheet["F2"].number_format = numbers.FORMAT_PERCENTAGE_00
    book.save(path)
    assert cells_of(path) == [
        {
            "整数": "5", "小数": "0.3", "日期": "2026-12-31", "时刻": "2026-01-02 08:30",
            "电话": "13800001234", "百分比": "98.5%", "是否": "是", "文字": "两端空白",
            "大数": "100000000000000000000",
        }
    ]  # fmt: skip


def test_title_rows_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    rows = [["园区技术需求汇总表"], ["填报单位：示例", "日期：2026"], HEADINGS, [1, "脱砷", 123]]
    path = workbook(tmp_path / "a.xlsx", rows, merged=["A1:C1"])
    with read_table(path, is_known=lambda text: text in HEADINGS) as table:
        assert (table.headers, table.header_row) == (list(HEADINGS), 3)
        assert [(row.number, row.cells["技术需求名称"]) for row in table.rows] == [(4, "脱砷")]
    # Without knowing a heading, the first row that is as wide as the list.
    with read_table(path) as table:
        assert table.header_row == 3


def test_merged_headings_of_two_levels_are_joined(tmp_path: Path) -> None:
    rows = [
        ["序号", "名称", "主要技术指标", None, "联系人"],
        [None, None, "名称", "数值", None],
        [1, "脱砷", "砷含量", "≤0.5mg/L", "陈工"],
    ]
    merged = ["A1:A2", "B1:B2", "C1:D1", "E1:E2"]
    path = workbook(tmp_path / "a.xlsx", rows, merged=merged)
    assert headers_of(path) == ["序号", "名称", "主要技术指标/名称", "主要技术指标/数值", "联系人"]
    assert [row["主要技术指标/数值"] for row in cells_of(path)] == ["≤0.5mg/L"]


def test_a_cell_merged_over_rows_holds_for_each(tmp_path: Path) -> None:
    rows = [["单位", "需求"], ["甲公司", "一"], [None, "二"], [None, "三"], ["乙公司", "四"]]
    path = workbook(tmp_path / "a.xlsx", rows, merged=["A2:A4"])
    assert [row["单位"] for row in cells_of(path)] == ["甲公司"] * 3 + ["乙公司"]


def test_columns_that_share_or_lack_a_heading_are_kept_apart(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注", "备注", None], ["甲", "一", "二", "三"]])
    assert headers_of(path) == ["名称", "备注", "备注 (2)", "[D]"]


def test_a_formula_gives_its_last_value_or_a_note(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "金额"], ["甲", "=1+1"]])
    (row,) = rows_of(path)
    assert row.cells == {"名称": "甲"}
    assert [(note.column, note.code) for note in row.notes] == [("金额", "formula_without_value")]
    _rewrite(path, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>2</v>", b"<v />", b"<v>2</v>")
    assert cells_of(path) == [{"名称": "甲", "金额": "2"}]


def test_an_error_in_a_cell_is_no_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "金额"], ["甲", "#REF!"]])
    (row,) = rows_of(path)
    assert [(note.column, note.code) for note in row.notes] == [("金额", "cell_error")]


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], ["甲", "乙"]])
    for name in ("noending", "list.csv", "list.xls"):
        assert cells_of(path.rename(tmp_path / name)) == [{"名称": "甲", "备注": "乙"}]
        path = tmp_path / name


def test_a_hidden_or_empty_sheet_is_not_the_list(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "空白"
    hidden = book.create_sheet("字典")
    hidden.append(["代码"])
    hidden.sheet_state = "hidden"
    book.create_sheet("需求").append(["名称", "备注"])
    book["需求"].append(["甲", "乙"])
    book.create_sheet("别的").append(["x", "y"])
    book.save(tmp_path / "a.xlsx")
    with read_table(tmp_path / "a.xlsx") as table:
        assert (table.sheet, table.other_sheets) == ("需求", ["空白", "别的"])


def test_too_many_columns_are_refused_but_empty_formats_are_not(tmp_path: Path) -> None:
    wide = workbook(tmp_path / "a.xlsx", [[f"列{n}" for n in range(300)]])
    assert refused(wide).code == "too_many_columns"
    book = openpyxl.Workbook()
    book.active.append(["名称", "备注"])
    book.active.append(["甲", "乙"])
    book.active.cell(2, 400).font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "b.xlsx")
    assert len(cells_of(tmp_path / "b.xlsx")) == 1


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], *([n, n] for n in range(30))])
    error = refused(path, limits=Limits(rows=20))
    assert (error.code, error.data) == ("too_many_rows", {"limit": 20})


def test_a_macro_workbook_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], ["甲", "乙"]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\x00")
    assert refused(path).code == "macro_workbook"
    other = workbook(tmp_path / "b.xlsx", [["名称", "备注"], ["甲", "乙"]])
    _rewrite(
        other, "[Content_Types].xml",
        b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml",
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
        b"application/vnd.ms-excel.sheet.macroEnabled.main",
    )  # fmt: skip
    assert refused(other).code in ("macro_workbook", "unsupported_file")


@pytest.mark.parametrize(
    ("inside", "code"),
    [("EncryptedPackage", "password_protected"), ("Workbook", "old_workbook")],
)
def test_encrypted_and_old_workbooks_are_named(tmp_path: Path, inside: str, code: str) -> None:
    path = tmp_path / "a.xlsx"
    magic = bytes.fromhex("d0cf11e0a1b11ae1")
    path.write_bytes(magic + b"\x00" * 504 + inside.encode("utf-16-le") + b"\x00" * 1000)
    assert refused(path).code == code


def test_a_zip_with_a_password_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], ["甲", "乙"]])
    data = bytearray(path.read_bytes())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    path.write_bytes(data)
    assert refused(path).code == "password_protected"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], ["甲", "乙"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros", b"\x00" * (60 * 1024 * 1024))
    assert path.stat().st_size < 200_000
    assert refused(path).code == "zip_bomb"


def test_a_bomb_of_many_members_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], ["甲", "乙"]])
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(2_001):
            archive.writestr(f"xl/media/{number}", b"")
    assert refused(path).code == "zip_bomb"


def test_a_member_that_is_larger_than_it_says_gives_no_more_than_it_said(tmp_path: Path) -> None:
    """The directory lies: 100 bytes declared, megabytes inside."""
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], *([n, "x" * 50] for n in range(20000))])
    data = bytearray(path.read_bytes())
    name = b"xl/worksheets/sheet1.xml"
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(name))
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(data)
    assert refused(path).code == "unreadable_file"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
ROWS = """<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>
<row r="4"><c r="B4" t="s"><v>2</v></c><c r="A4"><v>7</v></c></row>"""
TEXTS = (
    "<t>名称</t>",
    "<r><t>备</t></r><r><t xml:space='preserve'>注 </t></r>",
    "<t>铜</t><rPh><t>tong</t></rPh>",
)


def test_shared_texts_rich_runs_and_cells_without_an_address(tmp_path: Path) -> None:
    path = excel_workbook(tmp_path / "a.xlsx", ROWS, TEXTS)
    assert [(row.number, row.cells) for row in rows_of(path)] == [(4, {"名称": "7", "备注": "铜"})]


def test_a_text_that_is_not_in_the_table_is_a_damaged_file(tmp_path: Path) -> None:
    assert refused(excel_workbook(tmp_path / "a.xlsx", ROWS, TEXTS[:2])).code == "unreadable_file"


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    path = excel_workbook(tmp_path / "a.xlsx", ROWS, TEXTS, before=BOMB)
    assert refused(path).code == "unreadable_file"
    path = excel_workbook(tmp_path / "b.xlsx", ROWS, TEXTS)
    _rewrite(path, "xl/worksheets/sheet1.xml", b"<worksheet", BOMB.encode() + b"<worksheet")
    assert refused(path).code == "unreadable_file"
    path = excel_workbook(tmp_path / "c.xlsx", ROWS, TEXTS)
    _rewrite(
        path, "xl/workbook.xml",
        b"<workbook", BOMB.encode() + b"<workbook", b'name="', b'name="&a;',
    )  # fmt: skip
    assert refused(path).code == "unreadable_file"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<", b"<x/>", b"\x00\xff" * 50])
def test_a_damaged_part_is_no_server_error(tmp_path: Path, part: str, content: bytes) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], ["甲", "乙"]])
    _replace(path, part, content)
    try:
        rows_of(path)
    except DomainError as error:
        assert error.code in ("unreadable_file", "empty_file", "no_header")  # noqa: PT017


def test_half_a_workbook_and_another_zip_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["名称", "备注"], ["甲", "乙"]])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refused(path).code == "unreadable_file"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refused(path).code == "unsupported_file"


def _replace(path: Path, part: str, content: bytes) -> None:
    old = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(path, "w") as target:
        for member in source.namelist():
            target.writestr(member, content if member == part else source.read(member))


def _rewrite(path: Path, part: str, *pairs: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        content = archive.read(part)
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        content = content.replace(old, new)
    _replace(path, part, content)
