"""Following changes with many writers at once: nothing is passed over."""

import threading
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from matching.index.cursor import changes_since
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
    cursor = changes_since(0).cursor
    threads = [
        threading.Thread(target=write, args=(ROWS, 0.001 * (number % 4)))
        for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    final: set[UUID] = set()
    while any(thread.is_alive() for thread in threads):
        changes = changes_since(cursor)
        assert changes.cursor >= cursor
        # Only what lies below the new cursor may be forgotten by a follower.
        final |= {one for one, stamp in changes.items.items() if stamp < changes.cursor}
        cursor = changes.cursor
    written = set(Item.objects.values_list("pk", flat=True))
    # Transactions of other tests on this server hold the horizon back as long as they last.
    deadline = time.monotonic() + 60
    while final != written and time.monotonic() < deadline:
        changes = changes_since(cursor)
        final |= set(changes.items)
        cursor = changes.cursor
        time.sleep(0.05)
    assert final == written
    assert len(final) == WRITERS * ROWS * 2


@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_hides_nothing_and_loses_nothing() -> None:
    cursor = changes_since(0).cursor
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
    # A reader who is just past the change. Waiting for the horizon to get there would be waiting
    # for every transaction of the server, also the long ones of tests that run beside this one.
    cursor = item.change_stamp + 1
    assert item.pk not in changes_since(cursor).items
    Item.objects.filter(pk=item.pk).update(change_stamp=CurrentTransaction())
    assert item.pk in changes_since(cursor).items
