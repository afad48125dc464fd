"""The media types that are taken in, and the names their files may end with (pure)."""

from enum import StrEnum


class Media(StrEnum):
    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    GIF = "image/gif"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    TEXT = "text/plain"
    CSV = "text/csv"

    @property
    def is_image(self) -> bool:
        return self in IMAGES


IMAGES = frozenset({Media.PNG, Media.JPEG, Media.WEBP, Media.GIF})
OFFICE = frozenset({Media.DOCX, Media.XLSX})
DOCUMENTS = frozenset({Media.PDF, Media.TEXT, Media.CSV}) | OFFICE

# The first is given to a name that ends otherwise.
EXTENSIONS: dict[Media, tuple[str, ...]] = {
    Media.PDF: (".pdf",),
    Media.PNG: (".png",),
    Media.JPEG: (".jpg", ".jpeg"),
    Media.WEBP: (".webp",),
    Media.GIF: (".gif",),
    Media.DOCX: (".docx",),
    Media.XLSX: (".xlsx",),
    Media.TEXT: (".txt", ".md", ".log"),
    Media.CSV: (".csv",),
}
