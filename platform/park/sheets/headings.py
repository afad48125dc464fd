"""Finds the headings of a list (pure): below title rows, in one row or in two merged ones."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

SEARCHED_ROWS = 20
LONGEST_HEADING = 60
JOINT = "/"
_NUMBERING = re.compile(r"^[(（]?[0-9一二三四五六七八九十]{1,2}[)）]?[.、．)）:：]\s*")
_REMARK = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")

Grid = Sequence[Mapping[int, str]]
"""Rows as {column index from 1: text}, empty cells absent."""


def normalised(heading: str) -> str:
    """How two spellings of one heading become the same: width, case, spaces, numbers, remarks."""
    text = unicodedata.normalize("NFKC", heading).strip().strip("*＊:：").strip()
    text = _NUMBERING.sub("", text)
    bare = _REMARK.sub("", text)
    text = bare if bare.strip() else text
    return re.sub(r"[\s_\-*:;,.、，；：。]+", "", text).casefold()


def find_header(grid: Grid, is_known: Callable[[str], bool] | None = None) -> int | None:
    """The index of the (upper) row of headings; None when no row looks like one.

    The row with most known headings wins; else the first one that is nearly as wide as any. A
    title stands alone in its row, whatever it is merged over.
    """
    best: tuple[int, int] | None = None
    for index, row in enumerate(grid[:SEARCHED_ROWS]):
        known = sum(1 for text in row.values() if is_known is not None and is_known(text))
        if known and (best is None or known > best[0]):
            best = (known, index)
    if best is not None:
        return best[1]
    widest = max((_words(row) for row in grid[:SEARCHED_ROWS]), default=0)
    for index, row in enumerate(grid[:SEARCHED_ROWS]):
        if _words(row) and _words(row) * 4 >= widest * 3:
            return index
    return None


def _words(row: Mapping[int, str]) -> int:
    return sum(1 for text in row.values() if 0 < len(text) <= LONGEST_HEADING)


def is_two_levels(upper: Mapping[int, str], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether cells of the row are merged sideways, so that the row below names the columns.

    `spans` are the merged (first, last) columns of the row. A title over everything is no level.
    """
    wide = [(first, last) for first, last in spans if last > first]
    return bool(wide) and len(upper) > 1


def join_levels(
    upper: Mapping[int, str], lower: Mapping[int, str], spans: Sequence[tuple[int, int]]
) -> dict[int, str]:
    """One heading a column: "主要技术指标/数值" where a wide cell stands over narrow ones."""
    above = dict(upper)
    for first, last in spans:
        for column in range(first, last + 1):
            if first in upper:
                above[column] = upper[first]
    joined = {}
    for column in sorted({*above, *lower}):
        parts = [part for part in (above.get(column, ""), lower.get(column, "")) if part]
        joined[column] = JOINT.join(dict.fromkeys(parts))
    return joined


def name_columns(headings: Mapping[int, str], width: int) -> dict[int, str]:
    """Every column's own name: line breaks gone, the second "名称" is "名称 (2)"; a column without
    a heading is called by its letter, so that what it holds is not lost."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for column in range(1, width + 1):
        text = clean_heading(headings.get(column, ""))
        text = text or f"[{column_letter(column)}]"
        name, again = text, 2
        while name in taken:
            name, again = f"{text} ({again})", again + 1
        taken.add(name)
        names[column] = name
    return names


def clean_heading(text: str) -> str:
    """One line of signs that every database and file can hold."""
    line = " ".join(text.split())[:LONGEST_HEADING]
    return "".join(sign for sign in line if sign.isprintable()).strip()


def column_letter(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
