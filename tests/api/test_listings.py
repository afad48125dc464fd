"""Needs and capabilities over HTTP: who sees what, paging, two editors, levels."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.listings.kinds import ListingKind
from tests.api.world import API, CONTENT, SECRET_PHONE, World, client_of, need_content

KINDS = [(ListingKind.NEED, "needs"), (ListingKind.CAPABILITY, "capabilities")]


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    content = {} if body is None else {"data": json.dumps(body)}
    return getattr(client, method)(API + path, content_type="application/json", **content)


@pytest.mark.parametrize(("kind", "plural"), KINDS)
def test_an_entry_goes_from_draft_to_published_to_closed(
    world: World, kind: ListingKind, plural: str
) -> None:
    member, staff = client_of(world.member), client_of(world.staff)
    new = {"organisation_id": str(world.firm.pk), "content": CONTENT[kind]()}
    made = send(member, "post", f"/{plural}", new)
    assert made.status_code == 201
    draft = made.json()
    assert (draft["status"], draft["listing_kind"], draft["missing"]) == ("draft", kind, [])
    assert draft["allowed_actions"] == ["edit", "submit", "discard"]
    path = f"/{plural}/{draft['id']}"
    assert send(member, "post", f"{path}/submission").json()["status"] == "submitted"
    published = send(staff, "post", f"{path}/publication")
    assert published.status_code == 200
    assert published.json()["status"] == "published"
    assert [row["id"] for row in Client().get(f"{API}/{plural}").json()["items"]] == [draft["id"]]
    closed = send(member, "post", f"{path}/closure", {"reason": "solved_elsewhere"})
    assert closed.json()["closing_reason"] == "solved_elsewhere"
    assert Client().get(API + path).status_code == 404


@pytest.mark.parametrize(("kind", "plural"), KINDS)
def test_contact_data_and_raised_levels_reach_owner_and_staff_only(
    world: World, kind: ListingKind, plural: str
) -> None:
    text = "problem" if kind is ListingKind.NEED else "description"
    entry = world.listing(kind, "published", field_levels={text: "own"})
    path = f"{API}/{plural}/{entry.pk}"
    for client in (Client(), client_of(world.stranger)):
        answer = client.get(path)
        seen = answer.json()
        assert SECRET_PHONE not in answer.content.decode()
        assert seen["content"][text] is None
        assert {text, "contact_phone", "contact_name"} <= set(seen["hidden_fields"])
        assert (seen["field_levels"], seen["return_edits"]) == ({}, [])
        card = client.get(f"{API}/{plural}").json()["items"][0]
        assert card["summary"] is None
    for user in (world.member, world.viewer, world.staff):
        seen = client_of(user).get(path).json()
        assert seen["content"]["contact_phone"] == SECRET_PHONE
        assert seen["hidden_fields"] == []
        assert seen["field_levels"] == {text: "own"}


def test_another_firms_draft_does_not_exist(world: World) -> None:
    path = f"/needs/{world.need().pk}"
    stranger = client_of(world.stranger)
    edit = {"version": 1, "content": {"title": "x"}}
    answers = [
        stranger.get(API + path),
        send(stranger, "patch", path, edit),
        send(stranger, "delete", path),
        send(stranger, "post", f"{path}/submission"),
        send(stranger, "post", f"{path}/closure", {"reason": "withdrawn"}),
        stranger.get(f"{API}{path}/history"),
        stranger.get(f"{API}{path}/revisions"),
        stranger.get(f"{API}{path}/suggestions"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (404, "not_found")
    }
    assert client_of(world.staff).get(API + path).status_code == 404  # a draft is not handed in


def test_a_viewer_reads_but_does_not_write(world: World) -> None:
    path = f"/needs/{world.need().pk}"
    viewer = client_of(world.viewer)
    assert viewer.get(API + path).json()["allowed_actions"] == []
    answer = send(viewer, "patch", path, {"version": 1, "content": {"title": "x"}})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_nobody_posts_in_the_name_of_another_firm(world: World) -> None:
    new = {"organisation_id": str(world.firm.pk), "content": {"title": "x"}}
    answer = send(client_of(world.stranger), "post", "/needs", new)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_the_second_of_two_editors_is_told_and_loses_nothing(world: World) -> None:
    need = world.need()
    member = client_of(world.member)
    path = f"/needs/{need.pk}"
    first = send(member, "patch", path, {"version": need.version, "content": {"title": "甲"}})
    assert first.status_code == 200
    second = send(member, "patch", path, {"version": need.version, "content": {"title": "乙"}})
    assert (second.status_code, second.json()["code"]) == (409, "edit_conflict")
    data = second.json()["data"]
    assert data["current_version"] == first.json()["version"]
    assert data["current"]["title"] == "甲"
    retried = {"version": data["current_version"], "content": {"title": "乙"}}
    assert send(member, "patch", path, retried).json()["content"]["title"] == "乙"


def test_an_edit_leaves_alone_what_it_does_not_name(world: World) -> None:
    need = world.need()
    edit = {"version": need.version, "content": {"goals": "降到 0.5 mg/L"}}
    seen = send(client_of(world.member), "patch", f"/needs/{need.pk}", edit).json()["content"]
    assert seen["goals"] == "降到 0.5 mg/L"
    assert seen["title"] == need_content()["title"]
    assert len(seen["indicators"]) == 1
    assert seen["budget_max"] == 1200000.5


def test_a_change_of_the_published_problem_waits_for_staff(world: World) -> None:
    need = world.need("published")
    path = f"/needs/{need.pk}"
    edit = {"version": need.version, "content": {"problem": "改过的问题描述"}}
    edited = send(client_of(world.member), "patch", path, edit).json()
    pending = edited["pending_revision"]
    assert edited["content"]["problem"] != "改过的问题描述"
    assert pending["content"]["problem"] == "改过的问题描述"
    assert set(pending["changes"]) == {"problem"}
    assert Client().get(API + path).json()["pending_revision"] is None
    staff = client_of(world.staff)
    queue = staff.get(f"{API}/review-queue").json()["items"]
    assert [(row["id"], row["reason"]) for row in queue] == [(str(need.pk), "revision")]
    approval = f"{path}/revisions/{pending['number']}/approval"
    assert send(staff, "post", approval).json()["content"]["problem"] == "改过的问题描述"


def test_a_return_carries_edits_and_a_missing_minimum_is_named(world: World) -> None:
    staff, member = client_of(world.staff), client_of(world.member)
    need = world.need("submitted")
    body = {"edits": [{"field": "problem", "advice": "写明取样频次"}], "note": "请补充"}
    returned = send(staff, "post", f"/needs/{need.pk}/return", body).json()
    assert (returned["status"], returned["return_edits"]) == ("returned", body["edits"])
    bare = world.need(title="", indicators=[])
    answer = send(member, "post", f"/needs/{bare.pk}/submission")
    assert (answer.status_code, answer.json()["code"]) == (422, "incomplete")
    assert {"title", "indicators"} <= set(answer.json()["data"]["missing"])


def test_a_move_that_the_state_does_not_allow_is_a_conflict(world: World) -> None:
    need = world.need("submitted")
    answer = send(client_of(world.member), "post", f"/needs/{need.pk}/submission")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert answer.json()["data"] == {"status": "submitted", "action": "submit"}


def test_pages_are_not_disturbed_by_entries_published_meanwhile(world: World) -> None:
    old = [str(world.need("published", title=f"需求{number}").pk) for number in range(5)]
    visitor = Client()
    first = visitor.get(f"{API}/needs?limit=2").json()
    world.need("published", title="新来的")
    second = visitor.get(f"{API}/needs?limit=2&cursor={first['next_cursor']}").json()
    third = visitor.get(f"{API}/needs?limit=2&cursor={second['next_cursor']}").json()
    seen = [row["id"] for page in (first, second, third) for row in page["items"]]
    assert seen == old[::-1]
    assert third["next_cursor"] is None


@pytest.mark.parametrize(
    "cursor", ["x", "a.b.c", "%F0%9F%98%80", "MQ:1:1", "..", "eyJhIjoxfQ==", "-"]
)
def test_a_cursor_that_is_not_ours_is_refused(world: World, cursor: str) -> None:
    answer = Client().get(f"{API}/needs?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_a_cursor_of_one_list_does_not_serve_another(world: World) -> None:
    for number in range(2):
        world.need("published", title=f"需求{number}")
    cursor = Client().get(f"{API}/needs?limit=1").json()["next_cursor"]
    answer = Client().get(f"{API}/capabilities?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_filters_narrow_the_list(world: World) -> None:
    need = world.need("published")
    visitor = Client()

    def found(query: str) -> list[str]:
        answer = visitor.get(f"{API}/needs?{query}")
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["items"]]

    for query in (
        "q=电解液",
        "kind=technology",
        "chain=copper_processing",
        "key_area=tech_breakthrough",
        "region=xingang",
        f"organisation_id={world.firm.pk}",
        "budget_min=1000000",
        "budget_max=600000",
    ):
        assert found(query) == [str(need.pk)], query
    for query in ("q=没有", "kind=order", "chain=none", "budget_min=1300000", "budget_max=1"):
        assert found(query) == [], query


def test_mine_lists_own_drafts_and_status_is_for_insiders(world: World) -> None:
    need = world.need()
    rows = client_of(world.member).get(f"{API}/needs?mine=true").json()["items"]
    assert [(row["id"], row["status"]) for row in rows] == [(str(need.pk), "draft")]
    assert client_of(world.stranger).get(f"{API}/needs?mine=true").json()["items"] == []
    refused = client_of(world.stranger).get(f"{API}/needs?status=submitted")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_history_shows_old_and_new_values_to_insiders(world: World) -> None:
    need = world.need()
    member = client_of(world.member)
    edit = {"version": need.version, "content": {"title": "新标题"}}
    send(member, "patch", f"/needs/{need.pk}", edit)
    newest = member.get(f"{API}/needs/{need.pk}/history").json()["items"][0]
    assert newest["changes"]["title"] == {"old": need_content()["title"], "new": "新标题"}
    assert newest["actor_name"] == "member"


@pytest.mark.parametrize("plural", ["needs", "capabilities"])
def test_a_list_costs_the_same_number_of_queries_at_any_length(world: World, plural: str) -> None:
    kind = {name: kind for kind, name in KINDS}[plural]
    counts = []
    for wanted in (1, 6):
        while len(Client().get(f"{API}/{plural}").json()["items"]) < wanted:
            world.listing(kind, "published")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            Client().get(f"{API}/{plural}")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 2


def test_one_entry_costs_few_queries(world: World) -> None:
    need = world.need("published", indicators=[{"name": str(n), "text": "x"} for n in range(9)])
    client = client_of(world.member)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{API}/needs/{need.pk}").status_code == 200
    assert len(queries) <= 8
