"""The outbox loses nothing: the row is the truth, the message only a nudge."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import connection, transaction
from django.utils import timezone

from park.core import outbox
from park.core.errors import DomainError
from park.core.models import OutboxEvent

TOPIC = "test.happened"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The ids that went out as messages, read back from the broker's own queue."""
    monkeypatch.setitem(outbox._routes, TOPIC, outbox.Route("test.handle", "outbox-test"))
    with current_app.connection_for_write() as broker:
        queue = broker.SimpleQueue("outbox-test")
        queue.clear()
        received: list[int] = []

        class Received(list):
            def read(self) -> list[int]:
                while True:
                    try:
                        message = queue.get(block=True, timeout=0.3)
                    except queue.Empty:
                        return received
                    message.ack()
                    received.append(message.payload[0][0])

        yield Received()
        queue.clear()


@pytest.fixture
def dead_broker() -> Iterator[None]:
    before = current_app._get_current_object()
    app = Celery("nobody-there", broker="redis://127.0.0.1:1/0", set_as_current=True)
    app.conf.task_publish_retry = before.conf.task_publish_retry
    app.conf.broker_transport_options = before.conf.broker_transport_options
    yield
    before.set_current()


@pytest.mark.django_db(transaction=True)
class TestPublish:
    def test_nudges_when_the_change_is_committed(self, sent: Any) -> None:
        with transaction.atomic():
            event = outbox.publish(TOPIC, number=1)
            assert sent.read() == []
        assert sent.read() == [event.pk]

    def test_a_change_that_is_undone_was_never_told(self, sent: Any) -> None:
        with transaction.atomic():
            outbox.publish(TOPIC, number=1)
            transaction.set_rollback(True)
        assert sent.read() == []
        assert not OutboxEvent.objects.exists()

    def test_a_dead_broker_neither_breaks_the_change_nor_loses_the_event(
        self, sent: Any, dead_broker: None
    ) -> None:
        started = time.monotonic()
        with transaction.atomic():
            event = outbox.publish(TOPIC, number=1)
        assert time.monotonic() - started < 3  # somebody waits for the page
        assert sent.read() == []
        event.refresh_from_db()
        assert event.processed_at is None

    def test_the_sweep_sends_what_the_dead_broker_missed(
        self, sent: Any, request: pytest.FixtureRequest
    ) -> None:
        event = OutboxEvent.objects.create(topic=TOPIC, payload={})
        assert outbox.sweep(timezone.now()) == 1
        assert sent.read() == [event.pk]


@pytest.mark.django_db(transaction=True)
class TestSweep:
    def test_leaves_alone_what_is_young_done_or_postponed(self, sent: Any) -> None:
        now = timezone.now()
        outbox.publish(TOPIC, number=1)
        OutboxEvent.objects.create(topic=TOPIC, payload={}, processed_at=now)
        OutboxEvent.objects.create(topic=TOPIC, payload={}, retry_at=now + timedelta(minutes=1))
        sent.read()
        sent.clear()
        assert outbox.sweep(now) == 0

    def test_does_not_send_twice_in_a_row(self, sent: Any) -> None:
        OutboxEvent.objects.create(topic=TOPIC, payload={})
        now = timezone.now()
        assert outbox.sweep(now) == 1
        assert outbox.sweep(now) == 0
        assert outbox.sweep(now + outbox.NUDGE_GRACE * 5) == 1


@pytest.mark.django_db
def test_only_what_was_done_long_ago_is_forgotten() -> None:
    now = timezone.now()
    kept = [
        OutboxEvent.objects.create(topic=TOPIC, payload={}, created_at=now - timedelta(days=99)),
        OutboxEvent.objects.create(topic=TOPIC, payload={}, processed_at=now - timedelta(days=6)),
    ]
    for _ in range(3):
        OutboxEvent.objects.create(topic=TOPIC, payload={}, processed_at=now - timedelta(days=8))
    assert (outbox.forget(now, limit=2), outbox.forget(now), outbox.forget(now)) == (2, 1, 0)
    assert set(OutboxEvent.objects.all()) == set(kept)


@pytest.mark.django_db(transaction=True)
class TestProcess:
    def test_handles_an_event_once(self) -> None:
        event = OutboxEvent.objects.create(topic=TOPIC, payload={"number": 7})
        seen: list[dict] = []
        assert outbox.process(event.pk, seen.append)
        assert not outbox.process(event.pk, seen.append)
        assert seen == [{"number": 7}]

    def test_two_workers_at_once_handle_it_once(self) -> None:
        event = OutboxEvent.objects.create(topic=TOPIC, payload={})
        inside, go_on = threading.Event(), threading.Event()
        first: list[bool] = []

        def slowly(payload: dict) -> None:
            inside.set()
            assert go_on.wait(10)

        def work() -> None:
            first.append(outbox.process(event.pk, slowly))
            connection.close()

        worker = threading.Thread(target=work)
        worker.start()
        assert inside.wait(10)
        # The second does not wait for the first: it goes on to other work at once.
        assert outbox.process(event.pk, lambda payload: None) is False
        # Nor does the sweep: it leaves alone what is being handled.
        assert outbox.sweep(timezone.now() + timedelta(hours=1)) == 0
        go_on.set()
        worker.join(10)
        assert first == [True]

    def test_what_failed_waits_with_its_writes_undone(self) -> None:
        event = OutboxEvent.objects.create(topic=TOPIC, payload={})

        def fail(payload: dict) -> None:
            OutboxEvent.objects.create(topic="test.half_done", payload={})
            raise DomainError("model_missing")

        with pytest.raises(DomainError):
            outbox.process(event.pk, fail)
        event.refresh_from_db()
        assert event.processed_at is None
        assert not OutboxEvent.objects.filter(topic="test.half_done").exists()

    def test_each_failure_waits_longer_up_to_a_bound(self) -> None:
        event = OutboxEvent.objects.create(topic=TOPIC, payload={})
        now = timezone.now()
        waits = []
        for _ in range(12):
            outbox.postpone(event.pk, DomainError("model_missing"), now)
            event.refresh_from_db()
            waits.append(event.retry_at - now)
        assert waits == sorted(waits)
        assert waits[0] < waits[3]
        assert waits[-1] == outbox.MAX_BACKOFF
        assert event.attempts == 12
        assert event.last_error == "model_missing"


@pytest.mark.django_db
def test_many_events_go_out_with_one_nudge(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        assert outbox.publish_many("many.test", ({"n": n} for n in range(5))) == 5
        assert outbox.publish_many("many.test", ()) == 0
    assert len(callbacks) == 1
    events = OutboxEvent.objects.filter(topic="many.test").order_by("id")
    assert [event.payload["n"] for event in events] == list(range(5))
    # Should the nudge be lost, the sweep finds the first soon and the rest later.
    assert events[0].retry_at < events[1].retry_at
