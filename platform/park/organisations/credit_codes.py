"""The unified social credit code of GB 32100-2015 (pure): its form and its check character.

Eighteen characters of an alphabet of 31 (digits and capitals without I, O, S, V, Z): the
registering body, the category, six digits of the district, nine of the organisation, one check
character, such that the weighted sum of all is a multiple of 31.
"""

import re
import unicodedata
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
# People copy codes with blanks and hyphens in them, also the invisible ones of web pages.
_SEPARATORS = re.compile(r"[\s\-‐‑–—\u200b\ufeff]+")


class Fault(StrEnum):
    LENGTH = "length"
    CHARACTER = "character"
    CHECK_DIGIT = "check_digit"


def normalised(text: str) -> str:
    """The code as the standard writes it: half-width capitals without separators."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def fault_of(code: str) -> Fault | None:
    """What is wrong with a normalised code, the coarsest fault first; None when it is sound."""
    if len(code) != LENGTH:
        return Fault.LENGTH
    if any(character not in _VALUES for character in code) or not _is_district(code[2:8]):
        return Fault.CHARACTER
    return None if check_character(code[:-1]) == code[-1] else Fault.CHECK_DIGIT


def check_character(body: str) -> str:
    """The eighteenth character for the first seventeen, which must be of the alphabet."""
    total = sum(
        weight * _VALUES[character] for weight, character in zip(WEIGHTS, body, strict=True)
    )
    return ALPHABET[-total % 31]


def _is_district(text: str) -> bool:
    """Characters 3 to 8 are digits (GB/T 2260)."""
    return text.isascii() and text.isdigit()
