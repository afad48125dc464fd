"""Recognises what the columns of a list hold by their headings (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from park.imports.targets import IGNORED_HEADINGS, ImportField
from park.sheets.headings import JOINT, normalised

SURE = 0.85
"""Below it a person confirms."""
LEAST = 0.6
"""Below it nothing is proposed."""


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    field: str
    """"" is ignored."""
    confidence: float
    is_doubtful: bool
    samples: list[str]


def known_headings(fields: Sequence[ImportField]) -> dict[str, str]:
    """{normalised heading: field}"""
    known: dict[str, str] = {}
    for one in fields:
        for heading in (one.name, one.zh, one.en, *one.headings):
            known.setdefault(normalised(heading), one.name)
    return known


_IGNORED = {normalised(heading) for heading in IGNORED_HEADINGS}


def is_known(heading: str, known: Mapping[str, str]) -> bool:
    text = normalised(heading)
    return bool(text) and (text in known or text in _IGNORED)


def recognise(
    headings: Sequence[str],
    fields: Sequence[ImportField],
    samples: Mapping[str, list[str]],
) -> list[Column]:
    """A proposal for every column. Of two columns for one field the surer one has it, unless the
    field takes several."""
    known = known_headings(fields)
    joined = {one.name for one in fields if one.is_joined}
    guesses = {heading: _guess(heading, known) for heading in headings}
    owners: dict[str, str] = {}
    for heading, (name, confidence) in guesses.items():
        rival = owners.get(name)
        if name and (rival is None or confidence > guesses[rival][1]):
            owners[name] = heading
    columns = []
    for heading, (name, confidence) in guesses.items():
        shown = samples.get(heading, [])
        is_second = bool(name) and owners[name] != heading
        if is_second and name not in joined:
            name, confidence = "", 0.0
        # A column that holds nothing needs nobody's decision.
        is_doubtful = (confidence < SURE or is_second) and bool(shown)
        columns.append(Column(heading, name, round(confidence, 2), is_doubtful, shown))
    return columns


def _guess(heading: str, known: Mapping[str, str]) -> tuple[str, float]:
    """(field, confidence); ("", 1.0) for what is known to be of no use."""
    text = normalised(heading)
    if not text or text.startswith("["):
        return "", 0.0
    if text in known:
        return known[text], 1.0
    if text in _IGNORED:
        return "", 1.0
    if JOINT in heading:
        parts = [normalised(part) for part in heading.split(JOINT)]
        for part in reversed(parts):
            if part in known:
                return known[part], 0.9 if part == parts[-1] else 0.75
    best, name = max(((_likeness(text, one), known[one]) for one in known), default=(0.0, ""))
    return (name, best) if best >= LEAST else ("", 0.0)


@lru_cache(maxsize=20_000)
def _likeness(text: str, known: str) -> float:
    """At most 0.84: what is only alike is never sure."""
    if len(known) >= 2 and (known in text or (len(text) >= 2 and text in known)):
        shorter, longer = sorted((len(known), len(text)))
        return min(0.84, 0.6 + 0.24 * shorter / longer)
    return min(0.84, SequenceMatcher(None, text, known, autojunk=False).ratio())
