"""Talent cards over HTTP: nobody but their keepers learns whose they are."""

import json
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.world import API, SECRET_PHONE, World, card_content, client_of


def send(client: Client, method: str, path: str, body: Any) -> Any:
    return getattr(client, method)(
        API + path, data=json.dumps(body), content_type="application/json"
    )


def test_a_published_card_gives_away_neither_name_nor_contact(world: World) -> None:
    card = world.card("published")
    full_name = card_content()["full_name"]
    for client in (Client(), client_of(world.stranger)):
        for path in (f"{API}/people/{card.pk}", f"{API}/people"):
            text = client.get(path).content.decode()
            assert full_name not in text
            assert SECRET_PHONE not in text
        seen = client.get(f"{API}/people/{card.pk}").json()
        assert seen["content"]["full_name"] is None
        assert seen["content"]["masked_name"]
        assert seen["allowed_actions"] == []
    own = client_of(world.member).get(f"{API}/people/{card.pk}").json()
    assert own["content"]["full_name"] == full_name
    assert own["allowed_actions"] == ["edit", "withdraw"]


def test_names_cannot_be_searched_for(world: World) -> None:
    world.card("published")
    assert Client().get(f"{API}/people", {"q": "建国"}).json()["items"] == []
    assert len(Client().get(f"{API}/people", {"q": "电解槽"}).json()["items"]) == 1


def test_a_card_is_recorded_published_and_withdrawn(world: World) -> None:
    member = client_of(world.member)
    new = {"organisation_id": str(world.firm.pk), "content": card_content()}
    card = send(member, "post", "/people", new).json()
    path = f"/people/{card['id']}"
    edit = {"version": 1, "content": {"skills": [{"name": "阳极泥处理", "years": None}]}}
    assert send(member, "patch", path, edit).json()["content"]["skills"][0]["name"] == "阳极泥处理"
    assert send(member, "post", f"{path}/publication", None).json()["status"] == "published"
    assert send(member, "post", f"{path}/withdrawal", None).json()["status"] == "withdrawn"
    assert Client().get(API + path).status_code == 404


def test_anybody_signed_in_may_record_a_card_of_their_own(world: World) -> None:
    own = send(client_of(world.stranger), "post", "/people", {"content": card_content()})
    assert own.status_code == 201
    assert own.json()["organisation"] is None
    assert client_of(world.member).get(f"{API}/people/{own.json()['id']}").status_code == 404


def test_the_list_costs_the_same_number_of_queries_at_any_length(world: World) -> None:
    counts = []
    for _ in range(2):
        world.card("published")
        with CaptureQueriesContext(connection) as queries:
            Client().get(f"{API}/people")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3
