"""What authors are told while writing. How it is found is tested with matching."""

import json
from typing import Any

import pytest
from django.test import Client

from matching import indexing
from tests.api.world import API, World, client_of, need_content


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"{API}{path}", json.dumps(body), content_type="application/json")


def ask(client: Client, content: dict[str, Any], **more: Any) -> Any:
    return post(client, "/needs/similar", {"content": content, **more})


COPY = {name: need_content()[name] for name in ("title", "problem", "indicators")}


def test_a_published_copy_of_another_firm_is_shown(world: World, no_worker: None) -> None:
    need = world.need("published")
    indexing.index_item("need", need.pk)
    answer = ask(client_of(world.stranger), COPY).json()
    assert answer["mode"] == "words"
    (found,) = answer["items"]
    assert (found["id"], found["is_own"], found["status"]) == (str(need.pk), False, "published")


def test_another_firms_draft_is_never_shown_and_ones_own_is(world: World, no_worker: None) -> None:
    draft = world.need("draft")
    assert ask(client_of(world.stranger), COPY).json()["items"] == []
    assert ask(client_of(world.staff), COPY).json()["items"] == []
    (found,) = ask(client_of(world.viewer), COPY).json()["items"]
    assert (found["id"], found["is_own"], found["status"]) == (str(draft.pk), True, "draft")


def test_what_is_not_public_of_others_is_not_compared(world: World, no_worker: None) -> None:
    """Else one could guess at a hidden text by writing it."""
    hidden = {"problem": "own", "indicators": "own"}
    need = world.need("published", title="高纯铜", field_levels=hidden)
    indexing.index_item("need", need.pk)
    content = {**COPY, "title": "电解液"}
    assert ask(client_of(world.stranger), content).json()["items"] == []


def test_an_entry_is_not_like_itself(world: World, no_worker: None) -> None:
    need = world.need("published")
    indexing.index_item("need", need.pk)
    assert ask(client_of(world.member), COPY, id=str(need.pk)).json()["items"] == []


def test_closed_entries_are_not_shown(world: World, no_worker: None) -> None:
    world.need("closed")
    assert ask(client_of(world.member), COPY).json()["items"] == []


def test_capabilities_have_the_same_warning(world: World, no_worker: None) -> None:
    made = world.capability("draft")
    content = {"title": made.title, "description": made.description}
    answer = post(client_of(world.member), "/capabilities/similar", {"content": content})
    assert [one["id"] for one in answer.json()["items"]] == [str(made.pk)]


@pytest.mark.parametrize(
    "content",
    [{}, {"title": ""}, {"title": "铜"}, {"indicators": [{"name": ""}]}, {"title": "&|!()'\\"}],
)
def test_half_a_draft_may_be_asked_about(
    world: World, no_worker: None, content: dict[str, Any]
) -> None:
    answer = ask(client_of(world.member), content)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


def what_if(client: Client, value: float, **more: Any) -> Any:
    line = {"name": "砷含量", "comparator": "le", "value": value, "unit": "mg/L"}
    content = {"title": "电解液在线脱砷", "problem": "砷含量波动。", "indicators": [line]}
    return post(client, "/needs/what-if", {"content": content, **more}).json()


def test_a_looser_limit_finds_a_capability_and_a_stricter_one_loses_it(
    world: World, no_worker: None
) -> None:
    made = world.capability("published")  # promises ≤ 0.3 mg/L
    indexing.index_item("capability", made.pk)
    told = what_if(client_of(world.stranger), 0.1)
    assert (told["mode"], told["offers"]) == ("words", 1)
    (line,) = told["indicators"]
    assert (line["position"], line["met"], line["speaking"]) == (0, 0, 1)
    assert line["steps"] == [{"value": 0.3, "value_max": None, "count": 1}]
    (line,) = what_if(client_of(world.stranger), 0.5)["indicators"]
    assert (line["met"], line["steps"]) == (1, [])


def test_ones_own_capabilities_are_not_counted(world: World, no_worker: None) -> None:
    indexing.index_item("capability", world.capability("published").pk)
    told = what_if(client_of(world.member), 0.1, organisation_id=str(world.firm.pk))
    assert told["offers"] == 0


def test_what_a_capability_keeps_to_itself_is_not_counted(world: World, no_worker: None) -> None:
    hidden = {"indicators": "matched"}
    indexing.index_item("capability", world.capability("published", field_levels=hidden).pk)
    told = what_if(client_of(world.stranger), 0.5)
    assert [line["speaking"] for line in told["indicators"]] == [0]


def test_without_numbers_there_is_no_what_if(world: World, no_worker: None) -> None:
    body = {"content": {"title": "脱砷", "indicators": [{"name": "砷", "text": "尽量低"}]}}
    told = post(client_of(world.member), "/needs/what-if", body).json()
    assert told["indicators"] == []
