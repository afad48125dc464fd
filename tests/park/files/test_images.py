"""Pictures are made anew: upright, no larger than needed, and silent about where they come from."""

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from park.core.errors import DomainError
from park.files.images import Picture, remake
from park.files.limits import MAX_EDGE, THUMBNAIL_EDGE
from park.files.media import Media
from tests.factories import files


def remade(data: bytes, media: Media) -> Picture:
    return remake(io.BytesIO(data), media)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "media", "written_as"),
    [
        ("PNG", Media.PNG, Media.PNG),
        ("JPEG", Media.JPEG, Media.JPEG),
        ("WEBP", Media.WEBP, Media.WEBP),
        ("GIF", Media.GIF, Media.PNG),
    ],
)
def test_a_picture_stays_what_it_shows(kind: str, media: Media, written_as: Media) -> None:
    made = remade(files.picture(kind), media)
    image = opened(made.content)
    assert (made.media, image.size, made.width, made.height) == (written_as, (64, 48), 64, 48)
    left, right = image.convert("RGB").getpixel((5, 5)), image.convert("RGB").getpixel((60, 5))
    assert left[0] > 150  # pyright: ignore[reportIndexIssue,reportOptionalSubscript]
    assert max(right) < 40  # pyright: ignore[reportArgumentType]


def test_the_place_and_the_camera_are_gone_and_the_picture_stands_upright() -> None:
    made = remade(files.photo_with_place((80, 40)), Media.JPEG)
    assert (made.width, made.height) == (40, 80)
    for data in (made.content, made.thumbnail):
        assert b"SECRETCAMERA" not in data
        assert not opened(data).getexif()


def test_what_follows_a_picture_or_hides_in_it_is_gone() -> None:
    comment = b"*/=1;alert(1)"
    data = files.picture("GIF", comment=comment) + b"<script>alert(1)</script>"
    assert comment in data
    made = remade(data, Media.GIF)
    assert b"alert" not in made.content


def test_a_large_picture_is_made_smaller_and_has_a_thumbnail() -> None:
    made = remade(files.picture("JPEG", (5000, 1000)), Media.JPEG)
    assert (made.width, made.height) == (MAX_EDGE, MAX_EDGE // 5)
    assert max(opened(made.thumbnail).size) == THUMBNAIL_EDGE


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "I;16"])
def test_every_mode_of_a_png_is_read(mode: str) -> None:
    made = remade(files.picture("PNG", mode=mode), Media.PNG)
    assert opened(made.content).mode in ("RGB", "RGBA")


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_every_mode_of_a_jpeg_is_read(mode: str) -> None:
    assert opened(remade(files.picture("JPEG", mode=mode), Media.JPEG).content).mode == "RGB"


def test_sixteen_bits_are_stretched_not_cut_off() -> None:
    image = Image.new("I;16", (2, 1))
    image.putpixel((0, 0), 1000)
    image.putpixel((1, 0), 60000)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    shown = opened(remade(buffer.getvalue(), Media.PNG).content).convert("L")
    assert (shown.getpixel((0, 0)), shown.getpixel((1, 0))) == (0, 255)


def test_a_broken_colour_profile_does_not_lose_the_picture() -> None:
    data = files.picture("JPEG", icc_profile=b"not a profile")
    assert not opened(remade(data, Media.JPEG).content).info.get("icc_profile")


def test_a_decompression_bomb_is_refused_before_a_pixel_is_unpacked() -> None:
    """A PNG of some hundred bytes that says it is a hundred thousand pixels wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00"))
    with pytest.raises(DomainError) as caught:
        remade(data + chunk(b"IEND", b""), Media.PNG)
    assert caught.value.code == "unreadable_image"


def outcome(data: bytes, media: Media) -> str:
    try:
        made = remade(data, media)
    except DomainError as error:
        return error.code
    is_whole = opened(made.content).size == (made.width, made.height)
    return "made" if is_whole else "broken"


SEEDS = [
    (files.picture("PNG"), Media.PNG),
    (files.photo_with_place(), Media.JPEG),
    (files.picture("WEBP"), Media.WEBP),
    (files.picture("GIF"), Media.GIF),
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=10),
    cut=st.integers(0, 300),
)
def test_a_damaged_picture_is_made_or_refused(
    seed: tuple[bytes, Media], changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(seed[0])
    for at, value in changes:
        data[at % len(data)] = value
    assert outcome(bytes(data[: len(data) - cut % len(data)]), seed[1]) in {
        "made",
        "unreadable_image",
    }
