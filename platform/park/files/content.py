"""What a file is, by its content alone: neither its name nor what its sender says is believed.

A file that is two things at once is refused, as are pages and drawings that a browser would run.
"""

import codecs
import re
from typing import BinaryIO

from park.core.errors import DomainError
from park.files.archives import check_office_archive, refused
from park.files.media import EXTENSIONS, Media

SNIFFED = 1445
"""Browsers that guess a type look at so many bytes (WHATWG MIME Sniffing, section 5)."""
TAIL = 2048
TEXT_ENCODINGS = ("utf-8-sig", "gb18030")
CHUNK = 256 * 1024

_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|style|img|meta|form|link|xml\b|\?xml)",
    re.IGNORECASE,
)
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_MACRO_TYPES = ("macroenabled", "vbaproject")
_MAIN_PARTS = {
    Media.DOCX: "wordprocessingml.document.main+xml",
    Media.XLSX: "spreadsheetml.sheet.main+xml",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def detect(file: BinaryIO, name: str = "") -> Media:
    """The type of a whole file, standing at its start afterwards. Raises file_type_not_allowed,
    macro_file, archive_bomb.

    `name` decides only between plain text and a table of it, which no content tells apart.
    """
    file.seek(0)
    head = file.read(SNIFFED)
    try:
        return _detect(file, head, name)
    finally:
        file.seek(0)


def _detect(file: BinaryIO, head: bytes, name: str) -> Media:
    if not head:
        raise refused("empty")
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if head.startswith(_OLE):
        # Word and Excel before 2007, and every newer one that has a password.
        raise refused("old_or_protected")
    if head.startswith((b"%PDF-1.", b"%PDF-2.")):
        return _pdf(file, head)
    image = _image(head)
    if image is not None:
        if _MARKUP.search(head):
            raise refused("polyglot")
        return image
    return _text(file, head, name)


def _image(head: bytes) -> Media | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return Media.JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Media.WEBP
    if head[:6] in (b"GIF87a", b"GIF89a"):
        # Two printable characters as a width (8,224 pixels at least) let the whole file pass for
        # a script: "GIF89a/*…*/=1".
        if all(0x20 <= byte <= 0x7E for byte in head[6:8]):
            raise refused("polyglot")
        return Media.GIF
    return None


def _pdf(file: BinaryIO, head: bytes) -> Media:
    if _MARKUP.search(head):
        raise refused("polyglot")
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    if b"%%EOF" not in tail:
        raise refused("damaged")
    if b"PK\x05\x06" in tail:
        raise refused("polyglot")
    return Media.PDF


def _office(file: BinaryIO) -> Media:
    types = check_office_archive(file).lower()
    if any(word in types for word in _MACRO_TYPES):
        raise DomainError("macro_file")
    for media, part in _MAIN_PARTS.items():
        if part in types:
            return media
    raise refused("archive")


def _text(file: BinaryIO, head: bytes, name: str) -> Media:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or _MARKUP.search(head):
        raise refused("markup")
    if not any(_is_text(file, encoding) for encoding in TEXT_ENCODINGS):
        raise refused("unknown")
    is_table = name.lower().endswith(EXTENSIONS[Media.CSV])
    return Media.CSV if is_table else Media.TEXT


def _is_text(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if _NOT_TEXT.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
