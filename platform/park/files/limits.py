"""The numbers that every upload is held to, whatever it is for (pure)."""

MIB = 1024 * 1024

MAX_PIXELS = 64_000_000
"""A phone's largest picture; decoding takes about four bytes a pixel."""
MAX_EDGE = 2560
THUMBNAIL_EDGE = 480

MAX_ARCHIVE_ENTRIES = 10_000
MAX_ARCHIVE_DIRECTORY = 2 * MIB
MAX_ARCHIVE_BYTES = 256 * MIB
"""Of all entries of a document, unpacked."""
MAX_ARCHIVE_RATIO = 250
"""Unpacked to packed; real sheets full of the same words stay below 100."""

KEPT_DAYS = 30
"""How long a deleted file can be brought back."""
