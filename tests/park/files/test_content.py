"""What a file is: by its bytes, whatever it is called, and never two things at once."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from park.core.errors import DomainError
from park.files import archives, content
from park.files.archives import ArchiveLimits, check_office_archive
from park.files.media import Media
from tests.factories import files


def detect(data: bytes, name: str = "") -> Media:
    return content.detect(io.BytesIO(data), name)


def refusal(data: bytes, name: str = "") -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        detect(data, name)
    return caught.value.code, caught.value.data.get("reason")


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (files.PDF, Media.PDF),
        (files.picture("PNG"), Media.PNG),
        (files.picture("JPEG"), Media.JPEG),
        (files.picture("WEBP"), Media.WEBP),
        (files.picture("GIF"), Media.GIF),
        (files.office(), Media.DOCX),
        (files.workbook([["名称", "数值"], ["砷", 0.5]]), Media.XLSX),
        ("铜电解液\n第二行".encode(), Media.TEXT),
        ("铜电解液".encode("gb18030"), Media.TEXT),
        (b"\xef\xbb\xbfwith a mark", Media.TEXT),
    ],
)
def test_the_bytes_decide_and_a_lying_name_changes_nothing(data: bytes, media: Media) -> None:
    assert detect(data, "run.exe") == media
    assert detect(data) == media


def test_only_between_text_and_table_the_name_is_asked() -> None:
    assert detect("名称,数值\n砷,0.5".encode(), "表.CSV") == Media.CSV
    assert detect(files.PDF, "表.csv") == Media.PDF


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"<!DOCTYPE html><script>1</script>", "markup", id="html"),
        pytest.param(b"\xef\xbb\xbf \n<svg onload=alert(1)>", "markup", id="svg"),
        pytest.param(b"<?xml version='1.0'?><svg/>", "markup", id="xml"),
        pytest.param(b"hello <script>alert(1)</script>", "markup", id="script-in-text"),
        pytest.param(b"MZ\x90\x00\x03\x00", "unknown", id="program"),
        pytest.param(b"\x7fELF\x02\x01\x01\x00", "unknown", id="elf"),
        pytest.param(b"text with \x00 in it", "unknown", id="nul"),
        pytest.param(bytes(range(128, 256)), "unknown", id="no-encoding"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_or_protected", id="ole"
        ),
        pytest.param(b"%PDF-1.4\n<html><script>1</script>\n%%EOF", "polyglot", id="pdf-html"),
        pytest.param(b"<html>%PDF-1.4\n%%EOF", "markup", id="html-pdf"),
        pytest.param(files.PDF + files.office(), "polyglot", id="pdf-zip"),
        pytest.param(files.PDF[:60], "damaged", id="pdf-cut"),
        pytest.param(b"GIF89a/*\x00\x00\x00*/=1;alert(1)//", "polyglot", id="gif-js"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>", "polyglot", id="png-html"
        ),
        pytest.param(b"PK\x03\x04" + bytes(100), "damaged", id="zip-cut"),
        pytest.param(files.office("text/plain"), "archive", id="other-archive"),
        pytest.param(files.office() + b"trailing", "polyglot", id="zip-trailing"),
    ],
)
def test_what_is_not_wanted_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    assert refusal(data, "harmless.pdf") == ("file_type_not_allowed", reason)


@pytest.mark.parametrize(
    "data",
    [
        files.office(**{"word/vbaProject.bin": b"macro"}),
        files.office(**{"xl/macrosheets/sheet1.xml": b"<x/>"}),
        files.office("application/vnd.ms-word.document.macroEnabled.main+xml"),
    ],
)
def test_macros_are_refused_whatever_the_file_is_called(data: bytes) -> None:
    assert refusal(data, "report.docx")[0] == "macro_file"


def test_a_zip_bomb_is_refused_by_what_it_declares() -> None:
    assert refusal(files.bomb())[0] == "archive_bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    """The list says a hundred bytes, the stream holds a hundred megabytes."""
    data = bytearray(files.office(**{"word/zeros.bin": bytes(100 * 1024 * 1024)}))
    at = data.rfind(b"word/zeros.bin") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    code, reason = refusal(bytes(data))
    assert (code, reason) in {("file_type_not_allowed", "damaged"), ("archive_bomb", "size")}


def test_the_bytes_of_an_archive_are_counted_as_they_come() -> None:
    small = ArchiveLimits(total=1000)
    data = files.office(**{"word/a.bin": b"ab" * 400, "word/b.bin": b"cd" * 400})
    with pytest.raises(DomainError) as caught:
        check_office_archive(io.BytesIO(data), small)
    assert caught.value.code == "archive_bomb"


def test_too_many_entries_and_too_long_a_list_are_refused() -> None:
    data = files.office(**{f"word/{n}": b"" for n in range(60)})
    for within in (ArchiveLimits(entries=50), ArchiveLimits(directory=500)):
        with pytest.raises(DomainError) as caught:
            check_office_archive(io.BytesIO(data), within)
        assert caught.value.code == "archive_bomb"


def test_an_entry_with_a_password_is_refused() -> None:
    data = bytearray(files.office())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= archives.ENCRYPTED
    assert refusal(bytes(data)) == ("file_type_not_allowed", "protected")


def test_an_entry_whose_checksum_is_wrong_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", files.DOCX_TYPE)
    data = buffer.getvalue().replace(b"wordprocessingml", b"wordprocessingmL", 1)
    assert zlib.crc32(data)
    assert refusal(data) == ("file_type_not_allowed", "damaged")


def outcome(data: bytes) -> str:
    try:
        return detect(data)
    except DomainError as error:
        return error.code


SEEDS = [files.PDF, files.picture("GIF"), files.office(), files.picture("PNG"), "铜,1\n".encode()]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 5000),
)
def test_whatever_is_changed_the_answer_is_a_type_or_a_code(
    seed: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(seed)
    for at, value in changes:
        data[at % len(data)] = value
    assert outcome(bytes(data[: len(data) - cut % len(data)])) in {
        *Media,
        "file_type_not_allowed",
        "macro_file",
        "archive_bomb",
    }
