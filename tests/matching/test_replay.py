"""A stored suggestion is made again from what is stored; each thing that changes is named."""

from dataclasses import replace
from io import StringIO
from uuid import UUID

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from matching import indexing, lexicon, scoring
from matching.models import (
    Embedding,
    EndedSuggestion,
    IdfTable,
    Item,
    MatchSuggestion,
    Passage,
    ServingModel,
)
from matching.replay import WITHDRAWN, replay_match
from matching.sources import Facets
from park.core.errors import NotFound
from tests.matching.conftest import CRANE, REFINER, REFINING, TODAY, HeldSource
from tests.matching.test_indexing import index

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(needs: HeldSource, capabilities: HeldSource) -> MatchSuggestion:
    offers = [capabilities.add(*REFINER), capabilities.add(*CRANE)]
    need = needs.add(*REFINING)
    index(capabilities, *offers)
    index(needs, need)
    return MatchSuggestion.objects.get(need_item__object_id=need, offer_item__object_id=offers[0])


def changed(suggestion: MatchSuggestion) -> list[str]:
    return [one.what for one in replay_match(suggestion.pk).changes]


def restore(source: HeldSource, object_id: UUID, **fields: object) -> None:
    """Stored anew without scoring, as in the moment before the suggestions follow."""
    source.held[object_id] = replace(source.held[object_id], **fields)  # type: ignore[arg-type]
    indexing.store_items([source.held[object_id]], TODAY)


def test_the_same_score_comes_out_again(pair: MatchSuggestion) -> None:
    found = replay_match(pair.pk)
    assert found.is_same
    assert found.recomputed == pytest.approx(pair.score, abs=1e-4)
    assert (found.changes, found.features) == ((), {})
    out = StringIO()
    call_command("replay_match", str(pair.pk), stdout=out)
    assert "same within 1e-4" in out.getvalue()


@pytest.mark.parametrize("side", ["need", "offer"])
def test_a_changed_text_is_named_with_its_side(
    pair: MatchSuggestion, needs: HeldSource, capabilities: HeldSource, side: str
) -> None:
    source = needs if side == "need" else capabilities
    item: Item = getattr(pair, f"{side}_item")
    restore(source, item.object_id, title="港口散货装卸粉尘抑制", passages=())
    found = replay_match(pair.pk)
    assert not found.is_same
    # Its indicators stood in that text.
    assert [one.what for one in found.changes] == [f"{side}_text", f"{side}_facts"]
    assert found.changes[0].then == pair.versions[f"{side}_text"]
    with pytest.raises(CommandError) as failed:
        call_command("replay_match", str(pair.pk), stdout=StringIO())
    assert failed.value.returncode == 1


def test_a_changed_indicator_or_field_is_named_with_its_side(
    pair: MatchSuggestion, capabilities: HeldSource
) -> None:
    restore(capabilities, pair.offer_item.object_id, facets=Facets(maturity=8))
    assert changed(pair) == ["offer_facts"]


def test_other_word_statistics_are_named_and_those_of_then_still_give_the_score(
    pair: MatchSuggestion,
) -> None:
    lexicon.refresh_statistics(force=True)
    found = replay_match(pair.pk)
    assert [one.what for one in found.changes] == ["idf"]
    assert found.is_same
    IdfTable.objects.filter(pk=pair.versions["idf"]).delete()
    lexicon.load_statistics.cache_clear()
    IdfTable.objects.update(frequencies={"电解": 2, "6n": 1})
    assert not replay_match(pair.pk).is_same


def test_another_model_is_named_and_its_vectors_are_not_mixed_in(pair: MatchSuggestion) -> None:
    ServingModel.objects.update(model_id="another/model@1")
    found = replay_match(pair.pk)
    assert [one.what for one in found.changes] == ["model_id"]
    assert found.is_same  # the vectors of then are still there
    Embedding.objects.filter(model_id=pair.versions["model_id"]).delete()
    assert not replay_match(pair.pk).is_same


def test_other_weights_are_named(pair: MatchSuggestion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "WEIGHTS_VERSION", "another")
    assert changed(pair) == ["weights"]


def test_another_vector_without_a_changed_version_is_no_excuse(pair: MatchSuggestion) -> None:
    title = Passage.objects.get(item=pair.need_item, role="title")
    row = Embedding.objects.get(text_hash=title.text_hash, model_id=pair.versions["model_id"])
    row.vector = np.roll(np.frombuffer(row.vector, "<f4"), 7).tobytes()
    row.save()
    with pytest.raises(CommandError) as failed:
        call_command("replay_match", str(pair.pk), stdout=StringIO())
    assert failed.value.returncode == 2


def test_a_suggestion_outlives_its_withdrawn_entry_as_numbers(
    pair: MatchSuggestion, capabilities: HeldSource
) -> None:
    object_id = pair.offer_item.object_id
    capabilities.held[object_id] = replace(capabilities.held[object_id], is_searchable=False)
    index(capabilities, object_id)
    assert not MatchSuggestion.objects.filter(pk=pair.pk).exists()
    assert EndedSuggestion.objects.get(pk=pair.pk).features == pair.features
    found = replay_match(pair.pk)
    assert found.recomputed is None
    assert ("offer_text", WITHDRAWN) in [(one.what, one.now) for one in found.changes]


def test_an_unknown_id_is_told_apart(pair: MatchSuggestion) -> None:
    with pytest.raises(NotFound):
        replay_match(pair.need_item.pk)
    with pytest.raises(CommandError) as failed:
        call_command("replay_match", str(pair.need_item.pk))
    assert failed.value.returncode == 3
