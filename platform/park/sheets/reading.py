"""Opens a list that somebody uploaded, whatever it is, as headings and streamed rows.

The content decides what a file is; its name only tells CSV from JSON lines. Guards come before
parsing, memory does not grow with the number of rows.
"""

from collections.abc import Callable
from pathlib import Path

from park.core.errors import DomainError
from park.sheets import archives
from park.sheets.tables import Limits, Table
from park.sheets.texts import read_csv, read_json_lines
from park.sheets.workbooks import read_workbook

_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", "")
_NO_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
DEFAULT_LIMITS = Limits()


def read_table(
    path: Path,
    *,
    name: str = "",
    limits: Limits = DEFAULT_LIMITS,
    is_known: Callable[[str], bool] | None = None,
) -> Table:
    """`name` is what the person called the file; `is_known` recognises a heading, so that title
    rows above the headings are passed over.

    Raises payload_too_large, empty_file, unsupported_file, unreadable_file (line), macro_workbook,
    password_protected, old_workbook, zip_bomb, unknown_encoding (line), no_header,
    too_many_columns (limit); the rows may raise unreadable_file, too_many_rows (limit) and
    too_many_columns.
    """
    size = path.stat().st_size
    if size > limits.bytes:
        raise DomainError("payload_too_large", limit=limits.bytes)
    with path.open("rb") as file:
        head = file.read(512)
    if not head.strip():
        raise DomainError("empty_file")
    if head.startswith(archives.OLE_MAGIC):
        archives.refuse_ole(path)
    if head.startswith(archives.ZIP_MAGIC):
        return read_workbook(path, limits, is_known)
    ending = Path(name or path.name).suffix.casefold()
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    # A web page saved as .xls is an old trick of office systems; it is no list that we read.
    if ending not in _TEXT_ENDINGS or head.startswith(_NO_TEXT) or begin[:1] == b"<":
        raise DomainError("unsupported_file")
    if ending in (".jsonl", ".ndjson", ".json") or (ending in (".txt", "") and begin[:1] == b"{"):
        return read_json_lines(path, limits)
    return read_csv(path, limits, is_known)
