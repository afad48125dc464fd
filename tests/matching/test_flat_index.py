from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index.cursor import Cursor
from matching.index.files import file_of
from matching.index.flat import CorruptIndex, FlatIndex
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.sources import Side, Viewer
from park.core.levels import Level

SIZE = 8
ALL = Filter(viewer=Viewer(sees_all=True))


def unit(seed: int, rows: int = 1) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, SIZE)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def item(
    seed: int,
    side: Side = Side.OFFER,
    levels: tuple[Level, ...] = (Level.PUBLIC,),
    organisation_id: UUID | None = None,
    kind: str = "capability",
    item_id: UUID | None = None,
) -> ItemRows:
    rows = [Row(seed * 100 + n, Role.SENTENCE, level) for n, level in enumerate(levels)]
    return ItemRows(item_id or uuid4(), kind, side, organisation_id, rows, unit(seed, len(levels)))


def filled(items: list[ItemRows]) -> FlatIndex:
    index = FlatIndex("model@1", SIZE)
    index.put(items)
    return index


def test_the_best_item_comes_first_and_scores_by_its_best_vector() -> None:
    items = [item(seed, levels=(Level.PUBLIC,) * 3) for seed in range(20)]
    wanted = items[7]
    assert wanted.vectors is not None
    [found] = filled(items).search(wanted.vectors[1:2], 5, ALL)
    assert next(iter(found)) == wanted.item_id
    assert found[wanted.item_id] == pytest.approx(1, abs=1e-5)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_filtered_search_still_returns_k() -> None:
    many = [item(seed, Side.NEED, (Level.PUBLIC,) * 4, kind="need") for seed in range(200)]
    few = [item(1000 + seed) for seed in range(12)]
    index = filled([*many, *few])
    [found] = index.search(many[0].vectors[:1], 10, Filter(side=Side.OFFER))  # type: ignore[index]
    assert len(found) == 10
    assert set(found) <= {one.item_id for one in few}
    some = frozenset(one.item_id for one in many[:11])
    [found] = index.search(unit(5), 10, Filter(item_ids=some))
    assert len(found) == 10
    assert set(found) <= some


def test_an_items_many_vectors_do_not_crowd_out_other_items() -> None:
    crowd = item(1, levels=(Level.PUBLIC,) * 60)
    others = [item(seed) for seed in range(2, 12)]
    [found] = filled([crowd, *others]).search(unit(1), 10, ALL)
    assert len(found) == 10


def test_own_organisation_is_left_out_and_an_item_without_one_stays() -> None:
    organisation = uuid4()
    own, stranger, nobody = item(1, organisation_id=organisation), item(2), item(3)
    stranger = item(2, organisation_id=uuid4())
    [found] = filled([own, stranger, nobody]).search(
        unit(1), 10, Filter(not_organisation_id=organisation)
    )
    assert set(found) == {stranger.item_id, nobody.item_id}


ORGANISATIONS = [UUID(int=number + 1) for number in range(3)]


@settings(deadline=None, max_examples=60)
@given(
    entries=st.lists(
        st.tuples(
            st.sampled_from([None, *ORGANISATIONS]),
            st.lists(st.sampled_from(list(Level)), min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=8,
    ),
    own=st.frozensets(st.sampled_from(ORGANISATIONS)),
    sees_all=st.booleans(),
)
def test_nobody_finds_what_they_may_not_read(
    entries: list[tuple[UUID | None, list[Level]]], own: frozenset[UUID], sees_all: bool
) -> None:
    viewer = Viewer(own, sees_all)
    items = [
        item(seed, levels=tuple(levels), organisation_id=organisation)
        for seed, (organisation, levels) in enumerate(entries)
    ]
    index = filled(items)
    readable = {
        one.item_id
        for one in items
        if any(viewer.may_read(row.level, one.organisation_id) for row in one.rows)
    }
    [found] = index.search(unit(1), len(items), Filter(viewer=viewer))
    assert set(found) == readable
    vectors = index.vectors_of([one.item_id for one in items], Filter(viewer=viewer))
    for one in items:
        allowed = [row for row in one.rows if viewer.may_read(row.level, one.organisation_id)]
        assert len(vectors[one.item_id].get(Role.SENTENCE, ())) == len(allowed)


@settings(deadline=None, max_examples=40)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.booleans()), min_size=1, max_size=12
    )
)
def test_any_sequence_of_changes_and_saves_holds_the_last_state(
    steps: list[tuple[int, int, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("index") / "flat"
    index = FlatIndex("model@1", SIZE)
    expected: dict[UUID, int] = {}
    for number, (name, rows, is_saved) in enumerate(steps):
        one = item(number, levels=(Level.PUBLIC,) * rows, item_id=UUID(int=name + 1))
        if rows == 0:
            one = ItemRows(one.item_id, one.kind, one.side)
        index.put([one])
        expected[one.item_id] = rows
        if is_saved:
            index.save(folder)
            index = FlatIndex.open(folder, "model@1")
    assert len(index) == sum(expected.values())
    assert index.item_ids() == {one for one, rows in expected.items() if rows}
    [found] = index.search(unit(1), 10, ALL)
    assert set(found) == index.item_ids()


def test_a_vector_that_is_not_finite_is_refused_and_the_index_stays_whole() -> None:
    good, bad = item(1), item(2)
    assert bad.vectors is not None
    bad.vectors[0, 0] = np.nan
    index = filled([good])
    with pytest.raises(ValueError):
        index.put([item(3), bad])
    assert index.item_ids() == {good.item_id}
    with pytest.raises(ValueError):
        index.search(np.ones((1, SIZE + 1), np.float32), 3, ALL)
    assert len(index.search(unit(1), 3, ALL)[0]) == 1


def saved(folder: Path) -> Path:
    index = filled([item(seed) for seed in range(10)])
    index.cursor = Cursor(77, (70, 74))
    index.save(folder)
    return folder


def test_a_saved_index_opens_with_its_cursor(tmp_path: Path) -> None:
    folder = saved(tmp_path / "flat")
    opened = FlatIndex.open(folder, "model@1")
    assert (len(opened), opened.cursor, opened.delta_size) == (10, Cursor(77, (70, 74)), 0)
    opened.put([item(50)])
    assert (len(opened), len(FlatIndex.open(folder, "model@1"))) == (11, 10)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9, 0.98, 0.9999])
def test_a_damaged_file_is_noticed(tmp_path: Path, share: float) -> None:
    for damage in ("flip", "cut", "remove", "empty"):
        folder = saved(tmp_path / f"{damage}")
        path = file_of(folder, "model@1")
        content = bytearray(path.read_bytes())
        place = int(len(content) * share)
        if damage == "flip":
            # The room between arrays holds nothing that could be damaged.
            while content[place] == 0:
                place += 1
            content[place] ^= 0xFF
            path.write_bytes(content)
        elif damage == "cut":
            path.write_bytes(content[:place])
        elif damage == "empty":
            path.write_bytes(b"")
        else:
            path.unlink()
        with pytest.raises(CorruptIndex):
            FlatIndex.open(folder, "model@1").check_file()


def test_an_index_of_another_model_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(CorruptIndex):
        FlatIndex.open(saved(tmp_path / "flat"), "model@2")
