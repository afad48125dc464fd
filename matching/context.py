"""The words around a stored sentence, from its entry as it is now, to show it inside its text."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from matching import sources
from matching.text import clean
from park.core.levels import Level

AROUND = 80
"""Characters shown on each side at most."""

Key = tuple[str, UUID]
"""Kind and object id."""
Texts = dict[tuple[str, int], str]
"""(field, ordinal) → the field's public text."""


def public_texts(keys: Iterable[Key]) -> dict[Key, Texts]:
    """Of entries of any kind; a few queries a kind, however many entries."""
    wanted: dict[str, list[UUID]] = {}
    for kind, object_id in keys:
        wanted.setdefault(kind, []).append(object_id)
    known = sources.all_sources()
    found: dict[Key, Texts] = {}
    for kind, ids in wanted.items():
        if kind not in known:
            continue
        for item in known[kind].load(ids):
            found[kind, item.object_id] = {
                (one.field, one.ordinal): clean(one.text)
                for one in item.passages
                if one.level is Level.PUBLIC
            }
    return found


def with_context(span: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """The span with `before` and `after`; empty where the text is no longer the one it was read
    in, as after an edit that matching has not followed yet."""
    text = texts.get((span["field"], span["ordinal"]), "")
    start, end = span["start"], span["end"]
    if text[start:end] != span["text"]:
        return {**span, "before": "", "after": ""}
    return {
        **span,
        "before": text[max(0, start - AROUND) : start],
        "after": text[end : end + AROUND],
    }
