"""Reads the text of a PDF that fpdf2 wrote, page by page, with the standard library alone.

Enough of the format for that: streams are deflated, `Tj` shows text as two-byte glyph numbers,
and the font's ToUnicode map says which character each is.
"""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\) ?Tj|<([0-9A-Fa-f]+)> ?Tj", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, a line for each piece that is drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    streams = {number: _inflated(body) for number, body in objects.items()}
    characters: dict[int, str] = {}
    for content in streams.values():
        if b"beginbfchar" in content or b"beginbfrange" in content:
            for glyph, text in _PAIR.findall(content):
                characters[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    pages = []
    for body in objects.values():
        if re.search(rb"/Type /Page\b", body):
            found = re.search(rb"/Contents (\d+) 0 R", body)
            assert found
            pages.append(_text(streams[int(found[1])], characters))
    return pages


def embedded_fonts(pdf: bytes) -> set[str]:
    """The names of the fonts whose outlines are in the file."""
    return {name.decode() for name in re.findall(rb"/FontName /([^\s/]+)", pdf)}


def _inflated(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    if b"/FlateDecode" not in body:
        return found[1]
    return zlib.decompress(found[1])


def _text(content: bytes, characters: dict[int, str]) -> str:
    lines = []
    for escaped, hexadecimal in _SHOWN.findall(content):
        if hexadecimal:
            raw = bytes.fromhex(hexadecimal.decode())
        else:
            raw = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), escaped)
        glyphs = (int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))
        lines.append("".join(characters.get(glyph, "?") for glyph in glyphs))
    return "\n".join(lines)
