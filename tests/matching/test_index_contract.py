"""What every index promises, whoever stores the vectors and whether it searches all of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching.index.flat import Approximation, FlatIndex
from matching.index.pgvector import PgVectorIndex
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.sources import Side, Viewer
from park.core.levels import Level

pytestmark = pytest.mark.django_db

SIZE = 16
EVERYTHING = Filter(viewer=Viewer(sees_all=True))
OWNERS = [UUID(int=number + 1) for number in range(4)]
LISTED = Approximation(exact_rows=50, rows_a_list=10, probed_share=0.6)
Fill = Callable[[list[ItemRows]], Any]


@pytest.fixture(params=["flat", "mapped", "lists", "pgvector", "hnsw"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Fill:
    def fill(items: list[ItemRows]) -> Any:
        if request.param in ("pgvector", "hnsw"):
            index = PgVectorIndex("model@1", SIZE, exact_rows=0)
            index.put(items)
            if request.param == "hnsw":
                with connection.cursor() as query:
                    # A small table is read whole unless told otherwise.
                    query.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
                index.save(tmp_path)
                assert index.is_approximate
            return index
        exact = Approximation(exact_rows=10**9)
        flat = FlatIndex(
            "model@1", SIZE, approximation=LISTED if request.param == "lists" else exact
        )
        flat.put(items)
        if request.param != "flat":
            flat.save(tmp_path / "flat")
            assert flat.delta_size == 0
        return flat

    fill.is_approximate = request.param in ("lists", "hnsw")  # type: ignore[attr-defined]
    return fill


def unit(rng: np.random.Generator, rows: int) -> np.ndarray:
    vectors = rng.normal(size=(rows, SIZE)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def make_items(count: int) -> list[ItemRows]:
    rng = np.random.default_rng(3)
    items = []
    for number in range(count):
        is_need = number % 3 == 0
        rows = [
            Row(number * 4, Role.TITLE, Level.PUBLIC),
            Row(number * 4 + 1, Role.WHOLE, Level.PUBLIC),
            Row(number * 4 + 2, Role.SENTENCE, Level.PUBLIC),
            Row(number * 4 + 3, Role.SENTENCE, Level.OWN),
        ]
        items.append(
            ItemRows(
                UUID(int=10_000 + number),
                "need" if is_need else ("capability", "instrument")[number % 2],
                Side.NEED if is_need else Side.OFFER,
                (*OWNERS, None)[number % 5],
                rows,
                unit(rng, 4),
            )
        )
    return items


FILTERS = {
    "all": EVERYTHING,
    "visitor": Filter(),
    "member": Filter(viewer=Viewer(frozenset({OWNERS[0], OWNERS[1]}))),
    "offers of others": Filter(side=Side.OFFER, not_organisation_id=OWNERS[1]),
    "titles of needs": Filter(kinds=frozenset({"need"}), roles=frozenset({Role.TITLE})),
    "a few": Filter(item_ids=frozenset(UUID(int=10_000 + n) for n in range(0, 40, 3))),
    "half": Filter(item_ids=frozenset(UUID(int=10_000 + n) for n in range(0, 300, 2))),
    "unknown": Filter(
        item_ids=frozenset({UUID(int=1), UUID(int=10_001)}),
        not_organisation_id=UUID(int=99),
        viewer=Viewer(frozenset({UUID(int=99)})),
    ),
}


def expected(items: list[ItemRows], query: np.ndarray, k: int, only: Filter) -> dict[UUID, float]:
    """Said once more, as plainly as can be."""
    best: dict[UUID, float] = {}
    for item in items:
        if only.side not in (None, item.side) or (only.kinds and item.kind not in only.kinds):
            continue
        if only.item_ids is not None and item.item_id not in only.item_ids:
            continue
        if only.not_organisation_id and item.organisation_id == only.not_organisation_id:
            continue
        assert item.vectors is not None
        for row, vector in zip(item.rows, item.vectors, strict=True):
            if only.roles and row.role not in only.roles:
                continue
            if only.viewer.may_read(row.level, item.organisation_id):
                score = float(vector @ query)
                best[item.item_id] = max(score, best.get(item.item_id, -2))
    return dict(sorted(best.items(), key=lambda one: (-one[1], one[0]))[:k])


@pytest.mark.parametrize("name", FILTERS)
def test_the_k_best_items_that_pass_the_filter(filled: Fill, name: str) -> None:
    items = make_items(300)
    index = filled(items)
    gone = items[7].item_id
    index.put([ItemRows(gone, "capability", Side.OFFER)])
    changed = ItemRows(
        items[11].item_id,
        items[11].kind,
        items[11].side,
        items[11].organisation_id,
        items[11].rows[:1],
        unit(np.random.default_rng(77), 1),
    )
    index.put([changed])
    items = [one for one in items if one.item_id not in (gone, changed.item_id)] + [changed]
    queries = unit(np.random.default_rng(5), 10)
    only, k = FILTERS[name], 10
    answers = index.search(queries, k, only)
    found = total = 0
    for query, answer in zip(queries, answers, strict=True):
        wanted = expected(items, query, k, only)
        assert len(answer) == len(wanted), "a filtered search still returns k"
        assert list(answer.values()) == sorted(answer.values(), reverse=True)
        assert set(answer) <= set(expected(items, query, len(items), only))
        found += len(set(answer) & set(wanted))
        total += len(wanted)
        if not filled.is_approximate:  # type: ignore[attr-defined]
            assert list(answer) == list(wanted)
            assert list(answer.values()) == pytest.approx(list(wanted.values()), abs=1e-5)
    assert found >= 0.8 * total, "vectors without any structure are the hardest"
    [alone] = index.search(queries[:1], k, only)
    assert list(alone) == list(answers[0]), "one query by itself finds the same"
    ids = [one.item_id for one in items[:12]]
    vectors = index.vectors_of(ids, only)
    for one in items[:12]:
        assert one.vectors is not None
        for role in Role:
            readable = [
                vector
                for row, vector in zip(one.rows, one.vectors, strict=True)
                if row.role is role
                and (only.roles is None or role in only.roles)
                and only.viewer.may_read(row.level, one.organisation_id)
            ]
            held = vectors.get(one.item_id, {}).get(role, [])
            assert np.asarray(held) == pytest.approx(np.asarray(readable), abs=1e-6)


def test_ten_thousand_equal_items(filled: Fill) -> None:
    vectors = unit(np.random.default_rng(1), 2)
    rows = [Row(0, Role.TITLE, Level.PUBLIC), Row(1, Role.SENTENCE, Level.PUBLIC)]
    items = [
        ItemRows(
            UUID(int=number + 1),
            "capability" if number % 2 else "need",
            Side.OFFER if number % 2 else Side.NEED,
            OWNERS[number % 4],
            rows,
            vectors,
        )
        for number in range(2_000 if filled.is_approximate else 10_000)  # type: ignore[attr-defined]
    ]
    index = filled(items)
    for only in (
        Filter(side=Side.OFFER, not_organisation_id=OWNERS[1]),
        Filter(roles=frozenset({Role.TITLE})),
        Filter(item_ids=frozenset(UUID(int=number) for number in range(1, 300))),
    ):
        [found] = index.search(vectors[:1], 50, only)
        assert len(found) == 50
        assert len(set(found.values())) == 1
        assert index.search(vectors[:1], 50, only) == [found], "the same each time"
        if not filled.is_approximate:  # type: ignore[attr-defined]
            lowest = list(expected(items, vectors[0], 50, only))
            assert list(found) == lowest, "of equal ones those that come first"


@pytest.mark.parametrize("flaw", ["nan", "infinite", "narrow", "too few", "flat"])
def test_vectors_that_cannot_be_are_refused_and_nothing_changes(filled: Fill, flaw: str) -> None:
    good = make_items(3)
    index = filled(good[:1])
    vectors = unit(np.random.default_rng(8), 4)
    if flaw in ("nan", "infinite"):
        vectors[2, 3] = np.nan if flaw == "nan" else np.inf
    shaped = {"narrow": vectors[:, :-1], "too few": vectors[:3], "flat": vectors[0]}
    bad = ItemRows(uuid4(), "need", Side.NEED, None, good[2].rows, shaped.get(flaw, vectors))
    with pytest.raises(ValueError):
        index.put([good[1], bad])
    assert index.item_ids() == {good[0].item_id}
    queries = {"nan": vectors, "infinite": vectors, "narrow": vectors[:, :-1], "flat": vectors[0]}
    if flaw in queries:
        with pytest.raises(ValueError):
            index.search(queries[flaw], 3, EVERYTHING)
    assert len(index.search(unit(np.random.default_rng(9), 1), 3, EVERYTHING)[0]) == 1


def test_nothing_is_found_in_nothing(filled: Fill) -> None:
    index = filled(make_items(1))
    index.put([ItemRows(UUID(int=10_000), "need", Side.NEED)])
    assert index.search(unit(np.random.default_rng(1), 2), 5, EVERYTHING) == [{}, {}]
    assert index.search(unit(np.random.default_rng(1), 1), 0, EVERYTHING) == [{}]
    assert index.item_ids() == set()
    assert not any(index.vectors_of([UUID(int=10_000)], EVERYTHING).values())


def test_many_rows_in_postgresql_are_found_by_hnsw(tmp_path: Path) -> None:
    index = PgVectorIndex("model@1", SIZE, exact_rows=200)
    index.put(make_items(40))
    index.save(tmp_path)
    assert not index.is_approximate
    index.put(make_items(300))
    index.save(tmp_path)
    assert index.is_approximate
    assert PgVectorIndex("model@1", SIZE).is_approximate, "another process sees it"
    assert not PgVectorIndex("model@2", SIZE).is_approximate
    with CaptureQueriesContext(connection) as asked, connection.cursor() as query:
        query.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        [found] = index.search(unit(np.random.default_rng(2), 1), 10, FILTERS["offers of others"])
        assert len(found) == 10
        [search] = [one["sql"] for one in asked if "ORDER BY" in one["sql"]]
        query.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        query.execute("EXPLAIN " + search)
        assert any("hnsw" in line for (line,) in query.fetchall())
