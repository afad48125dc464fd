"""The gap map as staff get it. Who is a gap is tested with matching."""

from typing import Any

import pytest
from django.test import Client

from market.listings import services as listings
from matching import indexing
from matching.gaps.services import make_gap_map
from matching.models import GapMap, MatchSuggestion
from tests.api.world import API, World, client_of

PATH = f"{API}/gap-map"


def made(world: World) -> dict[str, Any]:
    client_of(world.staff).post(PATH)
    make_gap_map(GapMap.objects.latest("requested_at").pk)
    return client_of(world.staff).get(PATH).json()


def entry(world: World, kind: str, **changes: Any) -> Any:
    found = getattr(world, kind)("published", **changes)
    indexing.index_item(kind, found.pk)
    return found


def test_before_the_first_map_there_is_none_and_one_may_be_asked_for(world: World) -> None:
    client = client_of(world.staff)
    assert client.get(PATH).json() == {
        "made_at": None,
        "compared_with": None,
        "chains": [],
        "closed": [],
        "withdrawn_count": 0,
        "run": None,
    }
    answer = client.post(PATH)
    assert (answer.status_code, answer.json()["run"]["status"]) == (202, "requested")


def test_gaps_come_by_chain_with_their_evidence(world: World) -> None:
    need = entry(world, "need", title="稻谷低温烘干")
    MatchSuggestion.objects.all().delete()
    (chain,) = made(world)["chains"]
    assert (chain["chain"], chain["needs"], chain["unanswered_count"]) == (
        "copper_processing",
        1,
        1,
    )
    (gap,) = chain["unanswered"][0]["entries"]
    assert (gap["entry"]["id"], gap["band"], gap["best"]) == (str(need.pk), None, None)


def test_what_was_closed_since_is_shown_no_more_and_its_title_is_not_kept(world: World) -> None:
    need = entry(world, "need", title="稻谷低温烘干")
    made(world)
    listings.close_listing(
        actor=world.member, kind=need.listing_kind, listing_id=need.pk, reason="withdrawn"
    )
    indexing.index_item("need", need.pk)
    assert "稻谷" not in str(GapMap.objects.get().content)
    (chain,) = client_of(world.staff).get(PATH).json()["chains"]
    assert (chain["unanswered_count"], chain["unanswered"]) == (0, [])


def test_a_second_map_is_compared_with_the_first(world: World) -> None:
    first = entry(world, "need", title="稻谷低温烘干")
    assert made(world)["compared_with"] is None
    entry(world, "need", title="港口岸桥远程操控")
    indexing.index_item("need", first.pk)
    MatchSuggestion.objects.all().delete()
    again = made(world)
    assert again["compared_with"] is not None
    gaps = [
        (gap["entry"]["title"], gap["is_new"])
        for group in again["chains"][0]["unanswered"]
        for gap in group["entries"]
    ]
    assert sorted(gaps) == [("港口岸桥远程操控", True), ("稻谷低温烘干", False)]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_every_gap_can_be_taken_along(world: World, form: str) -> None:
    entry(world, "need", title="稻谷低温烘干")
    made(world)
    answer = client_of(world.staff).get(f"{PATH}/export?format={form}&language=en")
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert form != "csv" or "稻谷低温烘干" in content.decode("utf-8-sig")


def test_visitors_and_members_get_nothing_of_it(world: World) -> None:
    entry(world, "need", title="稻谷低温烘干")
    made(world)
    assert Client().get(PATH).status_code == 401
    refused = client_of(world.member).get(PATH)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
