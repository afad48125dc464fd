"""What of an item is embedded and counted: its title, its whole public text, every sentence. Pure.

A title is embedded as a query, texts and sentences as passages, on both sides alike: one vector a
text serves both directions, and the score of a pair does not depend on who asked.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matching.index.protocol import Role
from matching.lexical import count
from matching.sources import SourceItem
from matching.text import clean, core_title, hash_text, pieces, sentences
from park.core.levels import Level

MAX_WHOLE_PIECES = 4
MAX_SENTENCES = 96
"""An item of more is read to here by meaning; words count to its end."""
MAX_TITLE = 300


@dataclass(frozen=True, slots=True)
class PlannedPassage:
    role: Role
    field: str
    level: Level
    ordinal: int
    text: str
    text_hash: str
    field_ordinal: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """`Level.PUBLIC` counts what anybody may read, `Level.OWN` everything."""

    level: Level
    counts: Mapping[str, int]

    @property
    def length(self) -> int:
        return sum(self.counts.values())


def address(role: Role, text: str) -> str:
    """The address of a vector: the text and the prompt it is embedded with."""
    return hash_text(f"{'query' if role is Role.TITLE else 'passage'}:{text}")


def plan_passages(item: SourceItem) -> list[PlannedPassage]:
    planned: list[PlannedPassage] = []

    def add(role: Role, field: str, level: Level, text: str, **place: int) -> None:
        planned.append(
            PlannedPassage(role, field, level, len(planned), text, address(role, text), **place)
        )

    title = clean(item.title).strip()[:MAX_TITLE]
    if title:
        add(Role.TITLE, "title", Level.PUBLIC, core_title(title), end=len(title))
    for piece in pieces(whole_text(item))[:MAX_WHOLE_PIECES]:
        add(Role.WHOLE, "whole", Level.PUBLIC, piece)
    left = MAX_SENTENCES
    for passage in item.passages:
        if passage.field == "title":
            continue
        for span in sentences(clean(passage.text))[:left]:
            left -= 1
            add(
                Role.SENTENCE,
                passage.field,
                passage.level,
                span.text,
                field_ordinal=passage.ordinal,
                start=span.start,
                end=span.end,
            )
    return planned


def whole_text(item: SourceItem) -> str:
    """The title and every public text, as one."""
    texts = [item.title]
    texts += [p.text for p in item.passages if p.level is Level.PUBLIC and p.field != "title"]
    return "。".join(text.strip().rstrip("。") for text in texts if text.strip())


def plan_documents(item: SourceItem) -> list[PlannedDocument]:
    public: Counter[str] = count([item.title])
    hidden: Counter[str] = Counter()
    for passage in item.passages:
        if passage.field != "title":
            (public if passage.level is Level.PUBLIC else hidden).update(count([passage.text]))
    documents = [PlannedDocument(Level.PUBLIC, public)]
    if hidden:
        documents.append(PlannedDocument(Level.OWN, public + hidden))
    return documents
