"""Several worker processes on one database, and what is left when one of them is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from textwrap import dedent
from uuid import UUID

import numpy as np
import pytest
from celery.exceptions import TimeoutError as NoAnswer
from django.core.cache import cache

from market.listings.states import Status
from matching import indexing
from matching.index.files import SUFFIX, UNFINISHED, file_of
from matching.index.flat import FlatIndex
from matching.index.protocol import Filter, ItemRows, Role, Row
from matching.models import Item, Passage
from matching.serving import get_serving
from matching.sources import Side, Viewer
from matching.tasks import TOPIC
from park.core import outbox
from park.core.levels import Level
from park.core.models import OutboxEvent
from tests.conftest import ROOT, _running, _wait_until
from tests.factories.listings import NeedFactory
from tests.matching.conftest import CRANE, REFINER, TODAY, HeldSource

SIZE = 64
NOBODY = {"organisation_ids": [], "sees_all": False}
NO_FILTERS = {
    "kinds": [],
    "side": None,
    "chain": "",
    "key_area": "",
    "region": "",
    "budget_max": None,
    "maturity_min": None,
}


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@contextmanager
def worker(queues: str, environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen]:
    from config.celery import app

    name = f"{queues.split(',')[0]}-{os.getpid()}@localhost"
    line = [sys.executable, "-m", "celery", "-A", "config.celery:app", "worker"]
    line += ["-P", "threads", "-c", "2", "-Q", queues, "-n", name]
    line += ["--without-mingle", "--without-gossip", "--loglevel", "INFO"]
    log = folder / f"{name}.log"
    with _running(line, environment, log) as process:
        _wait_until(lambda: bool(app.control.ping(destination=[name], timeout=1)), process, log)
        yield process


def found_by(queue: str, text: str) -> set[UUID]:
    from config.celery import app

    answer = app.send_task("matching.search", [text, NO_FILTERS, NOBODY, 20], queue=queue)
    try:
        return {UUID(hit["object_id"]) for hit in answer.get(timeout=60)}
    except NoAnswer:
        return set()


@pytest.mark.django_db(transaction=True)
def test_every_worker_finds_what_is_new_and_no_longer_what_is_gone(
    capabilities: HeldSource, service_environment: dict[str, str], tmp_path: Path
) -> None:
    crane = capabilities.add(*CRANE)
    indexing.embed_items(indexing.load_items("capability", [crane]))
    indexing.index_item("capability", crane, today=TODAY)
    queues = ["search-one", "search-two"]
    with ExitStack() as running:
        for queue in queues:
            running.enter_context(worker(queue, service_environment, tmp_path))
        for queue in queues:
            wait_until(lambda queue=queue: found_by(queue, "岸桥远程操控") == {crane})
        refiner = capabilities.add(*REFINER)
        indexing.embed_items(indexing.load_items("capability", [refiner]))
        indexing.index_item("capability", refiner, today=TODAY)
        for queue in queues:
            wait_until(lambda queue=queue: refiner in found_by(queue, "6N高纯铜电解精炼"))
        del capabilities.held[crane]
        indexing.index_item("capability", crane, today=TODAY)
        for queue in queues:
            wait_until(lambda queue=queue: found_by(queue, "岸桥远程操控") == {refiner})
        # A base that one process writes is taken up by the others, with nothing lost.
        get_serving().rebuild()
        for queue in queues:
            wait_until(lambda queue=queue: found_by(queue, "6N高纯铜电解精炼") == {refiner})


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_load_loses_nothing(
    service_environment: dict[str, str], fresh_serving: None, tmp_path: Path
) -> None:
    from config.celery import app

    cache.clear()
    app.control.purge()
    count = 120
    needs = [
        NeedFactory(status=Status.PUBLISHED, problem=f"第{n}号产线的电解槽需要第{n}种添加剂。" * 8)
        for n in range(count)
    ]
    outbox.publish_many(TOPIC, ({"kind": "need", "object_id": str(one.pk)} for one in needs))
    with worker("index", service_environment, tmp_path) as process:
        app.send_task("matching.index_item", [0], queue="index")
        wait_until(lambda: Item.objects.count() > 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
    waiting = OutboxEvent.objects.filter(topic=TOPIC, processed_at__isnull=True)
    assert waiting.exists(), "it was killed on the way"
    with worker("index", service_environment, tmp_path):
        app.send_task("matching.index_item", [0], queue="index")
        wait_until(lambda: not waiting.exists(), 240)
    assert set(Item.objects.values_list("object_id", flat=True)) == {one.pk for one in needs}
    index = get_serving().index(fresh=True)
    assert index is not None
    assert index.item_ids() == set(Item.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]
    assert len(index) == Passage.objects.count()  # type: ignore[arg-type]


# --- the file ---

SAVES_FOR_EVER = dedent(
    """
    import sys
    from pathlib import Path
    import django
    django.setup()
    from tests.matching.test_several_workers import entries
    from matching.index.files import Busy
    from matching.index.flat import FlatIndex

    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    index = FlatIndex("model@1", 64)
    index.put(entries(rows))
    print("ready", flush=True)
    while True:
        try:
            index.save(folder)
            print("saved", flush=True)
        except Busy:
            pass
    """
)


def entries(count: int) -> list[ItemRows]:
    vectors = np.random.default_rng(count).normal(size=(count, SIZE)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [Row(0, Role.TITLE, Level.PUBLIC)]
    return [
        ItemRows(UUID(int=number + 1), "capability", Side.OFFER, None, rows, vectors[number, None])
        for number in range(count)
    ]


@contextmanager
def saver(folder: Path, rows: int, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    with subprocess.Popen(
        [sys.executable, "-c", SAVES_FOR_EVER, str(folder), str(rows)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@pytest.mark.django_db
def test_a_process_killed_while_it_saves_leaves_the_file_that_was_there(
    service_environment: dict[str, str], tmp_path: Path
) -> None:
    rows = 40_000
    FlatIndex("model@1", SIZE).save(tmp_path)
    for _ in range(5):
        with saver(tmp_path, rows, service_environment) as process:
            # Whatever it is at by then: a file of 10 MB takes a while to write.
            wait_until(lambda: any(size_of(part) > 1_000_000 for part in parts_of(tmp_path)), 60)
            process.send_signal(signal.SIGKILL)
            process.wait()
        opened = FlatIndex.open(tmp_path, "model@1")
        opened.check_file()
        assert len(opened) in (0, rows)
    left_over = parts_of(tmp_path)
    index = FlatIndex("model@1", SIZE)
    index.put(entries(10))
    index.save(tmp_path)
    assert len(FlatIndex.open(tmp_path, "model@1")) == 10
    assert left_over, "one of them was killed before it was done"
    assert parts_of(tmp_path) == []


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # it has its name by now


def parts_of(folder: Path) -> list[Path]:
    return list(folder.glob(f"*{UNFINISHED}"))


@pytest.mark.django_db
def test_two_processes_that_save_at_once_never_show_half_a_file(
    service_environment: dict[str, str], tmp_path: Path
) -> None:
    FlatIndex("model@1", SIZE).save(tmp_path)
    few, many = 300, 5_000
    query = entries(few)[0].vectors
    assert query is not None
    seen: set[int] = set()
    with (
        saver(tmp_path, few, service_environment),
        saver(tmp_path, many, service_environment),
    ):

        def look() -> bool:
            opened = FlatIndex.open(tmp_path, "model@1")
            opened.check_file()
            seen.add(len(opened))
            [found] = opened.search(query, 5, Filter(viewer=Viewer()))
            assert len(found) == min(5, len(opened))
            return {few, many} <= seen

        wait_until(look, 120)
    assert seen <= {0, few, many}
    assert [path for path in tmp_path.iterdir() if path.suffix == SUFFIX] == [
        file_of(tmp_path, "model@1")
    ]
