"""What matching gets of an entry: passages with levels, indicators, facets without secrets."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from market.listings.kinds import ListingKind
from market.listings.models import Indicator
from market.listings.sources import indicator_text
from market.listings.states import Status
from matching.sources import Side, SourceItem, get_source
from park.core.levels import Level
from tests.factories import IndicatorFactory, NeedFactory
from tests.factories.listings import in_days


@pytest.fixture
def load(kind: ListingKind) -> Any:
    def one(listing: Any) -> SourceItem:
        (item,) = get_source(kind.value).load([listing.pk])
        return item

    return one


def test_each_list_is_on_its_side() -> None:
    assert get_source("need").side is Side.NEED
    assert get_source("capability").side is Side.OFFER


def test_a_published_entry_is_searchable_with_all_its_words(make, load, main_text) -> None:
    listing = make(Status.PUBLISHED, indicators=2)
    item = load(listing)
    assert item.is_searchable
    assert (item.title, item.organisation_id) == (listing.title, listing.organisation_id)
    texts = {(passage.field, passage.ordinal): passage.text for passage in item.passages}
    assert texts["title", 0] == listing.title
    assert texts[main_text, 0] == getattr(listing, main_text)
    assert texts["keywords", 0] == "电解精炼"
    assert texts["indicator", 1] == "铜纯度 ≥ 99.9999 %"


@pytest.mark.parametrize("status", [status for status in Status if status != "published"])
def test_anything_else_gives_nothing_away(make, load, status: Status) -> None:
    item = load(make(status))
    assert (item.is_searchable, list(item.passages), list(item.indicators)) == (False, [], [])


def test_an_expired_entry_is_not_searchable(kind, make, load) -> None:
    name = "due_on" if kind is ListingKind.NEED else "valid_until"
    listing = make(Status.PUBLISHED, **{name: in_days(-1)})
    assert not load(listing).is_searchable
    assert list(get_source(kind.value).all_ids()) == []
    current = make(Status.PUBLISHED, **{name: in_days(0)})
    assert load(current).facets.expires_on == in_days(0)
    assert list(get_source(kind.value).all_ids()) == [current.pk]


def test_passages_carry_their_fields_level(make, load, main_text) -> None:
    levels = {main_text: "own", "indicators": "matched"}
    item = load(make(Status.PUBLISHED, field_levels=levels))
    found = {passage.field: passage.level for passage in item.passages}
    assert found["title"] is Level.PUBLIC
    assert found[main_text] is Level.OWN
    assert found["indicator"] is Level.MATCHED
    assert {line.level for line in item.indicators} == {Level.MATCHED}


def test_contact_data_is_never_matched(make, load) -> None:
    listing = make(Status.PUBLISHED)
    words = " ".join(passage.text for passage in load(listing).passages)
    for value in (listing.contact_name, listing.contact_phone, listing.contact_email):
        assert value not in words


def test_facets_say_what_is_public(kind, make, load) -> None:
    listing = make(Status.PUBLISHED)
    facets = load(listing).facets
    high = listing.budget_max if kind is ListingKind.NEED else listing.price_max
    assert facets.budget_max == high
    assert (facets.sub_kind, facets.chains) == (listing.kind, (listing.chain,))
    assert (facets.region, facets.key_areas) == ("xingang", ("tech_breakthrough",))


def test_facets_leave_out_what_is_not(kind, make, load) -> None:
    names = (
        ("budget_min", "budget_max", "maturity_wanted")
        if kind is ListingKind.NEED
        else ("price_min", "price_max", "maturity")
    )
    levels = dict.fromkeys([*names, "region", "key_areas"], "matched")
    facets = load(make(Status.PUBLISHED, field_levels=levels)).facets
    assert (facets.budget_min, facets.budget_max, facets.maturity) == (None, None, None)
    assert (facets.region, facets.key_areas) == ("", ())


def test_loading_many_takes_as_many_queries_as_one(kind, make, django_assert_num_queries) -> None:
    ids = [make(Status.PUBLISHED).pk for _ in range(10)]
    with django_assert_num_queries(2):
        assert len(get_source(kind.value).load([*ids, uuid4()])) == 10


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"comparator": "ge", "value": 99.9999, "unit": "%"}, "纯度 ≥ 99.9999 %"),
        ({"comparator": "le", "value": 0.00001, "unit": "mm"}, "纯度 ≤ 0.00001 mm"),
        ({"comparator": "gt", "value": 1e7, "unit": "件"}, "纯度 > 10000000 件"),
        ({"comparator": "range", "value": 5, "value_max": 10, "unit": "℃"}, "纯度 5~10 ℃"),
        ({"comparator": "text", "text": "满足GB/T 467"}, "纯度 满足GB/T 467"),
        ({"comparator": "eq", "value": 0, "unit": "", "text": "按批"}, "纯度 = 0 按批"),
        ({"comparator": "approx", "value": None}, "纯度"),
        # A sentence that says it all is not repeated, nor is what the fields already say.
        (
            {"comparator": "ge", "value": 99.9, "unit": "%", "text": "纯度不低于 99.9 %"},
            "纯度不低于 99.9 %",
        ),
        ({"comparator": "eq", "value": 99.9, "unit": "%", "text": "99.9%"}, "纯度 = 99.9 %"),
    ],
)
def test_an_indicator_reads_as_a_person_would_write_it(values: dict, text: str) -> None:
    assert indicator_text(Indicator(name="纯度", **values)) == text


@pytest.mark.django_db
@pytest.mark.parametrize(("ours", "theirs"), [("approx", "about"), ("text", ""), ("ge", "ge")])
def test_comparators_are_said_in_matchings_words(ours: str, theirs: str) -> None:
    need = NeedFactory(status=Status.PUBLISHED, indicators=0)
    IndicatorFactory(need=need, comparator=ours, value=0.1, is_must=False)
    ((line,),) = (item.indicators for item in get_source("need").load([need.pk]))
    assert (line.comparator, line.value, line.must) == (theirs, Decimal("0.1"), False)
