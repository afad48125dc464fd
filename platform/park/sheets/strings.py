"""A workbook's table of shared texts, on disk: a list of 50 000 needs has tens of megabytes of it.

Texts are read from the archive only as far as somebody asks for, so that looking at the headings
of a large workbook costs little.
"""

import tempfile
from array import array
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from park.core.errors import DomainError

CHUNK = 64 * 1024
_SPOOLED = 2 * 1024 * 1024


class SharedStrings:
    def __init__(self, source: IO[bytes] | None) -> None:
        self._source = source
        self._texts: Iterator[str] = iter(()) if source is None else read_strings(source)
        self._file = tempfile.SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115 - see close
        self._ends = array("Q", [0])

    def __getitem__(self, index: int) -> str:
        while index >= len(self._ends) - 1:
            text = next(self._texts, None)
            if text is None:
                raise DomainError("unreadable_file")
            self._file.seek(self._ends[-1])
            self._file.write(text.encode("utf-8", "surrogatepass"))
            self._ends.append(self._file.tell())
        self._file.seek(self._ends[index])
        raw = self._file.read(self._ends[index + 1] - self._ends[index])
        return raw.decode("utf-8", "surrogatepass")

    def close(self) -> None:
        self._file.close()
        if self._source is not None:
            self._source.close()


def safe_parser() -> expat.XMLParserType:
    """A parser without namespaces that refuses every document type, and so every entity."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise DomainError("unreadable_file")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def local(name: str) -> str:
    return name.rpartition(":")[2]


def parse_chunks(parser: expat.XMLParserType, source: IO[bytes]) -> Iterator[None]:
    """Feeds the parser; gives control back after every chunk. Raises unreadable_file."""
    try:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise DomainError("unreadable_file") from error


def read_strings(source: IO[bytes]) -> Iterator[str]:
    """The texts in order; a phonetic reading (rPh) is no part of its text."""
    parser = safe_parser()
    done: list[str] = []
    parts: list[str] = []
    state = {"is_text": False, "is_phonetic": False}

    def start(name: str, _: dict[str, str]) -> None:
        name = local(name)
        if name == "si":
            parts.clear()
        elif name == "rPh":
            state["is_phonetic"] = True
        elif name == "t":
            state["is_text"] = not state["is_phonetic"]

    def end(name: str) -> None:
        name = local(name)
        if name == "t":
            state["is_text"] = False
        elif name == "rPh":
            state["is_phonetic"] = False
        elif name == "si":
            done.append("".join(parts))

    def data(text: str) -> None:
        if state["is_text"]:
            parts.append(text)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    for _ in parse_chunks(parser, source):
        yield from done
        done.clear()
