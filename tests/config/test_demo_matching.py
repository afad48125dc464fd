"""The demonstration needs find their answers through the indexing that the worker does."""

import time
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest

from config.demo import data, loading
from equipment.models import Instrument
from market.listings.models import Capability, Need
from matching import tasks
from matching.models import MatchSuggestion
from park.core.models import OutboxEvent
from talent.models import TalentCard

pytestmark = pytest.mark.django_db(transaction=True)

TOP = 3
ENOUGH = 0.8
# What else a need takes besides a capability: an instrument, a person.
FURTHER = {
    "n004": {"person": "p010"},
    "n012": {"person": "p003"},
    "n015": {"person": "p006"},
    "n019": {"instrument": "i009", "person": "p005"},
    "n022": {"person": "p007"},
    "n023": {"instrument": "i005"},
    "n043": {"instrument": "i003"},
    "n046": {"instrument": "i012"},
    "n055": {"person": "p012"},
    "n059": {"instrument": "i011"},
}


def test_the_needs_find_their_answers(tmp_path: Path) -> None:
    loading.load(data_dir=tmp_path)
    handle_all_events()

    ranked = ranking_by_title()
    titles = {row["key"]: row["title"] for row in data.read("capabilities")}
    missed = {
        need["key"]: ranked[need["title"], "capability"][:TOP]
        for need in data.read("needs")
        if not {titles[key] for key in need["expects"]}
        & set(ranked[need["title"], "capability"][:TOP])
    }
    assert len(missed) <= (1 - ENOUGH) * len(data.read("needs")), missed
    not_found = not_found_beyond_pairs(ranked)
    assert len(not_found) <= (1 - ENOUGH) * sum(map(len, FURTHER.values())), not_found
    assert same_house_pairs() == []


def handle_all_events() -> None:
    """Of matching; an edition of the demonstration waits for the worker that prints it."""
    deadline = time.monotonic() + 60
    while True:
        tasks.drain()
        waiting = OutboxEvent.objects.filter(topic=tasks.TOPIC, processed_at=None).values(
            "attempts", "last_error"
        )
        if not waiting:
            return
        assert time.monotonic() < deadline, list(waiting)
        time.sleep(0.2)


def ranking_by_title() -> dict[tuple[str, str], list[str]]:
    """{(need's title, kind): titles of what it was suggested, best first}."""
    ranked: dict[tuple[str, str], list[str]] = {}
    names: dict[UUID, str] = {}
    for row in Instrument.objects.all():
        names[row.pk] = row.name
    for row in TalentCard.objects.all():
        names[row.pk] = row.masked_name
    for row in Capability.objects.all():
        names[row.pk] = row.title
    suggestions = MatchSuggestion.objects.select_related("need_item", "offer_item")
    for one in suggestions.filter(is_in_need_top=True).order_by("-score", "offer_item_id"):
        key = (one.need_item.title, one.offer_item.kind)
        ranked.setdefault(key, []).append(names[one.offer_item.object_id])
    return ranked


def not_found_beyond_pairs(ranked: Mapping[tuple[str, str], list[str]]) -> dict[str, list[str]]:
    needs = {row["key"]: row["title"] for row in data.read("needs")}
    names = {row["key"]: row["name"] for row in (*data.read("instruments"), *data.read("people"))}
    missing = {}
    for key, wanted in FURTHER.items():
        for kind, other in wanted.items():
            found = ranked.get((needs[key], kind), [])[:TOP]
            if names[other] not in found:
                missing[f"{key} {other}"] = found
    return missing


def same_house_pairs() -> list[str]:
    """Nobody needs a platform to find what they offer themselves."""
    owners = dict(Need.objects.values_list("id", "organisation_id"))
    return [
        one.need_item.title
        for one in MatchSuggestion.objects.select_related("need_item", "offer_item")
        if one.offer_item.organisation_id == owners[one.need_item.object_id]
    ]
