"""Real small files of every kind, and some that only pretend."""

import io
import zipfile
from typing import Any

from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def picture(
    kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any
) -> bytes:
    buffer = io.BytesIO()
    image = Image.new(mode, size, 0 if mode in ("L", "I;16", "1", "P") else None)
    if mode == "RGB":
        image.paste((200, 90, 30), (0, 0, size[0] // 2, size[1]))
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo_with_place(size: tuple[int, int] = (80, 40)) -> bytes:
    """A JPEG as a phone writes it: turned by a tag, and telling where it was taken."""
    image = Image.new("RGB", size, (10, 120, 60))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    exif[0x010F] = "SECRETCAMERA"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (30.0, 12.0, 0.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def office(types: str = DOCX_TYPE, **members: bytes) -> bytes:
    """A zip with the part that names its content types; further members by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        override = f'<Types><Override PartName="/main.xml" ContentType="{types}"/></Types>'
        archive.writestr("[Content_Types].xml", override)
        archive.writestr("word/document.xml", "<document/>")
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook(rows: list[list[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def bomb(megabytes: int = 64) -> bytes:
    return office(**{"word/media/zeros.bin": bytes(megabytes * 1024 * 1024)})
