"""The vocabularies that a park starts with, and what staff make of them."""

import pytest

from park.vocabularies.models import Term
from park.vocabularies.queries import known_codes, list_terms

pytestmark = pytest.mark.django_db


def test_the_seeds_name_the_parks_chains_areas_and_regions() -> None:
    codes = known_codes()
    assert {name: len(found) for name, found in codes.items()} == {
        "chain": 19,
        "key_area": 3,
        "region": 6,
    }
    assert {"low_carbon_metallurgy", "testing", "aluminium_profiles"} <= codes["chain"]


def test_every_term_is_named_in_both_languages() -> None:
    assert not Term.objects.filter(name_zh="").exists()
    assert not Term.objects.filter(name_en="").exists()


def test_a_retired_term_is_offered_no_more() -> None:
    Term.objects.filter(code="textile").update(is_active=False)
    assert "textile" not in known_codes()["chain"]
    assert "textile" not in {term.code for term in list_terms()["chain"]}


def test_terms_come_in_staffs_order(django_assert_num_queries) -> None:
    Term.objects.filter(code="elsewhere").update(position=0)
    Term.objects.filter(code="xingang").update(position=9)
    with django_assert_num_queries(1):
        codes = [term.code for term in list_terms()["region"]]
    assert (codes[0], codes[-1]) == ("elsewhere", "xingang")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_seeds_are_there_again_after_a_test_that_empties_the_tables(time: int) -> None:
    assert len(known_codes()["chain"]) == 19
