"""pgvector answers as FAISS does."""

from uuid import uuid4

import numpy as np
import pytest

from matching.index.flat import FlatIndex
from matching.index.pgvector import PgVectorIndex
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.sources import Side, Viewer
from park.core.levels import Level

pytestmark = pytest.mark.django_db

SIZE = 16


def test_both_indexes_give_the_same_answers() -> None:
    rng = np.random.default_rng(7)
    owners = [uuid4(), uuid4(), None]
    items = []
    for number in range(60):
        vectors = rng.normal(size=(3, SIZE)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        rows = [
            Row(number * 3, Role.TITLE, Level.PUBLIC),
            Row(number * 3 + 1, Role.WHOLE, Level.PUBLIC),
            Row(number * 3 + 2, Role.SENTENCE, Level.OWN),
        ]
        side = Side.NEED if number % 3 == 0 else Side.OFFER
        kind = "need" if side is Side.NEED else "capability"
        items.append(ItemRows(uuid4(), kind, side, owners[number % 3 - 1], rows, vectors))
    flat, stored = FlatIndex("model@1", SIZE), PgVectorIndex("model@1", SIZE)
    for index in (flat, stored):
        index.put(items)
        index.put([ItemRows(items[5].item_id, "capability", Side.OFFER)])
    queries = np.stack([item.vectors[2] for item in items[:4]])  # type: ignore[index]
    for only in (
        Filter(viewer=Viewer(sees_all=True)),
        Filter(),
        Filter(viewer=Viewer(frozenset({owners[0]}))),  # type: ignore[arg-type]
        Filter(side=Side.OFFER, not_organisation_id=owners[1]),
        Filter(kinds=frozenset({"need"}), roles=frozenset({Role.TITLE})),
        Filter(item_ids=frozenset(item.item_id for item in items[:12])),
    ):
        for one, other in zip(
            flat.search(queries, 10, only), stored.search(queries, 10, only), strict=True
        ):
            assert list(one) == list(other)
            assert list(one.values()) == pytest.approx(list(other.values()), abs=1e-4)
        ids = [item.item_id for item in items[:8]]
        expected = {one: roles for one, roles in flat.vectors_of(ids, only).items() if roles}
        found = stored.vectors_of(ids, only)
        assert set(found) == set(expected)
        for item_id, roles in expected.items():
            for role, vectors in roles.items():
                assert found[item_id][role] == pytest.approx(vectors, abs=1e-5)
