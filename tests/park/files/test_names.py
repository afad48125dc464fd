"""Names: readable, harmless in any folder, ending as the content does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.files.media import EXTENSIONS, Media
from park.files.names import NAME_LIMIT, clean_name, new_storage_name


@pytest.mark.parametrize(
    ("original", "media", "name"),
    [
        ("检测报告 2026.PDF", Media.PDF, "检测报告 2026.pdf"),
        ("report.pdf.exe", Media.PDF, "report.pdf.exe.pdf"),
        ("photo.gif", Media.PNG, "photo.png"),
        ("photo.jpeg", Media.JPEG, "photo.jpeg"),
        ("plan v1.2", Media.PDF, "plan v1.2.pdf"),
        ("../../etc/passwd", Media.TEXT, "passwd.txt"),
        ("C:\\Users\\li\\表.xlsx", Media.XLSX, "表.xlsx"),
        ("\u202excod.exe", Media.DOCX, "xcod.exe.docx"),
        ("a\x00b\r\nc.pdf", Media.PDF, "abc.pdf"),
        ('x"; filename="y.pdf', Media.PDF, "x_; filename=_y.pdf"),
        ("", Media.PDF, "file.pdf"),
        ("...", Media.PDF, "file.pdf"),
        (".pdf", Media.PDF, "pdf.pdf"),
    ],
)
def test_a_name_is_cleaned(original: str, media: Media, name: str) -> None:
    assert clean_name(original, media) == name


@given(st.text(max_size=400), st.sampled_from(Media))
def test_any_name_becomes_a_good_one_and_stays_it(original: str, media: Media) -> None:
    name = clean_name(original, media)
    assert 0 < len(name) <= NAME_LIMIT
    assert name.lower().endswith(EXTENSIONS[media])
    assert not set(name) & set('\x00\r\n/\\:*?"<>|\u202e')
    assert clean_name(name, media) == name


def test_stored_names_hold_256_random_bits_and_differ() -> None:
    names = {new_storage_name() for _ in range(200)}
    assert len(names) == 200
    assert all(len(name.rpartition("/")[2]) == 64 for name in names)
