"""The way through the outbox, a real worker and back to the web's queries."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import cache

from matching import indexing, lexicon, lists
from matching.lexicon import current_statistics
from matching.models import Item, MatchSuggestion
from matching.queries import _DOWN, search_text, search_words
from matching.search_filters import SearchFilters
from matching.sources import SourceItem, Viewer
from matching.tasks import TOPIC, drain
from park.core import outbox
from tests.matching.conftest import CRANE, REFINER, REFINING, HeldSource

ROOT = Path(__file__).resolve().parents[2]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_answers_a_search_by_meaning(real_worker: str) -> None:
    cache.delete(_DOWN)
    # The first search of a new worker loads the model.
    wait_until(lambda: search_text("铜", timeout=30).mode == "meaning", 120)
    assert search_text("6N铜电解精炼", timeout=10).mode == "meaning"


@pytest.mark.django_db
def test_without_a_worker_words_answer_and_say_so() -> None:
    cache.delete(_DOWN)
    Item.objects.create(
        kind="need", side="need", object_id=uuid4(), title="示例", updated_at=datetime.now(UTC)
    )
    start = time.monotonic()
    # A worker of another test may run: it must not be the one that is asked.
    cache.set(_DOWN, 1, 5)
    result = search_text("电解精炼", viewer=Viewer())
    cache.delete(_DOWN)
    assert result.mode == "words"
    assert time.monotonic() - start < 2
    assert result.hits == search_words("电解精炼", filters=SearchFilters())


def test_what_the_web_imports_loads_no_model() -> None:
    code = (
        "import django; django.setup(); import config.wsgi, config.urls, matching.queries, sys;"
        "heavy = {'torch', 'faiss', 'sentence_transformers', 'openvino', 'transformers'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    import os

    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_a_load_is_known_whole_before_anything_of_it_is_scored(
    needs: HeldSource, capabilities: HeldSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first suggestions of a load used to be the best of whatever had come so far."""
    entries = [("need", needs.add(f"{REFINING[0]} {n}", REFINING[1])) for n in range(20)]
    entries += [("capability", capabilities.add(f"{CRANE[0]} {n}", CRANE[1])) for n in range(19)]
    entries.append(("capability", capabilities.add(*REFINER)))
    known: list[int] = []
    decide = lists.decide

    def watch(scored: lists.Scored) -> lists.Decision:
        known.append(Item.objects.filter(is_searchable=True).count())
        return decide(scored)

    monkeypatch.setattr(lists, "decide", watch)
    for kind, object_id in entries:
        outbox.publish(TOPIC, kind=kind, object_id=str(object_id))
    assert drain() == len(entries)
    assert set(known) == {len(entries)}
    scored_by = {one.versions["idf"] for one in MatchSuggestion.objects.all()}
    assert scored_by == {current_statistics().version}


@pytest.mark.django_db
def test_what_is_stored_ahead_is_stored_once_unless_it_changes_meanwhile(
    needs: HeldSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 50 000 imported entries each used to be stored twice."""
    ids = [needs.add(f"{REFINING[0]} {n}", REFINING[1]) for n in range(40)]
    stored: list[str] = []
    store, refresh = indexing.store_item, lexicon.refresh_statistics

    def watch(source: SourceItem, today: date) -> Item:
        stored.append(source.title)
        return store(source, today)

    def change_one(**options: bool) -> bool:
        # Between storing ahead and scoring somebody edits an entry.
        needs.add("改过的标题", REFINING[1], object_id=ids[3])
        return refresh(**options)

    monkeypatch.setattr(indexing, "store_item", watch)
    monkeypatch.setattr(lexicon, "refresh_statistics", change_one)
    outbox.publish_many(TOPIC, ({"kind": "need", "object_id": str(one)} for one in ids))
    assert drain() == 40
    assert sorted(stored) == sorted([f"{REFINING[0]} {n}" for n in range(40)] + ["改过的标题"])
    assert Item.objects.get(object_id=ids[3]).title == "改过的标题"
