"""A gap map from entries to the stored row: who is a gap, what is new, who may make it when."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from matching import indexing
from matching.gaps import services
from matching.gaps.making import make_content
from matching.models import Band, GapMap, GapMapStatus, Item, MatchSuggestion
from matching.sources import Facets
from park.core.errors import NotAllowed
from tests.factories.accounts import UserFactory
from tests.matching.conftest import CRANE, REFINER, REFINING, TODAY, HeldSource

COPPER = Facets(chains=("copper",))
pytestmark = pytest.mark.django_db


def index(kind: str, *ids: UUID) -> None:
    indexing.embed_items(indexing.load_items(kind, ids))
    for one in ids:
        indexing.index_item(kind, one, today=TODAY)


def gaps(content: dict[str, Any], part: str, chain: str = "copper") -> list[dict[str, Any]]:
    (found,) = [row for row in content["chains"] if row["chain"] == chain]
    return [entry for group in found[part] for entry in group["entries"]]


def band_of(need: UUID, band: Band | None) -> None:
    rows = MatchSuggestion.objects.filter(need_item__object_id=need)
    if band is None:
        rows.delete()
    else:
        rows.update(band=band)


def test_a_need_with_a_good_answer_is_no_gap_and_one_without_is(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    answered = needs.add(*REFINING, facets=COPPER)
    alone = needs.add("稻谷低温烘干", "要降低碎米率。", facets=COPPER)
    index("capability", capabilities.add(*REFINER, facets=COPPER))
    index("need", answered, alone)
    MatchSuggestion.objects.filter(need_item__object_id=answered).update(band=Band.GOOD)
    band_of(alone, None)
    content = make_content(today=TODAY, previous=None)
    (gap,) = gaps(content, "unanswered")
    assert (gap["object_id"], gap["band"], gap["other"]) == (str(alone), None, None)
    assert gaps(content, "unasked") == []
    (chain,) = content["chains"]
    assert (chain["needs"], chain["capabilities"]) == (2, 1)


def test_a_possible_answer_is_evidence_and_no_answer(
    needs: HeldSource, capabilities: HeldSource
) -> None:
    need, offer = needs.add(*REFINING, facets=COPPER), capabilities.add(*REFINER, facets=COPPER)
    index("capability", offer)
    index("need", need)
    row = MatchSuggestion.objects.get()
    row.band = Band.POSSIBLE
    row.reasons["indicators"] = [
        {"name": "纯度", "verdict": "not_met", "must": True, "need": {"text": ""}, "offer": None}
    ]
    row.save()
    content = make_content(today=TODAY, previous=None)
    (gap,) = gaps(content, "unanswered")
    assert (gap["band"], gap["other"]["object_id"], gap["violated"]) == (
        "possible",
        str(offer),
        ["纯度"],
    )
    (gap,) = gaps(content, "unasked")
    assert (gap["object_id"], gap["other"]["object_id"]) == (str(offer), str(need))


def test_an_answer_that_has_expired_is_none(needs: HeldSource, capabilities: HeldSource) -> None:
    until = Facets(chains=("copper",), expires_on=TODAY)
    need = needs.add(*REFINING, facets=COPPER)
    index("capability", capabilities.add(*REFINER, facets=until))
    index("need", need)
    MatchSuggestion.objects.update(band=Band.STRONG)
    assert gaps(make_content(today=TODAY, previous=None), "unanswered") == []
    later = make_content(today=TODAY + timedelta(days=1), previous=None)
    assert len(gaps(later, "unanswered")) == 1


def test_like_needs_are_one_cluster_with_a_name(needs: HeldSource) -> None:
    alike = [needs.add(f"高纯铜电解精炼脱{what}", facets=COPPER) for what in "银硫"]
    index("need", *alike, needs.add(*CRANE, facets=COPPER))
    (chain,) = make_content(today=TODAY, previous=None)["chains"]
    sizes = [len(group["entries"]) for group in chain["unanswered"]]
    assert sizes == [2, 1]
    assert chain["unanswered"][0]["words"][0].startswith("高纯铜")


def test_an_entry_without_a_chain_or_a_vector_is_shown_all_the_same(needs: HeldSource) -> None:
    made = needs.add("高纯铜")
    index("need", made)
    Item.objects.get().passages.all().delete()
    (gap,) = gaps(make_content(today=TODAY, previous=None), "unanswered", chain="")
    assert gap["object_id"] == str(made)


def test_two_maps_tell_what_is_new_and_what_was_closed(needs: HeldSource) -> None:
    old = needs.add(*REFINING, facets=COPPER)
    index("need", old)
    first = make_content(today=TODAY, previous=None)
    assert [gap["is_new"] for gap in gaps(first, "unanswered")] == [False]
    new = needs.add(*CRANE, facets=COPPER)
    index("need", new)
    Item.objects.filter(object_id=old).update(is_searchable=False)
    second = make_content(today=TODAY, previous=first)
    assert [(gap["object_id"], gap["is_new"]) for gap in gaps(second, "unanswered")] == [
        (str(new), True)
    ]
    assert second["closed"] == [{"kind": "need", "object_id": str(old)}]


def test_an_empty_platform_has_an_empty_map() -> None:
    assert make_content(today=TODAY, previous=None) == {"chains": [], "closed": []}


# --- asking for one ---

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def staff() -> Any:
    return UserFactory(staff_roles=["broker"])


def test_a_map_is_made_once_and_kept(staff: Any, needs: HeldSource) -> None:
    index("need", needs.add(*REFINING, facets=COPPER))
    asked = services.request_gap_map(actor=staff, now=timezone.now())
    assert services.make_gap_map(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.groups_done, asked.groups_total) == (GapMapStatus.DONE, 1, 1)
    assert services.latest() == asked
    assert not services.make_gap_map(asked.pk)


def test_two_who_ask_get_the_same_map(staff: Any) -> None:
    first = services.request_gap_map(actor=staff, now=NOW)
    assert services.request_gap_map(actor=staff, now=NOW) == first
    assert services.begin_scheduled(NOW) is None


def test_a_map_whose_maker_died_is_given_up(staff: Any) -> None:
    first = services.request_gap_map(actor=staff, now=NOW)
    GapMap.objects.update(status=GapMapStatus.RUNNING)
    second = services.request_gap_map(actor=staff, now=NOW + timedelta(minutes=11))
    first.refresh_from_db()
    assert (first.status, first.error_code) == (GapMapStatus.FAILED, "interrupted")
    assert second != first


def test_a_map_that_was_given_up_meanwhile_stays_so(staff: Any, needs: HeldSource) -> None:
    first = services.request_gap_map(actor=staff, now=NOW)
    GapMap.objects.update(status=GapMapStatus.FAILED)
    assert not services.make_gap_map(first.pk)
    assert services.latest() is None


@pytest.mark.parametrize("roles", [[], None])
def test_only_staff_ask_for_one(roles: list[str] | None) -> None:
    actor = None if roles is None else UserFactory(staff_roles=roles)
    with pytest.raises(NotAllowed):
        services.request_gap_map(actor=actor, now=NOW)


def test_old_maps_are_forgotten(staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "KEPT", 2)
    for hour in range(4):
        made = services.request_gap_map(actor=staff, now=NOW + timedelta(hours=hour))
        assert services.make_gap_map(made.pk)
    assert GapMap.objects.count() == 2
    assert services.latest() == made
