"""Opening hours are hours and minutes of the park's own clock, and nothing that resembles them."""

from typing import Any

import pytest

from tests.api.world import API, World, client_of, instrument_content


def post(world: World, **changes: Any) -> Any:
    body = {"organisation_id": str(world.firm.pk), "content": instrument_content(**changes)}
    return client_of(world.member).post(
        f"{API}/instruments", data=body, content_type="application/json"
    )


@pytest.mark.parametrize("value", ["08:30", "08:30:00"])
def test_hours_and_minutes_are_taken(world: World, value: str) -> None:
    answer = post(world, open_from=value, open_until="17:00")
    assert answer.status_code == 201
    assert answer.json()["content"]["open_from"] == "08:30:00"


@pytest.mark.parametrize("value", [30600, "08:30Z", "08:30+05:00", "24:00", "8:30", "٠٨:٣٠", None])
def test_anything_else_is_a_wrong_type(world: World, value: Any) -> None:
    answer = post(world, open_from=value, open_until="17:00")
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["data"]["fields"]] == [
        ("content.open_from", "wrong_type")
    ]
