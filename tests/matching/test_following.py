"""An index in step with the database, whatever its transactions do."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from matching import indexing
from matching.index import following
from matching.index.cursor import Cursor
from matching.index.files import file_of
from matching.models import Item, Passage
from matching.serving import Serving, get_serving
from tests.matching.conftest import CRANE, REFINER, TODAY, HeldSource

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pgvector(settings: Any) -> Iterator[None]:
    """Its tables are no models, so nobody empties them."""
    settings.VECTOR_INDEX = "pgvector"
    yield
    with connection.cursor() as query:
        query.execute("DROP TABLE IF EXISTS matching_vector, matching_vector_cursor")


@pytest.fixture(params=["faiss", "pgvector"])
def kind_of_index(request: pytest.FixtureRequest) -> str:
    if request.param == "pgvector":
        request.getfixturevalue("pgvector")
    return request.param


def store(source: HeldSource, title: str, text: str, object_id: UUID | None = None) -> Item:
    one = source.add(title, text, object_id=object_id)
    indexing.store_items(indexing.load_items(source.kind, [one]), TODAY)
    return Item.objects.get(object_id=one)


def indexed(serving: Serving) -> set[UUID]:
    index: Any = serving.index(fresh=True)
    return index.item_ids() if index is not None else set()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The items that are read into an index from now on."""
    found: list[UUID] = []
    load = following.load_rows

    def watch(item_ids: Any, *others: Any) -> Any:
        found.extend(item_ids)
        return load(item_ids, *others)

    monkeypatch.setattr(following, "load_rows", watch)
    return found


def test_what_was_undone_leaves_the_index(kind_of_index: str, capabilities: HeldSource) -> None:
    crane = store(capabilities, *CRANE)
    serving = get_serving()
    assert indexed(serving) == {crane.pk}
    with transaction.atomic():
        refiner = store(capabilities, *REFINER)
        assert indexed(serving) == {crane.pk, refiner.pk}
        store(capabilities, "换了题目的示例", "别的内容。", crane.object_id)
        serving.reload([crane.pk])
        transaction.set_rollback(True)
    assert indexed(serving) == {crane.pk}
    index: Any = serving.index()
    assert len(index) == Passage.objects.filter(item=crane).count()


def test_a_file_written_before_a_change_was_undone_does_not_keep_it(
    capabilities: HeldSource,
) -> None:
    crane = store(capabilities, *CRANE)
    serving = get_serving()
    with transaction.atomic():
        refiner = store(capabilities, *REFINER)
        assert serving.rebuild() == 2
        assert indexed(serving) == {crane.pk, refiner.pk}
        transaction.set_rollback(True)
    # As another process opens it.
    serving.forget()
    assert indexed(serving) == {crane.pk}


def test_a_change_is_read_once_while_another_transaction_stays_open(
    kind_of_index: str,
    capabilities: HeldSource,
    read: list[UUID],
    linger: Callable[[], None],
) -> None:
    linger()
    items = [store(capabilities, f"{CRANE[0]} {n}", CRANE[1]) for n in range(5)]
    serving = get_serving()
    for _ in range(3):
        assert indexed(serving) == {one.pk for one in items}
    late = store(capabilities, *REFINER)
    for _ in range(3):
        assert late.pk in indexed(serving)
    assert sorted(read) == sorted(one.pk for one in [*items, late])


@pytest.fixture
def linger() -> Any:
    """Begins a transaction that has a number and stays open until the test ends."""
    import psycopg

    database = connection.settings_dict
    opened: list[Any] = []

    def begin() -> None:
        opened.append(
            psycopg.connect(
                # Another database of the same server.
                dbname="postgres",
                user=database["USER"],
                password=database["PASSWORD"] or None,
                host=database["HOST"] or None,
                port=database["PORT"] or None,
            )
        )
        opened[-1].execute("SELECT pg_current_xact_id()")

    yield begin
    for one in opened:
        one.close()


def test_stamps_that_came_with_a_backup_are_read_once(
    kind_of_index: str, capabilities: HeldSource, read: list[UUID]
) -> None:
    """A restored row carries a number that its new server may not reach for years."""
    crane = store(capabilities, *CRANE)
    Item.objects.filter(pk=crane.pk).update(change_stamp=10**15)
    serving = get_serving()
    for _ in range(3):
        assert indexed(serving) == {crane.pk}
    assert read == [crane.pk]
    store(capabilities, *REFINER, crane.object_id)
    indexed(serving)
    assert read == [crane.pk, crane.pk], "a change of it is seen"


def test_an_index_that_has_seen_more_than_the_database_begins_anew(
    kind_of_index: str, capabilities: HeldSource
) -> None:
    crane = store(capabilities, *CRANE)
    serving = get_serving()
    assert indexed(serving) == {crane.pk}
    index: Any = serving.index()
    if kind_of_index == "pgvector":
        with connection.cursor() as query:
            query.execute("""UPDATE matching_vector_cursor SET cursor = '[1000000000000, []]'""")
    else:
        index.cursor = Cursor(10**12)
    refiner = store(capabilities, *REFINER)
    assert indexed(serving) == {crane.pk, refiner.pk}


def test_another_process_shares_what_one_has_read_into_postgresql(
    pgvector: None, capabilities: HeldSource, read: list[UUID]
) -> None:
    """Each worker used to read and store all vectors again when it started."""
    crane = store(capabilities, *CRANE)
    assert indexed(get_serving()) == {crane.pk}
    assert indexed(Serving()) == {crane.pk}
    assert read == [crane.pk]


def test_a_base_that_another_process_wrote_is_taken_up(capabilities: HeldSource) -> None:
    crane = store(capabilities, *CRANE)
    one, other = get_serving(), Serving()
    assert indexed(one) == indexed(other) == {crane.pk}
    assert one.rebuild() == 1
    refiner = store(capabilities, *REFINER)
    assert indexed(other) == {crane.pk, refiner.pk}
    index: Any = other.index()
    mine: Any = one.index()
    assert index.file_identity == mine.file_identity is not None


def test_much_change_is_written_beside_the_searches(
    capabilities: HeldSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matching import serving as module

    monkeypatch.setattr(module, "COMPACT_ROWS", 3)
    items = [store(capabilities, f"{CRANE[0]} {n}", CRANE[1]) for n in range(4)]
    serving = get_serving()
    assert indexed(serving) == {one.pk for one in items}
    serving.wait_for_file()
    index: Any = serving.index()
    assert index.delta_size == 0
    assert indexed(serving) == {one.pk for one in items}


def test_a_file_damaged_where_nobody_looks_at_first_is_found_and_made_again(
    capabilities: HeldSource,
) -> None:
    crane = store(capabilities, *CRANE)
    serving = get_serving()
    assert serving.rebuild() == 1
    index: Any = serving.index()
    folder: Path = serving._folder()
    path = file_of(folder, index.model_id)
    content = bytearray(path.read_bytes())
    at = content.index(index._base.vectors[0].tobytes())
    content[at + 1] ^= 0xFF
    path.write_bytes(content)
    serving.forget()
    index = serving.index(fresh=True)
    serving._check(index, folder)  # what its thread does at some time
    assert not path.exists()
    assert indexed(serving) == {crane.pk}
