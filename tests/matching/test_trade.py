"""Orders, materials and capacity: amounts, prices, days and places of both sides."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from matching.scoring import reasons, score
from matching.sources import Facets, Passage, Side, SourceItem
from matching.trade import (
    TRADE_FEATURES,
    Term,
    TradeTerm,
    terms_worth_keeping,
    trade_data,
    trade_features,
)
from park.core.levels import Level


def terms(
    side: Side, text: str, *, kind: str = "order", level: Level = Level.PUBLIC
) -> list[TradeTerm]:
    item = SourceItem(
        side.value,
        side,
        uuid4(),
        "",
        datetime(2026, 1, 1, tzinfo=UTC),
        passages=[Passage("problem", level, text)],
        facets=Facets(sub_kind=kind),
    )
    kept = terms_worth_keeping(item)
    assert [TradeTerm.from_json(one.as_json()) for one in kept] == kept
    return kept


def compared(asked: str, offered: str, *, kind: str = "order") -> dict[str, float | None]:
    return trade_features(
        kind, terms(Side.NEED, asked, kind=kind), terms(Side.OFFER, offered, kind="product")
    )


@pytest.mark.parametrize(
    ("asked", "offered", "name", "value"),
    [
        ("求购电解铜500吨", "现有库存800吨", "amount", 1.0),
        ("求购电解铜500吨", "现有库存250吨", "amount", 0.0),
        ("求购电解铜500吨", "现有库存20吨", "amount", pytest.approx(-0.92)),
        ("年需铜杆6000吨", "月产能1000吨", "amount", 1.0),
        ("采购500吨，交货期60天以内", "年产10万吨", "amount", 1.0),
        ("采购500吨", "年产10万吨", "amount", None),
        ("年需10万件", "年产12万台", "amount", None),
        ("单价不超过7.2万元/吨", "报价71500元/吨", "price", 1.0),
        ("单价不超过7.2万元/吨", "报价7.5万元/吨", "price", -1.0),
        ("单价不超过7.2万元/吨", "价格3元/件", "price", None),
        ("交货期不超过30天", "供货周期25天", "delivery", 1.0),
        ("交货期不超过30天", "供货周期45天", "delivery", -1.0),
        ("2026年9月30日前交货", "2026年8月起供货", "delivery", 1.0),
        ("2026年9月底前交货", "2026年11月起供货", "delivery", -1.0),
        ("2026年9月30日前交货", "供货周期25天", "delivery", None),
        ("要货急", "有现货", "amount", None),
    ],
)
def test_what_both_sides_state_is_compared(
    asked: str, offered: str, name: str, value: float | None
) -> None:
    assert compared(asked, offered)[name] == value


def test_a_month_without_a_day_lasts_to_its_end() -> None:
    (found,) = terms(Side.NEED, "2026年2月底前交货")
    assert (found.term, found.on) == (Term.DATE, date(2026, 2, 28))


def test_only_needs_that_are_traded_by_amount_have_these_features() -> None:
    found = compared("求购500吨", "库存800吨", kind="technology")
    assert found == dict.fromkeys(TRADE_FEATURES)


def test_places_count_where_both_sides_name_one() -> None:
    assert trade_features("capacity", [], [], "xingang", "xingang")["place"] == 1.0
    assert trade_features("capacity", [], [], "xingang", "daye")["place"] == -1.0
    assert trade_features("capacity", [], [], "xingang", "")["place"] is None


def test_what_is_not_public_takes_no_part() -> None:
    hidden = terms(Side.OFFER, "报价7.5万元/吨", level=Level.OWN)
    asked = terms(Side.NEED, "单价不超过7.2万元/吨")
    assert trade_features("order", asked, hidden)["price"] is None
    assert trade_data(asked, hidden) == {}


def test_the_reasons_name_what_both_wrote() -> None:
    asked = terms(Side.NEED, "求购电解铜500吨，单价不超过7.2万元/吨")
    offered = terms(Side.OFFER, "库存800吨，报价7.5万元/吨")
    features = trade_features("order", asked, offered)
    found = {one["code"]: one["data"] for one in reasons(features, trade_data(asked, offered))}
    assert found == {
        "amount_enough": {"asked": "500吨", "offered": "800吨"},
        "price_above": {"asked": "7.2万元/吨", "offered": "7.5万元/吨"},
    }
    assert score({"title": 0.5, **features}) == pytest.approx(0.5)
