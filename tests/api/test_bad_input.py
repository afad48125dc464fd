"""Whatever is sent, the answer is a problem with a code; never a 500."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.api.world import API, World, client_of, need_content


def post_need(world: World, content: Any, **extra: Any) -> Any:
    body = {"organisation_id": str(world.firm.pk), "content": content}
    return client_of(world.member).post(
        f"{API}/needs", data=json.dumps(body), content_type="application/json", **extra
    )


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert body["type"] == "about:blank"
    assert body["title"]
    return body["data"]


YESTERDAY = (date.today() - timedelta(days=1)).isoformat()  # noqa: DTZ011


@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        ({"title": "长" * 121}, "title", "too_long"),
        ({"problem": "长" * 10_001}, "problem", "too_long"),
        ({"title": 7}, "title", "wrong_type"),
        ({"title": None}, "title", "wrong_type"),
        ({"title": ["x"]}, "title", "wrong_type"),
        ({"title": "a\x00b"}, "title", "forbidden_character"),
        ({"problem": "a\ud800b"}, "problem", "forbidden_character"),
        ({"problem": "a\x07b"}, "problem", "control_character"),
        ({"kind": "wish"}, "kind", "unknown_choice"),
        ({"chain": "no_such_chain"}, "chain", "unknown_code"),
        ({"due_on": YESTERDAY}, "due_on", "date_in_past"),
        ({"due_on": "2026-02-31"}, "due_on", "wrong_type"),
        ({"due_on": "9999-12-31"}, "due_on", "out_of_range"),
        ({"budget_min": -1}, "budget_min", "out_of_range"),
        ({"budget_min": 1e300}, "budget_min", "out_of_range"),
        ({"budget_min": "viel"}, "budget_min", "wrong_type"),
        ({"budget_min": 2, "budget_max": 1}, "budget_max", "below_minimum"),
        ({"maturity_wanted": 10}, "maturity_wanted", "out_of_range"),
        ({"keywords": ["x"] * 21}, "keywords", "too_many"),
        ({"indicators": [{"name": "x", "value": "y"}]}, "indicators.0.value", "wrong_type"),
        ({"indicators": {"name": "x"}}, "indicators", "wrong_type"),
        ({"indicators": [{"name": "长" * 81}]}, "indicators.0.name", "too_long"),
        ({"status": "published"}, "status", "unknown_field"),
        ({"field_levels": {"problem": "secret"}}, "field_levels.problem", "unknown_choice"),
        ("text", "content", "wrong_type"),
        ([], "content", "wrong_type"),
        (None, "content", "wrong_type"),
    ],
)
def test_a_wrong_field_is_named_with_a_code(
    world: World, content: Any, field: str, code: str
) -> None:
    data = assert_problem(post_need(world, content), 422, "invalid_input")
    found = {entry["field"].removeprefix("content."): entry["code"] for entry in data["fields"]}
    assert found == {field: code}


def test_a_limit_is_told(world: World) -> None:
    data = assert_problem(post_need(world, {"title": "长" * 121}), 422, "invalid_input")
    assert data["fields"][0]["limit"] == 120


def test_contact_data_cannot_be_made_public(world: World) -> None:
    answer = post_need(world, {"field_levels": {"contact_phone": "public"}})
    assert_problem(answer, 422, "invalid_input")


def test_markup_stays_text(world: World) -> None:
    script = "<script>alert(1)</script> & <b>粗体</b>"
    seen = post_need(world, need_content(problem=script)).json()
    assert seen["content"]["problem"] == script
    answer = client_of(world.member).get(f"{API}/needs/{seen['id']}")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json()["content"]["problem"] == script


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe\x00",
        b'{"organisation_id": NaN}',
        b"[" * 100_000,
        b"9" * 5000,
        b'{"a": \x00}',
    ],
)
def test_what_is_not_json_is_malformed(world: World, body: bytes) -> None:
    answer = client_of(world.member).post(
        f"{API}/needs", data=body, content_type="application/json"
    )
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{}", b"1"])
def test_json_of_the_wrong_shape_is_invalid(world: World, body: bytes) -> None:
    answer = client_of(world.member).post(
        f"{API}/needs", data=body, content_type="application/json"
    )
    assert_problem(answer, 422, "invalid_input")


def test_a_huge_request_is_too_large(world: World) -> None:
    answer = post_need(world, {"problem": "x" * 3_000_000})
    assert_problem(answer, 413, "payload_too_large")


@pytest.mark.parametrize(
    "query",
    [
        "q=a%00b",
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=99999999999999999999",
        "kind=wish",
        "budget_min=NaN",
        "budget_max=Infinity",
        "maturity=0",
        "organisation_id=x",
        "mine=maybe",
        "cursor=" + "x" * 500,
        "q=" + "x" * 101,
    ],
)
def test_wrong_parameters_are_invalid(world: World, query: str) -> None:
    data = assert_problem(Client().get(f"{API}/needs?{query}"), 422, "invalid_input")
    assert [entry["field"] for entry in data["fields"]] == [query.split("=")[0]]


def test_bytes_that_are_no_text_in_a_query_do_no_harm(world: World) -> None:
    assert Client().get(f"{API}/needs?q=%ED%A0%80%FF").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v1/needs/nothing",
        "/api/v1/needs/00000000-0000-7000-8000-000000000000",
        "/api/v1/needs/%00",
        "/api/v2/needs",
        "/api/",
        "/api/v1/",
        "/api/v1/needs/",
    ],
)
def test_unknown_paths_are_problems(world: World, path: str) -> None:
    assert_problem(Client().get(path), 404, "not_found")


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(world: World) -> None:
    answer = Client().put(f"{API}/needs", data="{}", content_type="application/json")
    assert_problem(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].replace(",", "").split()) == {"GET", "HEAD", "POST"}


def test_titles_are_in_the_readers_language(world: World) -> None:
    def title(language: str) -> str:
        path = f"{API}/needs/00000000-0000-7000-8000-000000000000"
        return Client().get(path, headers={"Accept-Language": language}).json()["title"]

    assert title("zh-CN,zh;q=0.9") != title("en-US,en;q=0.9")
    assert title("en").isascii()
    assert title("xx") == title("zh-CN")


def test_an_unexpected_error_is_a_problem_too(world: World, settings: Any) -> None:
    """A broken host header is what Django itself answers, with a page of its own."""
    answer = Client().get(f"{API}/needs", headers={"Host": "evil.example"})
    assert_problem(answer, 400, "malformed_request")
