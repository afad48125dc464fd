"""Which sentences of two items agree, and which sentence of an item answers a text best."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from matching.index.protocol import Role
from matching.models import Embedding, Passage
from park.core.levels import Level

AGREEING = 3
AGREEMENT = 0.88
"""Lowest cosine of two sentences that are said to agree."""


def agreeing_sentences(need: Sequence[Any], offer: Sequence[Any]) -> list[dict[str, Any]]:
    """The closest pairs of sentences, each sentence once."""
    import numpy as np

    if not need or not offer:
        return []
    cosines = np.stack([v for _, v in need]) @ np.stack([v for _, v in offer]).T
    found: list[dict[str, Any]] = []
    while len(found) < AGREEING:
        row, column = divmod(int(cosines.argmax()), cosines.shape[1])
        best = float(cosines[row, column])
        if best < AGREEMENT:
            break
        found.append({"need": need[row][0], "offer": offer[column][0], "strength": round(best, 3)})
        cosines[row, :] = -1
        cosines[:, column] = -1
    return found


def sentences_of(item_ids: Iterable[UUID], model_id: str) -> dict[UUID, list[Any]]:
    import numpy as np

    rows = list(
        Passage.objects.filter(
            item_id__in=item_ids, level=Level.PUBLIC, role=Role.SENTENCE
        ).order_by("item_id", "ordinal")
    )
    vectors = dict(
        Embedding.objects.filter(
            model_id=model_id, text_hash__in={row.text_hash for row in rows}
        ).values_list("text_hash", "vector")
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        vector = vectors.get(row.text_hash)
        if vector is not None:
            found.setdefault(row.item_id, []).append((place_of(row), np.frombuffer(vector, "<f4")))
    return found


def place_of(row: Passage) -> dict[str, Any]:
    return {
        "field": row.field,
        "ordinal": row.field_ordinal,
        "level": row.level,
        "text": row.text,
        "start": row.start,
        "end": row.end,
    }
