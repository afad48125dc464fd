"""Many items matched in bulk: the same as one by one, without losing or doubling anything."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Count, Q

from matching import engine, indexing, lists, ranker, tasks
from matching.models import Item, MatchSuggestion, RankerFit
from matching.rematch import running
from matching.serving import suggestions_lock
from matching.weights import packaged
from tests.matching.conftest import TODAY, HeldSource
from tests.matching.made_up import MadeUp

pytestmark = pytest.mark.django_db


def stored() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (one.need_item.title, one.offer_item.title): {
            "band": one.band,
            "tops": (one.is_in_need_top, one.is_in_offer_top),
            "versions": one.versions,
            # Two features may weigh the same but for the last digit: their order is no difference.
            "reasons": sorted(one.reasons["reasons"], key=lambda row: row["code"]),
            "indicators": one.reasons["indicators"],
            "agreeing": [(row["need"], row["offer"]) for row in one.reasons["agreeing"]],
            "numbers": {"score": one.score, **one.features},
        }
        for one in MatchSuggestion.objects.select_related("need_item", "offer_item")
    }


def match_one_by_one() -> None:
    for side in ("need", "offer"):
        for item in Item.objects.filter(side=side, is_searchable=True).order_by("kind", "pk"):
            indexing.match_item(item.kind, item.object_id, is_known=True, today=TODAY)


@pytest.fixture
def made_up(needs: HeldSource, capabilities: HeldSource, instruments: HeldSource) -> MadeUp:
    made = MadeUp()
    made.add(needs, 70)
    made.add(capabilities, 220)
    made.add(instruments, 30)
    made.store(needs, capabilities, instruments)
    return made


def test_in_bulk_everything_is_as_it_is_one_by_one(made_up: MadeUp) -> None:
    match_one_by_one()
    expected = stored()
    assert len(expected) > 1000
    MatchSuggestion.objects.all().delete()
    Item.objects.update(matched_with="")
    assert indexing.rematch_outdated(TODAY) == Item.objects.filter(is_searchable=True).count()
    found = stored()
    assert set(found) == set(expected)
    for pair, one in found.items():
        assert one.pop("numbers") == pytest.approx(expected[pair].pop("numbers"), abs=1e-6), pair
        assert one == expected[pair], pair
    assert not indexing.is_outdated()


def test_what_did_not_change_is_not_written_and_keeps_its_id(made_up: MadeUp) -> None:
    indexing.rematch_outdated(TODAY)
    before = dict(MatchSuggestion.objects.values_list("pk", "made_at"))
    assert indexing.rematch(TODAY) == Item.objects.filter(side="need", is_searchable=True).count()
    assert dict(MatchSuggestion.objects.values_list("pk", "made_at")) == before


def take_other_weights() -> None:
    RankerFit.objects.create(
        version="another",
        weights={**packaged().as_json(), "version": "another"},
        judged=1,
        measured={},
        is_taken=True,
    )
    ranker.forget_weights()


@pytest.fixture(autouse=True)
def _own_weights() -> Iterator[None]:
    yield
    ranker.forget_weights()


def test_a_run_that_dies_leaves_all_suggestions_and_the_next_one_goes_on(
    made_up: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexing.rematch_outdated(TODAY)
    before = stored()
    ids = set(MatchSuggestion.objects.values_list("pk", flat=True))
    needs = Item.objects.filter(side="need", is_searchable=True).count()
    monkeypatch.setattr(running, "BATCH", 16)
    take_other_weights()
    assert indexing.is_outdated()
    match, batches = running.Run.match, []

    def die_at_the_third(run: running.Run, batch: list[UUID]) -> int:
        batches.append(batch)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return match(run, batch)

    with monkeypatch.context() as patch:
        patch.setattr(running.Run, "match", die_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            indexing.rematch_outdated(TODAY)
    assert set(stored()) >= set(before)
    assert set(MatchSuggestion.objects.values_list("versions__weights", flat=True)) == {
        "another",
        before[next(iter(before))]["versions"]["weights"],
    }
    assert indexing.rematch_outdated(TODAY) == needs - 32
    assert not indexing.is_outdated()
    assert set(MatchSuggestion.objects.values_list("pk", flat=True)) == ids
    assert {one["versions"]["weights"] for one in stored().values()} == {"another"}


def test_the_sweep_scores_anew_what_older_weights_have_scored(made_up: MadeUp) -> None:
    indexing.rematch_outdated(TODAY)
    take_other_weights()
    tasks.sweep()
    assert {one["versions"]["weights"] for one in stored().values()} == {"another"}


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_published_during_a_run_is_not_lost(
    needs: HeldSource, capabilities: HeldSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = MadeUp()
    made.add(needs, 24)
    made.add(capabilities, 60)
    made.store(needs, capabilities)
    newcomers: list[UUID] = []
    decide = lists.decide

    def publish_first(scored: lists.Scored) -> lists.Decision:
        if not newcomers:
            newcomers.extend(made.add(capabilities, 12))
            made.store_vectors(capabilities.load(newcomers))
            for one in newcomers:
                indexing.index_item("capability", one, today=TODAY)
        return decide(scored)

    monkeypatch.setattr(lists, "decide", publish_first)
    indexing.rematch_outdated(TODAY)
    monkeypatch.setattr(lists, "decide", decide)
    found = stored()
    assert set(
        MatchSuggestion.objects.filter(is_in_need_top=True)
        .values_list("offer_item__object_id", flat=True)
        .distinct()
    ) & set(newcomers)
    for item in Item.objects.filter(side="need", is_searchable=True):
        assert item.offer_suggestions.filter(is_in_need_top=True).count() <= lists.TOP
    # Nothing is other than if the newcomers had been there before.
    indexing.rematch(TODAY)
    assert set(stored()) == set(found)


@pytest.mark.django_db(transaction=True)
def test_what_was_scored_before_an_edit_is_not_stored_after_it(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    made = MadeUp()
    [need, other] = made.add(needs, 2)
    made.add(capabilities, 24)
    made.store(needs, capabilities)
    item = Item.objects.get(object_id=need)
    scored = engine.score_item(item, today=TODAY)
    assert scored.pairs
    needs.add("全新的题目", "与以前无关。", object_id=need)
    made.store_vectors(needs.load([need]))
    indexing.store_items(needs.load([need]), TODAY)
    decision = lists.decide(scored)
    assert (decision.kept, decision.current) == ([], [])
    # The same for the other side of a pair: it scores itself anew.
    unchanged = engine.score_item(Item.objects.get(object_id=other), today=TODAY)
    edited = unchanged.pairs[0].offer_item
    indexing.store_items(capabilities.load([edited.object_id]), TODAY)
    kept = {one.offer_item_id for one in lists.decide(unchanged).kept}
    assert kept == {one.offer_item_id for one in unchanged.pairs} - {edited.pk}


@pytest.mark.django_db(transaction=True)
def test_scoring_waits_for_no_lock(needs: HeldSource, capabilities: HeldSource) -> None:
    made = MadeUp()
    [need] = made.add(needs, 1)
    made.add(capabilities, 24)
    made.store(needs, capabilities)
    is_held, is_done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with suggestions_lock():
                is_held.set()
                is_done.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert is_held.wait(30)
        assert engine.score_item(Item.objects.get(object_id=need), today=TODAY).pairs
        assert not is_done.is_set()
    finally:
        is_done.set()
        thread.join()


def test_many_identical_entries_fill_no_list_beyond_its_end(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    made = MadeUp()
    text = "铜电解精炼的误差不大于0.001mm。"
    for _ in range(150):
        needs.add("高纯铜电解精炼", text)
        capabilities.add("高纯铜电解精炼", text)
    made.store(needs, capabilities)
    indexing.rematch_outdated(TODAY)
    for title, source in (("need", needs), ("capability", capabilities)):
        newcomer = source.add("高纯铜电解精炼", text)
        indexing.index_item(title, newcomer, today=TODAY)
    for side, other in (("need", "offer"), ("offer", "need")):
        lengths = Item.objects.filter(side=side).annotate(
            listed=Count(
                f"{other}_suggestions", filter=Q(**{f"{other}_suggestions__is_in_{side}_top": True})
            )
        )
        assert set(lengths.values_list("listed", flat=True)) == {lists.TOP}
    assert not MatchSuggestion.objects.filter(is_in_need_top=False, is_in_offer_top=False).exists()


def test_odd_texts_are_matched_as_well_in_bulk_as_alone(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    made = MadeUp()
    odd = [
        "",
        " ",
        "铜",
        "0.008",
        "12345 67890",
        "😀😀",
        "１２３ＡＢＣ",
        "铜" * 100_000,
        "0.1 " * 9999,
    ]
    for text in odd:
        needs.add(text or "无", text)
        capabilities.add(text[:40] or "无", text, text)
    made.add(capabilities, 24)
    made.store(needs, capabilities)
    match_one_by_one()
    expected = stored()
    MatchSuggestion.objects.all().delete()
    Item.objects.update(matched_with="")
    indexing.rematch_outdated(TODAY)
    found = stored()
    assert set(found) == set(expected)
    for pair, one in found.items():
        assert one["numbers"] == pytest.approx(expected[pair]["numbers"], abs=1e-6), pair
