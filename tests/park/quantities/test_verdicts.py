"""Every cell of the table of verdicts (park.quantities.compare)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.quantities import (
    Quantity,
    Verdict,
    compare,
    from_fields,
    is_comparable,
    named_as_change,
    read,
)

MET, NOT_MET, PARTLY, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.PARTLY, Verdict.UNKNOWN


def one(text: str) -> Quantity:
    [found] = read(text)
    return found


def verdict(asked: str, claimed: str) -> Verdict:
    return compare(one(asked), one(claimed))


@pytest.mark.parametrize(
    ("asked", "claimed", "expected"),
    [
        # at least A
        ("强度≥600MPa", "强度达到600MPa", MET),
        ("强度>600MPa", "强度为600MPa", NOT_MET),
        ("强度≥600MPa", "强度为0.59GPa", NOT_MET),
        ("强度≥600MPa", "强度约650MPa", MET),
        ("强度≥600MPa", "强度约600MPa", UNKNOWN),
        ("强度≥600MPa", "强度约500MPa", NOT_MET),
        ("强度≥600MPa", "强度≥600MPa", MET),
        ("强度>600MPa", "强度≥600MPa", NOT_MET),
        ("强度≥600MPa", "强度≥500MPa", NOT_MET),
        ("强度≥600MPa", "强度≤700MPa", UNKNOWN),
        ("强度≥600MPa", "强度≤500MPa", NOT_MET),
        ("强度≥600MPa", "强度600~700MPa", MET),
        ("强度≥600MPa", "强度550~700MPa", PARTLY),
        ("强度≥600MPa", "强度400~500MPa", NOT_MET),
        ("强度≥600MPa", "强度650±20MPa", MET),
        # at most A
        ("厚度≤0.1mm", "厚度达到100μm", MET),
        ("厚度<0.1mm", "厚度为0.1mm", NOT_MET),
        ("厚度≤0.1mm", "厚度约0.05mm", MET),
        ("厚度≤0.1mm", "厚度约0.1mm", UNKNOWN),
        ("厚度≤0.1mm", "厚度约0.2mm", NOT_MET),
        ("厚度≤0.1mm", "厚度≤0.08mm", MET),
        ("厚度≤0.1mm", "厚度≤0.2mm", NOT_MET),
        ("厚度≤0.1mm", "厚度≥0.05mm", UNKNOWN),
        ("厚度≤0.1mm", "厚度≥0.2mm", NOT_MET),
        ("厚度≤0.1mm", "厚度0.05~0.2mm", PARTLY),
        ("误差≤0.1mm", "误差优于0.1mm", MET),
        # between a and b
        ("温度20~60℃", "温度为40℃", MET),
        ("温度20~60℃", "温度为80℃", NOT_MET),
        ("温度20~60℃", "温度约40℃", MET),
        ("温度20~60℃", "温度约60℃", UNKNOWN),
        ("温度20~60℃", "温度约90℃", NOT_MET),
        ("温度20~60℃", "温度≥40℃", UNKNOWN),
        ("温度20~60℃", "温度≥70℃", NOT_MET),
        ("温度20~60℃", "温度≤40℃", UNKNOWN),
        ("温度20~60℃", "温度≤10℃", NOT_MET),
        ("温度20~60℃", "温度30~50℃", MET),
        ("温度20~60℃", "温度50~80℃", PARTLY),
        ("温度20~60℃", "温度0~90℃", PARTLY),
        ("温度20~60℃", "温度70~90℃", NOT_MET),
        # just A, in a sentence
        ("转速为3000r/min", "转速3000rpm", MET),
        ("转速为3000r/min", "转速1500r/min", UNKNOWN),
        ("转速为3000r/min", "转速约3000r/min", MET),
        ("转速为3000r/min", "转速≥1500r/min", UNKNOWN),
        ("转速为3000r/min", "转速2000~4000r/min", UNKNOWN),
        # about A
        ("长度约100mm", "长度102mm", MET),
        ("长度约100mm", "长度98~104mm", MET),
        ("长度约100mm", "长度120mm", UNKNOWN),
        ("长度约100mm", "长度约100mm", MET),
        ("长度约100mm", "长度≥100mm", UNKNOWN),
        # tolerances
        ("控温±5℃", "控温±2℃", MET),
        ("控温±2℃", "控温±5℃", NOT_MET),
        ("温度25±5℃", "温度25±2℃", MET),
        ("温度25±2℃", "温度25±5℃", PARTLY),
        ("控温±2℃", "温度2℃", UNKNOWN),
        # changes
        ("能耗降低20%", "能耗降低25%", MET),
        ("能耗降低20%以上", "能耗降低15%", NOT_MET),
        ("能耗降低20%以上", "能耗降低15%~25%", PARTLY),
        ("能耗降低20%以上", "能耗降低30%以上", MET),
        ("能耗降低20%", "能耗提高25%", UNKNOWN),
        ("能耗降低20%", "能耗为25%", UNKNOWN),
        ("收率≥90%", "收率提高95%", UNKNOWN),
        ("含硫量≤0.1%", "含硫量降至0.05%", MET),
        ("含硫量≤0.1%", "含硫量降至0.2%", NOT_MET),
        # purity
        ("纯度不低于99.9999%", "纯度6N", MET),
        ("纯度不低于99.9999%", "纯度5N5", NOT_MET),
        # unlike
        ("长度≥5mm", "重量≥5kg", UNKNOWN),
        ("产能≥10万吨", "年产10万吨", UNKNOWN),
        ("温度≥300K", "温度≥300℃", UNKNOWN),
        ("设备≥5台", "人员≥5人", UNKNOWN),
    ],
)
def test_a_cell_of_the_table(asked: str, claimed: str, expected: Verdict) -> None:
    assert verdict(asked, claimed) is expected


@pytest.mark.parametrize(
    ("comparator", "value", "value_max", "claimed", "expected"),
    [
        ("eq", "3000", None, "转速1500r/min", NOT_MET),
        ("eq", "3000", None, "转速3000r/min", MET),
        ("eq", "3000", None, "转速≥3500r/min", NOT_MET),
        ("eq", "3000", None, "转速≥1500r/min", UNKNOWN),
        ("range", "1000", "3000", "转速1500r/min", MET),
        ("about", "3000", None, "转速3100r/min", MET),
    ],
)
def test_what_a_form_asks(
    comparator: str, value: str, value_max: str | None, claimed: str, expected: Verdict
) -> None:
    most = None if value_max is None else Decimal(value_max)
    asked = from_fields(comparator, Decimal(value), most, "r/min")
    assert asked is not None
    assert compare(asked, one(claimed)) is expected


def test_a_named_change_asks_for_a_change() -> None:
    asked = from_fields("ge", Decimal(20), None, "%")
    assert asked is not None
    assert compare(named_as_change(asked, "能耗降低"), one("能耗降低25%")) is MET
    assert compare(named_as_change(asked, "能耗降低"), one("能耗25%")) is UNKNOWN
    assert compare(named_as_change(asked, "节电率"), one("节电率25%")) is MET


KINDS = ["≥{}MPa", "≤{}MPa", "{}MPa", "{}~{}MPa", "大于{}MPa", "小于{}MPa"]
texts = st.builds(
    lambda kind, low, more: kind.format(low, low + more),
    st.sampled_from(KINDS),
    st.integers(1, 300),
    st.integers(1, 300),
)
STEPS = [Decimal(step) * 500_000 for step in range(1300)]


def holds(value: Decimal, quantity: Quantity) -> bool:
    low, high = quantity.low, quantity.high
    is_above = low is None or value > low or (value == low and not quantity.low_open)
    return is_above and (high is None or value < high or (value == high and not quantity.high_open))


@given(texts, texts)
def test_met_is_all_of_the_claim_and_not_met_is_not_all_of_it(asked: str, claimed: str) -> None:
    left, right = one("强度" + asked), one("强度" + claimed)
    assert is_comparable(left, right)
    found = compare(left, right)
    inside = {holds(value, left) for value in STEPS if holds(value, right)}
    if found is MET:
        assert inside <= {True}
    elif found is NOT_MET:
        assert False in inside
    elif found is PARTLY:
        assert inside == {True, False}
