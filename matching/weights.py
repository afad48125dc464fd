"""The weights of a score: which features count how much. Pure.

They stand in `weights.json` beside this module, the one place for them. What a site has fitted from
its own feedback stands in its database instead (`matching.ranker`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Weights:
    """`version` changes with any of them and with how a feature is made."""

    version: str
    text: Mapping[str, float]
    """Of the similarities of two entries; their weighted mean is the score's base."""
    free_text: Mapping[str, float]
    """The same for a query of a few words, where one common word is already a large share."""
    common: float
    """How much an offer loses that resembles every need, beyond what is usual."""
    facts: Mapping[str, float]
    """What is known beyond the text moves the score by at most this much, up or down."""
    violated_ceiling: float
    """The most that a pair gets when one must is violated; below the band `good`."""
    violated_each: float
    """What each further share of violated musts takes."""
    bands: tuple[tuple[str, float], ...]
    """Lowest scores of the bands, best first; below the last nothing is suggested."""

    def as_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "text": dict(self.text),
            "free_text": dict(self.free_text),
            "common": self.common,
            "facts": dict(self.facts),
            "violated": {"ceiling": self.violated_ceiling, "each": self.violated_each},
            "bands": dict(self.bands),
        }


def from_json(row: Mapping[str, Any]) -> Weights:
    """Raises KeyError for a file in which something is missing."""
    return Weights(
        version=row["version"],
        text=row["text"],
        free_text=row["free_text"],
        common=row["common"],
        facts=row["facts"],
        violated_ceiling=row["violated"]["ceiling"],
        violated_each=row["violated"]["each"],
        bands=tuple(sorted(row["bands"].items(), key=lambda one: -one[1])),
    )


@cache
def packaged() -> Weights:
    return from_json(json.loads(FILE.read_text("utf-8")))
