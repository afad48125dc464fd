from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.quantities import Quantity, Verdict, compare, from_fields, read

ANY = st.text(
    alphabet=st.one_of(
        st.sampled_from("0123456789.,~±≥≤%℃mMPa万吨年不低于N6×10^ "), st.characters()
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "dimension", "low", "high"),
    [
        ("纯度不低于99.9999%", "fraction", "0.999999", None),
        ("≤0.008 mm", "length", None, "0.000008"),
        ("年产10万吨", "mass_rate", "100000", "100000"),
        ("控温±2℃", "tolerance:temperature", "0", "2"),
        ("6N铜", "fraction", "0.999999", None),
        ("5N5", "fraction", "0.999995", None),
        ("厚度0.1~0.3mm", "length", "0.0001", "0.0003"),
        ("硬度HRC60", "hardness_hrc", "60", "60"),
        ("投入500万元以上", "money", "5000000", None),
        ("抗拉强度≥1200MPa", "pressure", "1200000000", None),
        ("成本降低３０％以上", "fraction", "0.3", None),
        ("寿命2×10^5次", "count", "200000", "200000"),
        ("误差50ppm以内", "fraction", None, "0.00005"),
    ],
)
def test_a_quantity_is_read(text: str, dimension: str, low: str | None, high: str | None) -> None:
    [found] = read(text)
    assert found.dimension == dimension
    assert found.low == (None if low is None else Decimal(low))
    assert found.high == (None if high is None else Decimal(high))


@pytest.mark.parametrize("text", ["2023年", "Q355B", "GB/T 1591", "第3项", "", "铜"])
def test_what_is_no_quantity_is_left_out(text: str) -> None:
    assert read(text) == []


@given(ANY)
def test_any_text_is_read_without_error_and_offsets_fit(text: str) -> None:
    for one in read(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.low is None or one.high is None or one.low <= one.high


numbers = st.decimals(-1000, 1000, allow_nan=False, places=3)


@given(numbers, numbers)
def test_a_claim_meets_exactly_what_includes_it(asked: Decimal, claimed: Decimal) -> None:
    at_least = from_fields("ge", asked, None, "mm")
    exactly = from_fields("eq", claimed, None, "mm")
    assert at_least is not None
    assert exactly is not None
    assert compare(at_least, exactly) is (Verdict.MET if claimed >= asked else Verdict.NOT_MET)
    assert compare(exactly, exactly) is Verdict.MET


@given(numbers, st.sampled_from(["ge", "le", "gt", "lt", "eq"]))
def test_units_do_not_change_a_verdict(value: Decimal, comparator: str) -> None:
    in_mm, in_um = (
        from_fields(comparator, value, None, "mm"),
        from_fields(comparator, value * 1000, None, "μm"),
    )
    assert in_mm is not None
    assert in_um is not None
    assert compare(in_mm, in_um) is Verdict.MET


def test_other_dimensions_stay_unknown() -> None:
    length, mass = Quantity("length", Decimal(1), None), Quantity("mass", Decimal(1), None)
    assert compare(length, mass) is Verdict.UNKNOWN
    assert from_fields("ge", None, None, "mm") is None


def test_an_unlisted_unit_compares_with_itself_and_with_nothing_else() -> None:
    asked = from_fields("ge", Decimal(64), None, "GB")
    offered = from_fields("eq", Decimal(80), None, " GB ")
    cards = from_fields("eq", Decimal(80), None, "张")
    assert asked is not None
    assert offered is not None
    assert cards is not None
    assert compare(asked, offered) is Verdict.MET
    assert compare(asked, cards) is Verdict.UNKNOWN
