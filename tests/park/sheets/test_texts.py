"""CSV in the encodings that offices use, and JSON lines."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from park.core.errors import DomainError
from park.sheets.cells import cell_text
from park.sheets.headings import name_columns, normalised
from park.sheets.reading import read_table
from park.sheets.tables import Limits
from tests.factories.tables import csv_bytes, json_lines

ROWS = [["名称", "备注"], ["铜", "一，二"], ["砷", "三"]]


def read(tmp_path: Path, data: bytes, name: str = "a.csv", **more: Any) -> Any:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return read_table(path, name=name, **more)


def refusal(tmp_path: Path, data: bytes, name: str = "a.csv", **more: Any) -> DomainError:
    with pytest.raises(DomainError) as error:
        list(read(tmp_path, data, name, **more).rows)
    return error.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    table = read(tmp_path, csv_bytes(ROWS, encoding, delimiter))
    assert table.headers == ["名称", "备注"]
    assert [(row.number, row.cells["备注"]) for row in table.rows] == [(2, "一，二"), (3, "三")]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("名称,备注\n铜,一\n".encode() + b"\xff\xfe\x81\n", 3),
        ("名称,备注\n铜,一\n".encode("utf-16-le"), 1),
        ("名称,备注\n".encode() + b"caf\xe9,\x80\n", 2),
    ],
)
def test_a_wrong_encoding_is_named_with_its_line(tmp_path: Path, data: bytes, line: int) -> None:
    error = refusal(tmp_path, data)
    assert (error.code, error.data["line"]) == ("unknown_encoding", line)


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    data = '名称,备注\n\n铜,"两\n行"\n砷,三\n'.encode()
    rows = list(read(tmp_path, data).rows)
    assert [(row.number, row.cells["备注"]) for row in rows] == [(3, "两\n行"), (4, "三")]


def test_a_quote_that_never_ends_is_named(tmp_path: Path) -> None:
    data = '名称,备注\n铜,"'.encode() + "文".encode() * 2_000_000
    assert refusal(tmp_path, data).code == "unreadable_file"


def test_what_is_no_list_is_named(tmp_path: Path) -> None:
    for data, name, code in (
        (b"", "a.csv", "empty_file"),
        (b"  \n\n", "a.csv", "empty_file"),
        (b"%PDF-1.7", "a.csv", "unsupported_file"),
        (b"<html><table>", "a.csv", "unsupported_file"),
        (b"x,y\n1,2\n", "a.docx", "unsupported_file"),
        (b"[1]\n", "a.jsonl", "no_header"),
    ):
        assert refusal(tmp_path, data, name).code == code, data


def test_300_columns_and_a_large_file_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, csv_bytes([[f"c{n}" for n in range(300)]])).code == "too_many_columns"
    error = refusal(tmp_path, csv_bytes(ROWS), limits=Limits(bytes=10))
    assert error.code == "payload_too_large"
    many = json_lines([{f"k{n}": 1} for n in range(300)])
    assert refusal(tmp_path, many, "a.jsonl").code == "too_many_columns"


def test_json_lines(tmp_path: Path) -> None:
    data = json_lines([{"名称": "铜", "词": ["一", "二"], "n": 1.0, "空": None}, {"b": {"x": 1}}])
    table = read(tmp_path, data + b"[1]\n{\n" + b'{"a": NaN}\n', "a.jsonl")
    assert table.headers == ["名称", "词", "n", "b"]
    rows = list(table.rows)
    assert rows[0].cells == {"名称": "铜", "词": "一；二", "n": "1"}
    assert json.loads(rows[1].cells["b"]) == {"x": 1}
    assert [row.notes[0].code for row in rows[2:]] == ["malformed_row"] * 3


def test_deep_json_and_a_line_without_end_are_refused(tmp_path: Path) -> None:
    rows = list(read(tmp_path, b'{"a": 1}\n' + b"[" * 200_000 + b"\n", "a.jsonl").rows)
    assert rows[1].notes[0].code == "malformed_row"
    endless = b'{"a": "' + b"x" * 2_000_000
    assert refusal(tmp_path, endless, "a.jsonl").code == "unreadable_file"


def test_a_cell_that_is_too_long_is_noted_and_not_cut(tmp_path: Path) -> None:
    (row,) = read(tmp_path, csv_bytes([["名称", "备注"], ["铜", "长" * 50_000]])).rows
    assert row.cells == {"名称": "铜"}
    assert [(note.column, note.code) for note in row.notes] == [("备注", "cell_too_long")]


@pytest.mark.parametrize(
    "heading",
    [
        "需求名称",
        " 需求 名称 ",
        "需求名称（必填）",
        "1.需求名称",
        "*需求名称：",
        "（一）需求名称",
        "需求名称\n(不超过50字)",
    ],
)
def test_spellings_of_one_heading(heading: str) -> None:
    assert normalised(heading) == "需求名称"


@given(st.dictionaries(st.integers(1, 12), st.text(max_size=8), max_size=12))
def test_every_column_has_a_name_of_its_own(headings: dict[int, str]) -> None:
    names = name_columns(headings, 12)
    assert len(set(names.values())) == 12
    assert all(name and name.isprintable() for name in names.values())


@given(st.integers(-(10**14), 10**14))
def test_whole_numbers_have_no_point(number: int) -> None:
    assert cell_text(float(number)) == cell_text(number) == str(number)


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.jsonl", "a.xlsx", "a"]))
def test_whatever_the_bytes_the_answer_is_a_table_or_a_code(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "anything"
    path.write_bytes(data)
    try:
        list(read_table(path, name=name).rows)
    except DomainError as error:
        assert error.code  # noqa: PT017
