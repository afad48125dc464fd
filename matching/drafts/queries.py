"""What the web asks on behalf of an author who is writing. Loads no model and no index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from matching.asking import ask_worker
from matching.drafts.answering import answer
from matching.drafts.rules import Closeness, Likeness, overlap
from matching.index.protocol import Filter
from matching.item_facts import indicator_to_json
from matching.lexical import CANDIDATES, count, strongest
from matching.lexicon import PostgresLexicon
from matching.models import Item
from matching.passages import whole_text
from matching.queries import Mode
from matching.sources import VISITOR, SourceItem
from matching.text import clean, normalise

SECONDS = 2.0
WHAT_IF_SECONDS = 4.0
BY_WORDS = 20
"""Offers that are looked at when words alone find them: nobody tells the near from the far."""
MAX_TEXT = 20_000
"""Characters of a draft that are looked at."""
MAX_FOUND = 5


@dataclass(frozen=True, slots=True)
class SimilarEntry:
    object_id: UUID
    closeness: Closeness


@dataclass(frozen=True, slots=True)
class SimilarEntries:
    mode: Mode
    """`words` when no worker answered in time."""
    items: list[SimilarEntry]


def find_similar(
    draft: SourceItem, *, unpublished: Sequence[SourceItem] = (), timeout: float = SECONDS
) -> SimilarEntries:
    """Entries of the draft's kind that are nearly the same, the closest first: published ones by
    their public text, and those of `unpublished`, which are the author's own."""
    text = text_of(draft)
    if not normalise(text):
        return SimilarEntries("meaning", [])
    told = ask_worker(
        "matching.similar",
        [
            {"title": draft.title, "text": text},
            draft.kind,
            str(draft.object_id),
            [[str(one.object_id), one.title, text_of(one)] for one in unpublished],
        ],
        timeout,
    )
    if told is None:
        return SimilarEntries("words", _similar_by_words(draft, text, unpublished))
    found = [SimilarEntry(UUID(row["object_id"]), row["closeness"]) for row in told]
    return SimilarEntries("meaning", found[:MAX_FOUND])


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    mode: Mode
    offers: int
    """How many were found that are about the matter."""
    indicators: list[dict[str, Any]]
    """As `matching.drafts.answering.answer` gives them."""


def ask_what_if(draft: SourceItem, *, kind: str, timeout: float = WHAT_IF_SECONDS) -> WhatIfAnswer:
    """How many public offers of a kind would meet each of a draft's indicators at other values.

    Without a worker, offers are found by words alone; the counting is the same.
    """
    text = text_of(draft)
    lines = [indicator_to_json(line) for line in draft.indicators if line.value is not None]
    if not lines or not normalise(text):
        return WhatIfAnswer("meaning", 0, [])
    whose = draft.organisation_id
    told = ask_worker(
        "matching.what_if",
        [{"title": draft.title, "text": text}, kind, str(whose) if whose else None, lines],
        timeout,
    )
    if told is not None:
        return WhatIfAnswer("meaning", told["offers"], told["indicators"])
    only = Filter(viewer=VISITOR, kinds=frozenset({kind}), not_organisation_id=whose)
    lexicon = PostgresLexicon(only)
    documents = lexicon.candidates(strongest(count([text]), lexicon.statistics), BY_WORDS)
    told = answer([document.item_id for document in documents], lines)
    return WhatIfAnswer("words", told["offers"], told["indicators"])


def text_of(draft: SourceItem) -> str:
    """The title and every public text, as one."""
    return clean(whole_text(draft))[:MAX_TEXT]


def _similar_by_words(
    draft: SourceItem, text: str, unpublished: Sequence[SourceItem]
) -> list[SimilarEntry]:
    words, title_words = count([text]), count([draft.title])
    likenesses: dict[UUID, Likeness] = {}
    for item, counts in _published_with(words, draft.kind):
        likenesses[item.object_id] = Likeness(
            title_words=overlap(title_words, count([item.title])), words=overlap(words, counts)
        )
    for one in unpublished:
        likenesses[one.object_id] = Likeness(
            title_words=overlap(title_words, count([one.title])),
            words=overlap(words, count([text_of(one)])),
        )
    likenesses.pop(draft.object_id, None)
    alike = sorted(likenesses, key=lambda one: (-likenesses[one].strength, str(one)))
    return [
        SimilarEntry(one, closeness)
        for one in alike
        if (closeness := likenesses[one].closeness) is not None
    ][:MAX_FOUND]


def _published_with(words: Any, kind: str) -> list[tuple[Item, Any]]:
    lexicon = PostgresLexicon(Filter(viewer=VISITOR, kinds=frozenset({kind})))
    documents = lexicon.candidates(strongest(words, lexicon.statistics), CANDIDATES)
    items = Item.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate()),
        pk__in=[document.item_id for document in documents],
        is_searchable=True,
    ).in_bulk()
    return [
        (items[document.item_id], document.counts)
        for document in documents
        if document.item_id in items
    ]
