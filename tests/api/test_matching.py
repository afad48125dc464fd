"""Suggestions and search as the API shows them. How they are made is tested with matching."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matching.models import Item, MatchSuggestion
from matching.sources import Side, get_source
from tests.api.world import API, World, client_of


def item_of(kind: str, object_id: UUID) -> Item:
    (source,) = get_source(kind).load([object_id])
    return Item.objects.create(
        kind=kind,
        side=source.side,
        object_id=object_id,
        organisation_id=source.organisation_id,
        title=source.title,
        updated_at=source.updated_at,
    )


def place(text: str) -> dict[str, Any]:
    return {
        "field": "problem",
        "ordinal": 0,
        "level": "public",
        "text": text,
        "start": 0,
        "end": len(text),
    }


def suggest(need: Item, offer: Item, score: float = 0.7) -> MatchSuggestion:
    return MatchSuggestion.objects.create(
        need_item=need,
        offer_item=offer,
        score=score,
        band="strong",
        features={},
        versions={},
        reasons={
            "reasons": [{"code": "meaning", "data": {}}],
            "agreeing": [{"need": place("脱砷"), "offer": place("除砷"), "strength": 0.93}],
            "indicators": [
                {
                    "name": "砷含量",
                    "verdict": "met",
                    "must": True,
                    "need_text": "≤ 0.5 mg/L",
                    "offer_text": "≤ 0.3 mg/L",
                }
            ],
        },
    )


@pytest.fixture
def pair(world: World) -> tuple[Any, Any]:
    need, capability = world.need("published"), world.capability("published")
    suggest(item_of("need", need.pk), item_of("capability", capability.pk))
    return need, capability


def test_both_sides_see_the_suggestion_each_from_its_own_end(
    world: World, pair: tuple[Any, Any]
) -> None:
    need, capability = pair
    (seen,) = Client().get(f"{API}/needs/{need.pk}/suggestions").json()["items"]
    assert (seen["other"]["kind"], seen["other"]["id"]) == ("capability", str(capability.pk))
    assert seen["other"]["organisation"]["id"] == str(world.firm.pk)
    assert (seen["agreeing"][0]["own"]["text"], seen["agreeing"][0]["other"]["text"]) == (
        "脱砷",
        "除砷",
    )
    assert seen["indicators"][0]["verdict"] == "met"
    (seen,) = Client().get(f"{API}/capabilities/{capability.pk}/suggestions").json()["items"]
    assert (seen["other"]["kind"], seen["other"]["id"]) == ("need", str(need.pk))
    assert seen["agreeing"][0]["own"]["text"] == "除砷"


def test_kinds_can_be_chosen_and_others_are_refused(world: World, pair: tuple[Any, Any]) -> None:
    path = f"{API}/needs/{pair[0].pk}/suggestions"
    assert len(Client().get(f"{path}?kind=capability&kind=person").json()["items"]) == 1
    assert Client().get(f"{path}?kind=instrument").json()["items"] == []
    refused = Client().get(f"{path}?kind=need")  # a need is never an answer to a need
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


def test_what_was_closed_a_moment_ago_is_not_shown(world: World, pair: tuple[Any, Any]) -> None:
    need, capability = pair
    client = client_of(world.member)
    client.post(
        f"{API}/capabilities/{capability.pk}/closure",
        data='{"reason": "withdrawn"}',
        content_type="application/json",
    )
    assert Client().get(f"{API}/needs/{need.pk}/suggestions").json()["items"] == []


def test_suggestions_come_page_by_page(world: World) -> None:
    need = item_of("need", world.need("published").pk)
    for number in range(3):
        offer = world.capability("published", title=f"能力{number}")
        suggest(need, item_of("capability", offer.pk), score=0.5 + number / 10)
    path = f"{API}/needs/{need.object_id}/suggestions"
    first = Client().get(f"{path}?limit=2").json()
    second = Client().get(f"{path}?limit=2&cursor={first['next_cursor']}").json()
    titles = [row["other"]["title"] for row in [*first["items"], *second["items"]]]
    assert titles == ["能力2", "能力1", "能力0"]
    assert second["next_cursor"] is None
    broken = Client().get(f"{path}?cursor=broken")
    assert (broken.status_code, broken.json()["code"]) == (422, "invalid_cursor")


def test_suggestions_cost_the_same_number_of_queries_at_any_length(world: World) -> None:
    need = item_of("need", world.need("published").pk)
    counts = []
    for _ in range(2):
        suggest(need, item_of("capability", world.capability("published").pk))
        with CaptureQueriesContext(connection) as queries:
            Client().get(f"{API}/needs/{need.object_id}/suggestions")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_a_person_is_suggested_under_a_masked_name(world: World) -> None:
    need = item_of("need", world.need("published").pk)
    suggest(need, item_of("person", world.card("published").pk))
    answer = Client().get(f"{API}/needs/{need.object_id}/suggestions")
    assert answer.json()["items"][0]["other"]["kind"] == "person"
    assert "张建国" not in answer.content.decode()


def test_a_search_without_a_worker_says_that_it_went_by_words(
    world: World, no_worker: None
) -> None:
    answer = Client().get(f"{API}/search", {"q": "电解液脱砷", "kind": ["need", "capability"]})
    assert answer.status_code == 200
    assert answer.json()["mode"] == "words"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": ""},
        {"q": "   "},
        {"q": "x" * 501},
        {"q": "a\x00"},
        {"q": "x", "kind": "wish"},
        {"q": "x", "limit": "51"},
        {"q": "x", "maturity_min": "10"},
        {"q": "x", "budget_max": "-1"},
    ],
)
def test_a_search_that_asks_nothing_sensible_is_invalid(
    world: World, query: dict[str, str]
) -> None:
    answer = Client().get(f"{API}/search", query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("text", ["!!!", "'; drop table", "<b>", "&|!()", "😀", "%", "\\"])
def test_any_text_may_be_searched_for(world: World, no_worker: None, text: str) -> None:
    assert Client().get(f"{API}/search", {"q": text}).status_code == 200


def test_sides_are_what_the_matrix_of_kinds_assumes() -> None:
    assert get_source("need").side is Side.NEED
    assert {get_source(kind).side for kind in ("capability", "instrument", "person")} == {
        Side.OFFER
    }
