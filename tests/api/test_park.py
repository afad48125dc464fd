"""Vocabularies, figures, organisations."""

from django.test import Client

from api.vocabularies import ENGLISH, FIXED
from tests.api.world import API, World


def test_every_fixed_choice_has_an_english_name() -> None:
    for name, choices in FIXED.items():
        assert set(ENGLISH[name]) == set(choices.values), name


def test_vocabularies_hold_stored_and_fixed_words_in_both_languages(world: World) -> None:
    words = Client().get(f"{API}/vocabularies").json()
    assert "copper_processing" in {term["code"] for term in words["chains"]}
    assert "technology" in {term["code"] for term in words["need_kinds"]}
    for terms in words.values():
        assert all(term["name_zh"] and term["name_en"] for term in terms)


def test_figures_count_what_is_published(world: World) -> None:
    world.need()
    world.need("published")
    world.capability("published")
    figures = Client().get(f"{API}/figures").json()
    assert (figures["needs"], figures["capabilities"], figures["organisations"]) == (1, 1, 2)


def test_organisations_are_listed_page_by_page_without_their_codes(world: World) -> None:
    first = Client().get(f"{API}/organisations?limit=1").json()
    second = Client().get(f"{API}/organisations?limit=1&cursor={first['next_cursor']}").json()
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {
        str(world.firm.pk),
        str(world.other_firm.pk),
    }
    one = Client().get(f"{API}/organisations/{world.firm.pk}").json()
    assert one["name"] == world.firm.name
    assert "credit_code" not in one
