"""The agreeing sentences of many pairs: vectors from the index, texts only of those that agree."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from matching.agreement import AGREEMENT, agreeing_sentences, place_of, sentences_of
from matching.index.protocol import Filter, Role, VectorIndex
from matching.models import Embedding, Passage
from matching.sources import VISITOR
from park.core.levels import Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_SENTENCES = Filter(viewer=VISITOR, roles=frozenset({Role.SENTENCE}))


def agreeing_of_pairs(
    pairs: Sequence[tuple[UUID, UUID]], index: VectorIndex | None
) -> list[list[dict[str, Any]]]:
    """For each pair of need and offer what `agreement.agreeing_sentences` gives."""
    if index is None or not pairs:
        return [[] for _ in pairs]
    held = index.vectors_of({one for pair in pairs for one in pair}, _SENTENCES)
    vectors = {one: roles[Role.SENTENCE] for one, roles in held.items() if Role.SENTENCE in roles}
    agree = {
        (need, offer)
        for need, offer in pairs
        if need in vectors
        and offer in vectors
        and (vectors[need] @ vectors[offer].T).max() >= AGREEMENT
    }
    places = _places({one for pair in agree for one in pair}, index.model_id, vectors)
    return [
        agreeing_sentences(places.get(need, []), places.get(offer, []))
        if (need, offer) in agree
        else []
        for need, offer in pairs
    ]


def _places(
    item_ids: set[UUID], model_id: str, vectors: "Mapping[UUID, Vectors]"
) -> dict[UUID, list[Any]]:
    """The sentences of items, each with its vector, as `agreement.sentences_of` gives them."""
    rows = list(
        Passage.objects.filter(
            item_id__in=item_ids, level=Level.PUBLIC, role=Role.SENTENCE
        ).order_by("item_id", "ordinal")
    )
    known = set(
        Embedding.objects.filter(
            model_id=model_id, text_hash__in={row.text_hash for row in rows}
        ).values_list("text_hash", flat=True)
    )
    sentences: dict[UUID, list[Passage]] = {}
    for row in rows:
        if row.text_hash in known:
            sentences.setdefault(row.item_id, []).append(row)
    # An index keeps an item's vectors in the order of its passages. Where the counts differ, the
    # item changed in between, and the database has the say.
    alike = {one for one, of in sentences.items() if len(of) == len(vectors[one])}
    found = sentences_of(item_ids - alike, model_id) if item_ids - alike else {}
    for one in alike:
        found[one] = [
            (place_of(row), vector)
            for row, vector in zip(sentences[one], vectors[one], strict=True)
        ]
    return found
