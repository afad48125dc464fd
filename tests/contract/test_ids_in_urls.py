"""What a URL names cannot be counted up to: every id is a UUID, most of it random.

Ids are UUIDv7 (RFC 9562): 48 bits of time, so that they sort, then 74 bits that are random. Within
one millisecond of one process 42 of these count on, and 32 random ones remain. What an id opens is
decided by permission all the same (`tests/api/test_role_matrix.py`): an id is no secret. Keys of
rows that are never named, such as those of the audit trail, do count up.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from api.management.commands.export_openapi import PATH
from park.core.models import new_id
from tests.api.world import API, World, client_of

DESCRIPTION = json.loads(PATH.read_text(encoding="utf-8"))
# A number within one entry: it says how often that entry was revised, to those who may see it.
WITHIN_AN_ENTRY = {"number"}
# Words of a short list that is in the documents.
WORDS = {"form", "kind"}


def path_parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DESCRIPTION["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    yield f"{operation['operationId']} {path}", parameter


def test_every_id_in_a_path_is_a_uuid_or_a_number_beneath_one() -> None:
    found = 0
    for where, parameter in path_parameters():
        if parameter["name"] in WORDS:
            continue
        found += 1
        if parameter["name"] in WITHIN_AN_ENTRY:
            # Beneath an entry's own id, which decides who may see anything of it.
            assert re.search(r"\{\w+_id\}/.*\{" + parameter["name"], where), where
        else:
            assert parameter["schema"].get("format") == "uuid", where
    assert found >= 30


def test_every_id_in_an_answer_or_request_is_a_uuid() -> None:
    for name, schema in DESCRIPTION["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            if field == "id" or field.endswith("_id"):
                kinds = [shape, *shape.get("anyOf", ())]
                assert any(kind.get("format") == "uuid" for kind in kinds), f"{name}.{field}"


def test_ids_made_in_one_burst_share_their_time_only() -> None:
    """Whoever has one of them still has 2^32 to guess for the next, however near it was made."""
    ids = [new_id() for _ in range(5000)]
    assert {one.version for one in ids} == {7}
    assert len(set(ids)) == len(ids)
    assert sorted(ids) == ids
    # Each of the low 32 bits is set about half of the time, and they never go on by a fixed step.
    low = [one.int & 0xFFFF_FFFF for one in ids]
    for bit in range(32):
        assert 0.45 < sum(value >> bit & 1 for value in low) / len(low) < 0.55, bit
    steps = {(later - earlier) & 0xFFFF_FFFF for earlier, later in pairwise(low)}
    assert len(steps) > 4_990


@pytest.mark.django_db
def test_a_number_of_a_revision_opens_nothing_without_the_entry(world: World) -> None:
    entry = world.need("published")
    number = world.revise(entry, problem="改过的正文")
    path = f"{API}/needs/{entry.pk}/revisions"
    for client in (Client(), client_of(world.stranger)):
        for step in ("", f"/{number}/approval", f"/{number}/rejection"):
            send = client.post if step else client.get
            body: dict[str, Any] = (
                {"data": '{"note": "x"}', "content_type": "application/json"} if step else {}
            )
            assert send(f"{path}{step}", **body).status_code in (401, 403, 404)
    hidden = world.need("draft")
    for number in (1, 2, 99):
        answer = client_of(world.stranger).post(
            f"{API}/needs/{hidden.pk}/revisions/{number}/approval"
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
