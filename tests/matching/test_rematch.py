"""Many items matched in bulk: the same as one by one, without losing or doubling anything."""

from typing import Any

import pytest

from matching import indexing
from matching.models import Item, MatchSuggestion
from tests.matching.conftest import TODAY, HeldSource
from tests.matching.made_up import MadeUp

pytestmark = pytest.mark.django_db


def stored() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (one.need_item.title, one.offer_item.title): {
            "band": one.band,
            "tops": (one.is_in_need_top, one.is_in_offer_top),
            "versions": one.versions,
            "reasons": one.reasons["reasons"],
            "indicators": one.reasons["indicators"],
            "agreeing": [(row["need"], row["offer"]) for row in one.reasons["agreeing"]],
            "numbers": {"score": one.score, **one.features},
        }
        for one in MatchSuggestion.objects.select_related("need_item", "offer_item")
    }


def match_one_by_one() -> None:
    for side in ("need", "offer"):
        for item in Item.objects.filter(side=side, is_searchable=True).order_by("kind", "pk"):
            indexing.match_item(item.kind, item.object_id, is_known=True, today=TODAY)


@pytest.fixture
def made_up(needs: HeldSource, capabilities: HeldSource, instruments: HeldSource) -> MadeUp:
    made = MadeUp()
    made.add(needs, 70)
    made.add(capabilities, 220)
    made.add(instruments, 30)
    made.store(needs, capabilities, instruments)
    return made


def test_in_bulk_everything_is_as_it_is_one_by_one(made_up: MadeUp) -> None:
    match_one_by_one()
    expected = stored()
    assert len(expected) > 1000
    MatchSuggestion.objects.all().delete()
    Item.objects.update(matched_with="")
    assert indexing.rematch_outdated(TODAY) == Item.objects.filter(is_searchable=True).count()
    found = stored()
    assert set(found) == set(expected)
    for pair, one in found.items():
        assert one.pop("numbers") == pytest.approx(expected[pair].pop("numbers"), abs=1e-6), pair
        assert one == expected[pair], pair
    assert not indexing.is_outdated()
