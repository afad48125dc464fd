"""The kit and the consortium of a need as the API shows them."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from equipment import services as equipment
from market.listings import services as listings
from market.listings.kinds import ListingKind
from matching import indexing
from matching.item_facts import indicator_to_json
from matching.models import Item, MatchSuggestion
from matching.sources import IndicatorLine
from park.core.levels import Level
from park.quantities import from_fields
from tests.api.test_matching import item_of
from tests.api.world import API, World, instrument_content


def side(text: str) -> dict[str, Any]:
    place = {"field": "indicator", "ordinal": 0, "level": "public", "start": 0, "end": len(text)}
    return {**place, "text": text, "value": None}


def verdict(name: str, verdict: str, must: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "verdict": verdict,
        "must": must,
        "need": side(f"{name} ≤ 1"),
        "offer": side(f"{name} 0.5"),
    }


def suggest(need: Item, offer: Item, score: float, *verdicts: dict[str, Any]) -> None:
    MatchSuggestion.objects.create(
        need_item=need,
        offer_item=offer,
        score=score,
        band="good",
        features={},
        versions={},
        reasons={"reasons": [], "agreeing": [], "indicators": list(verdicts)},
    )


@pytest.fixture
def need(world: World) -> Item:
    return item_of("need", world.need("published").pk)


def offer(world: World, title: str) -> Item:
    return item_of("capability", world.capability("published", title=title).pk)


def ask(need: Item, what: str) -> dict[str, Any]:
    return Client().get(f"{API}/needs/{need.object_id}/{what}").json()


def test_two_that_each_meet_a_must_are_a_consortium(world: World, need: Item) -> None:
    one, other = offer(world, "脱砷"), offer(world, "脱锑")
    suggest(need, one, 0.7, verdict("砷", "met"), verdict("锑", "not_met"), verdict("铋", "partly"))
    suggest(need, other, 0.6, verdict("砷", "unknown"), verdict("锑", "met"))
    found = ask(need, "consortium")
    assert found["outcome"] == "partial"
    assert [member["other"]["title"] for member in found["members"]] == ["脱砷", "脱锑"]
    assert [cover["name"] for cover in found["members"][0]["covers"]] == ["砷", "铋"]
    assert [must["name"] for must in found["partly"]] == ["铋"]
    assert found["uncovered"] == []
    assert "score" not in str(found)


def test_one_that_meets_all_is_said_to_be_enough(world: World, need: Item) -> None:
    suggest(need, offer(world, "全能"), 0.5, verdict("砷", "met"), verdict("锑", "met"))
    suggest(need, offer(world, "专才"), 0.7, verdict("砷", "met"), verdict("锑", "unknown"))
    found = ask(need, "consortium")
    assert found["outcome"] == "single"
    assert [member["other"]["title"] for member in found["members"]] == ["全能"]


def test_what_nobody_meets_stays_open(world: World, need: Item) -> None:
    suggest(need, offer(world, "脱砷"), 0.7, verdict("砷", "unknown"), verdict("色", "met", False))
    found = ask(need, "consortium")
    assert (found["outcome"], found["members"]) == ("none", [])
    assert [must["name"] for must in found["uncovered"]] == ["砷"]


def test_without_musts_there_is_nothing_to_cover(world: World, need: Item) -> None:
    suggest(need, offer(world, "脱砷"), 0.7, verdict("色", "met", False))
    assert ask(need, "consortium")["outcome"] == "no_musts"


def test_a_capability_closed_a_moment_ago_is_in_no_consortium(world: World, need: Item) -> None:
    gone, left = offer(world, "全能"), offer(world, "专才")
    suggest(need, gone, 0.7, verdict("砷", "met"), verdict("锑", "met"))
    suggest(need, left, 0.6, verdict("砷", "met"), verdict("锑", "unknown"))
    listings.close_listing(
        actor=world.member,
        kind=ListingKind.CAPABILITY,
        listing_id=gone.object_id,
        reason="withdrawn",
    )
    found = ask(need, "consortium")
    assert [member["other"]["title"] for member in found["members"]] == ["专才"]
    assert [must["name"] for must in found["uncovered"]] == ["锑"]
    assert [must["name"] for must in ask(need, "kit")["unmet"]] == ["锑"]


def instrument(world: World, name: str, line: dict[str, Any]) -> Item:
    made = equipment.create_instrument(
        actor=world.member,
        organisation_id=world.firm.pk,
        content=instrument_content(name=name, measured_capabilities=[line]),
    )
    equipment.publish_instrument(actor=world.member, instrument_id=made.pk)
    indexing.index_item("instrument", made.pk)
    return Item.objects.get(object_id=made.pk)


def asks(need: Item, *names: str) -> None:
    need.indicators = [
        indicator_to_json(
            IndicatorLine(
                name,
                f"{name} ≤ 0.5 mg/L",
                Level.PUBLIC,
                ordinal,
                "le",
                Decimal("0.5"),
                unit="mg/L",
                quantity=from_fields("le", Decimal("0.5"), None, "mg/L"),
            )
        )
        for ordinal, name in enumerate(names)
    ]
    need.save()


def test_the_kit_has_every_kind_and_says_what_is_missing(world: World, need: Item) -> None:
    asks(need, "砷含量", "锑含量")
    suggest(need, offer(world, "脱砷"), 0.7, verdict("砷含量", "met"))
    suggest(need, item_of("person", world.card("published").pk), 0.5)
    measuring = instrument(
        world,
        "在线测砷仪",
        {"name": "砷含量", "comparator": "range", "value": 0.001, "value_max": 10, "unit": "mg/L"},
    )
    kit = ask(need, "kit")
    assert kit["capabilities"][0]["covers"][0]["verdict"] == "met"
    (found,) = kit["instruments"]
    assert (found["other"]["id"], found["band"]) == (str(measuring.object_id), None)
    assert [(one["name"], one["reaches"]) for one in found["measures"]] == [("砷含量", True)]
    assert [one["name"] for one in kit["unmeasured"]] == ["锑含量"]
    (person,) = kit["people"]
    assert person["other"]["kind"] == "person"
    assert "张建国" not in str(kit)


def test_hidden_indicators_take_no_part(world: World, need: Item) -> None:
    asks(need, "砷含量")
    need.indicators[0]["level"] = "own"
    need.save()
    kit = ask(need, "kit")
    assert (kit["unmeasured"], kit["unmet"]) == ([], [])


def test_a_need_without_suggestions_has_an_empty_kit(world: World) -> None:
    made = world.need("published")
    path = f"{API}/needs/{made.pk}"
    assert Client().get(f"{path}/kit").json()["capabilities"] == []
    assert Client().get(f"{path}/consortium").json()["outcome"] == "none"


def test_a_kit_costs_the_same_number_of_queries_at_any_length(world: World, need: Item) -> None:
    counts = []
    for number in range(2):
        suggest(need, offer(world, f"脱砷{number}"), 0.7, verdict("砷", "met"))
        suggest(need, item_of("person", world.card("published").pk), 0.5)
        with CaptureQueriesContext(connection) as queries:
            ask(need, "kit")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_kit_can_be_taken_along(world: World, need: Item, form: str) -> None:
    suggest(need, offer(world, "脱砷"), 0.7, verdict("砷", "met"), verdict("锑", "unknown"))
    answer = Client().get(f"{API}/needs/{need.object_id}/kit/export?format={form}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if form == "csv":
        text = content.decode("utf-8-sig")
        assert "脱砷" in text
        assert "锑" in text
