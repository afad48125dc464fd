"""Breaks text into lines as Chinese is set (pure): anywhere between characters, but words stay
whole and a line neither starts with a closing mark nor ends with an opening one."""

import re
from collections.abc import Callable

Width = Callable[[str], float]

_LATIN = r"A-Za-z0-9_./\\:%‰°℃µμΩ²³&@#"
# A number with its unit, a word of another script with its signs, blanks, or one character.
_PIECES = re.compile(
    rf"[0-9][0-9.,]* [%‰°℃A-Za-zµμΩ][{_LATIN}]{{0,7}}(?![A-Za-z])|[{_LATIN}+\-–~]+|\s+|.", re.DOTALL
)
_WORD_AT_END = re.compile(rf"[{_LATIN}+\-–~]+$")
NEVER_FIRST = frozenset("，。、；：？！）】》〉」』”’％‰℃·…—,.;:?!)]}%")
NEVER_LAST = frozenset("（【《〈「『“‘([{")


def wrap(text: str, limit: float, width: Width) -> list[str]:
    """The lines, each at most `limit` wide as `width` measures; [""] for no text."""
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, limit, width)]


def _paragraph(text: str, limit: float, width: Width) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _PIECES.findall(text):
        for part in _fitting(piece, limit, width):
            size = width(part)
            if used + size <= limit:
                line, used = line + part, used + size
                continue
            if part.isspace():
                # A blank at the end of a line is nobody's.
                lines.append(line)
                line, used = "", 0.0
                continue
            carried = _carried(line, part)
            if width(carried + part) > limit:
                carried = ""
            lines.append(line[: len(line) - len(carried)].rstrip())
            line = carried + part
            used = width(line)
    lines.append(line.rstrip())
    return lines


def _fitting(piece: str, limit: float, width: Width) -> list[str]:
    """A word that is longer than a line is cut like Chinese."""
    return [piece] if len(piece) == 1 or width(piece) <= limit else list(piece)


def _carried(line: str, part: str) -> str:
    """What of the line goes to the next one together with `part`."""
    carried = ""
    if part[0] in NEVER_FIRST:
        while line and line[-1] in NEVER_FIRST:
            carried, line = line[-1] + carried, line[:-1]
        word = _WORD_AT_END.search(line)
        # A whole word comes along, not its last letter.
        size = len(word[0]) if word else 1
        if line:
            carried, line = line[-size:] + carried, line[:-size]
    while line and line[-1] in NEVER_LAST:
        carried, line = line[-1] + carried, line[:-1]
    # Nothing would be left: better a mark at the wrong place than a line for ever.
    return carried if line else ""
