"""Following changes with many writers at once: nothing is passed over."""

import threading
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from matching.index.cursor import Cursor, changes_since
from matching.models import CurrentTransaction, Item

WRITERS = 8
ROWS = 25


def write(count: int, pause: float) -> None:
    try:
        for _ in range(count):
            with transaction.atomic():
                for _ in range(2):
                    Item.objects.create(
                        kind="capability",
                        side="offer",
                        object_id=uuid4(),
                        title="示例",
                        updated_at=datetime.now(UTC),
                    )
                    # The first row's number is old by the time the second is committed.
                    time.sleep(pause)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_no_row_is_missed() -> None:
    cursor = changes_since(Cursor()).cursor
    threads = [
        threading.Thread(target=write, args=(ROWS, 0.001 * (number % 4)))
        for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    given: list[UUID] = []
    are_writing = True
    while are_writing:
        are_writing = any(thread.is_alive() for thread in threads)
        changes = changes_since(cursor)
        assert all(changes.cursor.covers(stamp) for stamp in changes.items.values())
        given += changes.items
        cursor = changes.cursor
    assert set(given) == set(Item.objects.values_list("pk", flat=True))
    assert len(given) == WRITERS * ROWS * 2, "each is given once"


@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_hides_nothing_and_loses_nothing() -> None:
    cursor = changes_since(Cursor()).cursor
    started, go_on = threading.Event(), threading.Event()
    slow_id = uuid4()

    def slow() -> None:
        try:
            with transaction.atomic():
                Item.objects.create(
                    pk=slow_id,
                    kind="need",
                    side="need",
                    object_id=uuid4(),
                    title="示例",
                    updated_at=datetime.now(UTC),
                )
                started.set()
                go_on.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert started.wait(10)
    write(1, 0)
    during = changes_since(cursor)
    assert len(during.items) == 2, "the quick rows are searchable at once"
    go_on.set()
    thread.join()
    after = changes_since(during.cursor)
    assert slow_id in after.items


@pytest.mark.django_db(transaction=True)
def test_a_stamp_moves_with_every_change() -> None:
    write(1, 0)
    item = Item.objects.all()[0]
    cursor = changes_since(Cursor()).cursor
    assert item.pk not in changes_since(cursor).items
    Item.objects.filter(pk=item.pk).update(change_stamp=CurrentTransaction())
    assert item.pk in changes_since(cursor).items


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_elsewhere_makes_nothing_be_read_twice() -> None:
    """While one was open, also in another database, all changes since used to be read each time."""
    started, go_on = threading.Event(), threading.Event()

    def linger() -> None:
        try:
            with transaction.atomic(), connection.cursor() as query:
                query.execute("SELECT pg_current_xact_id()")
                started.set()
                go_on.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=linger)
    thread.start()
    assert started.wait(10)
    try:
        cursor = changes_since(Cursor()).cursor
        write(3, 0)
        changes = changes_since(cursor)
        assert len(changes.items) == 6
        assert changes_since(changes.cursor).items == {}
        write(1, 0)
        assert len(changes_since(changes.cursor).items) == 2
    finally:
        go_on.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_changes_after_it_has_looked_is_not_lost() -> None:
    """A snapshot does not name its own transaction among those that run."""
    write(1, 0)
    first, second = Item.objects.order_by("pk")
    with transaction.atomic():
        Item.objects.filter(pk=first.pk).update(change_stamp=CurrentTransaction())
        write_elsewhere()  # so that the own number lies below the snapshot's end
        cursor = changes_since(Cursor()).cursor
        Item.objects.filter(pk=second.pk).update(change_stamp=CurrentTransaction())
    assert {first.pk, second.pk} <= set(changes_since(cursor).items)


def write_elsewhere() -> None:
    thread = threading.Thread(target=write, args=(1, 0))
    thread.start()
    thread.join()
