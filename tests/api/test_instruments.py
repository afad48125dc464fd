"""Instruments and bookings over HTTP: what strangers see, taken slots, broken rules."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.world import API, SECRET_PHONE, World, client_of, instrument_content


def send(client: Client, method: str, path: str, body: Any) -> Any:
    return getattr(client, method)(
        API + path, data=json.dumps(body), content_type="application/json"
    )


def book(client: Client, instrument: Any, firm: Any, slot: dict[str, Any]) -> Any:
    body = {"organisation_id": str(firm.pk), "purpose": "测砷", **slot}
    return send(client, "post", f"/instruments/{instrument.pk}/bookings", body)


def test_an_instrument_is_registered_found_and_stops_being_shared(world: World) -> None:
    member = client_of(world.member)
    new = {"organisation_id": str(world.firm.pk), "content": instrument_content()}
    made = send(member, "post", "/instruments", new).json()
    assert (made["status"], made["version"]) == ("draft", 1)
    assert made["content"]["price_per_hour"] == 320
    path = f"/instruments/{made['id']}"
    assert Client().get(API + path).status_code == 404
    assert send(member, "post", f"{path}/publication", None).json()["status"] == "published"
    found = Client().get(f"{API}/instruments?q=质谱&service_mode=operator").json()["items"]
    assert [row["id"] for row in found] == [made["id"]]
    assert send(member, "post", f"{path}/closure", None).json()["status"] == "closed"
    assert Client().get(f"{API}/instruments").json()["items"] == []


def test_the_keepers_phone_is_for_those_who_signed_in(world: World) -> None:
    path = f"{API}/instruments/{world.instrument('published').pk}"
    visitor = Client().get(path)
    assert visitor.json()["content"]["contact_phone"] is None
    assert SECRET_PHONE not in visitor.content.decode()
    assert client_of(world.stranger).get(path).json()["content"]["contact_phone"] == SECRET_PHONE


def test_the_second_editor_of_an_instrument_gets_what_is_there(world: World) -> None:
    path = f"/instruments/{world.instrument().pk}"
    member = client_of(world.member)
    assert send(member, "patch", path, {"version": 1, "content": {"name": "甲"}}).status_code == 200
    second = send(member, "patch", path, {"version": 1, "content": {"name": "乙"}})
    assert (second.status_code, second.json()["code"]) == (409, "edit_conflict")
    assert second.json()["data"]["current"]["name"] == "甲"


def test_a_taken_slot_is_refused_with_three_free_ones(world: World) -> None:
    instrument = world.instrument("published")
    slot = world.slot_as_json()
    first = book(client_of(world.member), instrument, world.firm, slot)
    assert (first.status_code, first.json()["status"]) == (201, "confirmed")
    assert first.json()["price"] == 320
    second = book(client_of(world.stranger), instrument, world.other_firm, slot)
    assert (second.status_code, second.json()["code"]) == (409, "slot_taken")
    offered = second.json()["data"]["next_free"]
    assert len(offered) == 3
    accepted = book(client_of(world.stranger), instrument, world.other_firm, offered[0])
    assert accepted.status_code == 201


def test_every_broken_rule_is_told_with_a_repair(world: World) -> None:
    start = world.slot()["starts_at"] + timedelta(minutes=7)
    slot = {
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=30)).isoformat(),
    }
    answer = book(client_of(world.member), world.instrument("published"), world.firm, slot)
    assert (answer.status_code, answer.json()["code"]) == (422, "booking_rules_broken")
    broken = answer.json()["data"]["broken"]
    assert len(broken) >= 2
    assert all(rule["code"] and "repair" in rule for rule in broken)


@pytest.mark.parametrize(
    "slot",
    [
        {"starts_at": "2026-12-01T10:00:00", "ends_at": "2026-12-01T11:00:00"},
        {"starts_at": "0001-01-01T00:00:00+14:00", "ends_at": "0001-01-01T01:00:00+14:00"},
        {"starts_at": "9999-12-31T23:00:00-12:00", "ends_at": "9999-12-31T23:30:00-12:00"},
        {"starts_at": "tomorrow", "ends_at": "later"},
        {"starts_at": None, "ends_at": None},
        {"starts_at": 1e300, "ends_at": 1e300},
    ],
)
def test_times_that_mean_nothing_are_invalid(world: World, slot: dict[str, Any]) -> None:
    answer = book(client_of(world.member), world.instrument("published"), world.firm, slot)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_a_calendar_says_that_time_is_taken_but_not_by_whom(world: World) -> None:
    instrument = world.instrument("published")
    booking = world.booking(instrument)
    day = world.slot()["starts_at"].date().isoformat()
    path = f"{API}/instruments/{instrument.pk}/calendar?from={day}&days=1"
    (taken,) = Client().get(path).json()["occupied"]
    assert (taken["booking_id"], taken["label"], taken["is_own"]) == (None, None, False)
    calendar = client_of(world.member).get(path).json()
    assert calendar["occupied"][0]["booking_id"] == str(booking.pk)
    assert calendar["days"] == [{**calendar["days"][0], "date": day, "is_open": True}]
    assert calendar["free"]


@pytest.mark.parametrize(
    "query", ["days=0", "days=32", "from=x", "from=0001-01-01", "from=9999-12-31"]
)
def test_a_calendar_beyond_reason_is_invalid(world: World, query: str) -> None:
    answer = Client().get(f"{API}/instruments/{world.instrument('published').pk}/calendar?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_a_booking_is_its_two_sides_business(world: World) -> None:
    instrument = world.instrument("published")
    made = book(client_of(world.stranger), instrument, world.other_firm, world.slot_as_json())
    path = f"{API}/bookings/{made.json()['id']}"
    for user in (world.member, world.stranger, world.staff):
        assert client_of(user).get(path).json()["purpose"] == "测砷"
        assert len(client_of(user).get(f"{API}/bookings").json()["items"]) == 1
    outsider = client_of(world.outsider())
    assert outsider.get(path).status_code == 404
    assert outsider.get(f"{API}/bookings").json()["items"] == []
    cancelled = send(
        client_of(world.member), "post", f"/bookings/{made.json()['id']}/cancellation", {}
    )
    assert cancelled.json()["status"] == "cancelled"
    again = send(client_of(world.member), "post", f"/bookings/{made.json()['id']}/cancellation", {})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_lists_cost_the_same_number_of_queries_at_any_length(world: World) -> None:
    instrument = world.instrument("published")
    counts: dict[str, list[int]] = {"instruments": [], "bookings": []}
    client = client_of(world.member)
    for hour in (8, 12):
        world.booking(instrument, hour)
        world.instrument("published")
        for path, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{API}/{path}")
            found.append(len(queries))
    for found in counts.values():
        assert found[0] == found[1] <= 7
