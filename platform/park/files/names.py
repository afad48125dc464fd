"""Names of files (pure): what people call them, and the unguessable ones they are stored under."""

import re
import secrets
import unicodedata
from pathlib import PurePosixPath

from park.files.media import EXTENSIONS, Media

NAME_LIMIT = 120
_RESERVED = re.compile(r'[\\/:*?"<>|]')
_KNOWN = frozenset(ending for endings in EXTENSIONS.values() for ending in endings)


def clean_name(original: str, media: Media) -> str:
    """The last part of a path, without what hides or harms, ending as its content does."""
    name = original.replace("\\", "/").rpartition("/")[2]
    # Controls, and the marks that turn "exe.pdf" around before a reader's eyes.
    name = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    name = " ".join(_RESERVED.sub("_", name).split()).strip(". ")
    allowed = EXTENSIONS[media]
    stem, extension = name, allowed[0]
    ending = PurePosixPath(name).suffix.lower()
    if ending in allowed:
        stem, extension = name[: -len(ending)], ending
    elif ending in _KNOWN:
        stem = name[: -len(ending)]
    stem = stem[: NAME_LIMIT - len(extension)].rstrip(". ")
    return (stem or "file") + extension


def new_storage_name() -> str:
    """256 random bits, two levels of folders deep so that no folder grows large."""
    token = secrets.token_hex(32)
    return f"{token[:2]}/{token[2:4]}/{token}"
