"""Pictures made anew: what was hidden in a sent one (place, camera, scripts) stays behind."""

import io
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps

from park.core.errors import DomainError
from park.files.limits import MAX_EDGE, MAX_PIXELS, THUMBNAIL_EDGE
from park.files.media import Media

_ONE_AT_A_TIME = threading.Semaphore(1)
"""Pixels take hundreds of megabytes for a moment: threads of a process take turns."""

_FORMATS = {Media.PNG: "PNG", Media.JPEG: "JPEG", Media.WEBP: "WEBP", Media.GIF: "GIF"}
# A moving picture keeps its first frame: a GIF becomes a PNG.
_WRITTEN_AS = {
    Media.PNG: Media.PNG,
    Media.JPEG: Media.JPEG,
    Media.WEBP: Media.WEBP,
    Media.GIF: Media.PNG,
}
_OPTIONS: dict[Media, dict[str, Any]] = {
    Media.PNG: {"optimize": False},
    Media.JPEG: {"quality": 85, "progressive": True},
    Media.WEBP: {"quality": 85, "method": 4},
}
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow's decoders raise on altered files."""


@dataclass(frozen=True, slots=True)
class Picture:
    media: Media
    content: bytes
    width: int
    height: int
    thumbnail: bytes


def remake(file: BinaryIO, media: Media) -> Picture:
    """The picture upright, in sRGB, at most `MAX_EDGE` wide and high, and its thumbnail.

    Raises unreadable_image.
    """
    with _ONE_AT_A_TIME:
        try:
            return _remake(file, media)
        except _UNREADABLE as error:
            raise DomainError("unreadable_image", reason="damaged") from error


def _remake(file: BinaryIO, media: Media) -> Picture:
    file.seek(0)
    with Image.open(file, formats=[_FORMATS[media]]) as source:
        # The header says how large it will be before a pixel is unpacked.
        if source.width * source.height > MAX_PIXELS:
            raise DomainError("unreadable_image", reason="too_many_pixels", limit=MAX_PIXELS)
        source.draft("RGB", (MAX_EDGE, MAX_EDGE))  # JPEG unpacks at a fraction of its size
        source.load()
        profile = source.info.get("icc_profile")
        image = ImageOps.exif_transpose(source)
    if image.mode in ("P", "1"):  # colours of a palette cannot be averaged
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((MAX_EDGE, MAX_EDGE), Image.Resampling.LANCZOS)
    written_as = _WRITTEN_AS[media]
    image = _to_plain(image, profile, has_alpha=written_as is not Media.JPEG)
    small = image.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    return Picture(
        written_as, _write(image, written_as), image.width, image.height, _write(small, written_as)
    )


def _to_plain(image: Image.Image, profile: bytes | None, *, has_alpha: bool) -> Image.Image:
    """RGB, or RGBA where something shines through; without the colour profile."""
    if image.mode.startswith("I") or image.mode == "F":
        # Sixteen bits a pixel, as instruments write them: stretched, not cut off.
        low, high = (float(value) for value in image.convert("F").getextrema())  # pyright: ignore[reportArgumentType]
        factor = 255 / max(high - low, 1.0)
        image = image.convert("F").point(lambda value: value * factor - low * factor).convert("L")
    is_transparent = image.mode in ("RGBA", "LA", "La", "RGBa") or "transparency" in image.info
    mode = "RGBA" if has_alpha and is_transparent else "RGB"
    if profile:
        try:
            image = _to_srgb(image, profile)
        except (ImageCms.PyCMSError, *_UNREADABLE):
            pass  # a broken profile: the numbers as they are
    image = image.convert(mode)
    image.info.clear()
    return image


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    if image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    output = "RGBA" if image.mode == "RGBA" else "RGB"
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        outputMode=output,
    )
    return converted or image


def _write(image: Image.Image, media: Media) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, _FORMATS[media], **_OPTIONS[media])
    return buffer.getvalue()
