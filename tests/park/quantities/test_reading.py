# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""What counts as a quantity and how it is read: the forms of real technical texts."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from park.quantities import read
from park.quantities.numerals import chinese
from park.quantities.units import find_unit


def summary(text: str) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (
            one.text,
            str(one.comparator),
            None if one.low is None else f"{one.low.normalize():f}",
            None if one.high is None else f"{one.high.normalize():f}",
        )
        for one in read(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("间隔5、10和15 mm", [("5", "eq", "0.005", "0.005"), ("10", "eq", "0.01", "0.01"), ("15 mm", "eq", "0.015", "0.015")]),
        ("280×380mm大方坯", [("280", "eq", "0.28", "0.28"), ("380mm", "eq", "0.38", "0.38")]),
        ("3、5台设备", [("5台", "eq", "5", "5")]),
        ("温度(100～300)℃", [("100～300)℃", "range", "100", "300")]),
        ("环境温度-20～60℃", [("-20～60℃", "range", "-20", "60")]),
        ("零下20℃", [("零下20℃", "eq", "-20", "-20")]),
        ("pH值为9.7-10", [("9.7-10", "range", "9.7", "10")]),
        ("浓度1.02×10-2 S/cm", [("1.02×10-2 S/cm", "eq", "1.02", "1.02")]),
        ("掺杂1.2×1019个", [("1.2×1019个", "eq", "12000000000000000000", "12000000000000000000")]),
        ("真空度低于10-3 Pa", [("10-3 Pa", "lt", None, "0.001")]),
        ("产量2 237 t", [("2 237 t", "eq", "2237000", "2237000")]),
        ("年产再生骨料二十余万吨", [("二十余万吨", "gt", "200000", None)]),
        ("百分之五以上", [("百分之五", "ge", "0.05", None)]),
        ("把含硫量降到0.1%以下", [("0.1%", "change_to", None, "0.001")]),
        ("缩短至≤30分钟", [("30分钟", "change_to", None, "1800")]),
        ("降低整体质量20%以上", [("20%", "change_by", "0.2", None)]),
        ("比同行业高20%", [("20%", "change_by", "0.2", "0.2")]),
        ("比表面积高达300 m2/g", [("300 m2/g", "eq", "300000", "300000")]),
        ("预算3000万", [("3000万", "eq", "30000000", "30000000")]),
        ("单价3元/吨", [("3元/吨", "eq", "3", "3")]),
        ("日产100-300吨", [("100-300吨", "range", "36525", "109575")]),
        ("质量比6:4～4:6", [("6:4～4:6", "range", "0.666666666666667", "1.5")]),
        ("含量1.5‰‑5‰", [("1.5‰‑5‰", "range", "0.0015", "0.005")]),
        ("温度（℃）：25", [("25", "eq", "25", "25")]),
        ("控制在±100 mm内", [("±100 mm", "pm", "0", "0.1")]),
        ("误差优于0.5mm", [("0.5mm", "lt", None, "0.0005")]),
        ("收率优于95%", [("95%", "gt", "0.95", None)]),
        ("功率因数0.95", [("0.95", "eq", "0.95", "0.95")]),
        ("Cr30～34％", [("30～34％", "range", "0.3", "0.34")]),
        ("１２．５％", [("１２．５％", "eq", "0.125", "0.125")]),
        ("抗弯120～150Mpa", [("120～150Mpa", "range", "120000000", "150000000")]),
    ],
)  # fmt: skip
def test_a_form_is_read(text: str, expected: list[tuple[str, str, str | None, str | None]]) -> None:
    assert summary(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2018年12月31日", "第23次会议", "壳体(12)和壁(12a)", "GB/T 17595-1998", "Q355B", "316L不锈钢", "M12",
        "DN200", "IP67", "TRL 6", "5G", "3D打印", "1,3,5-三苯基苯", "图3", "二维", "三相", "一种", "一个", "数百台", "几十个",
        "万吨级", "二级", "一次成型", "国六", "HTR-10堆", "x=70", "60∶31∶9", "零件", "9.5号电话0371-12345678",
    ],
)  # fmt: skip
def test_a_name_is_no_quantity(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("一千七百", 1700), ("二〇二五", 2025), ("十二", 12), ("三万五千", 35000), ("百", 100), ("两亿", 200_000_000)],
)  # fmt: skip
def test_chinese_numerals(text: str, number: int) -> None:
    assert chinese(text) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("t/d", "吨/天"), ("r/min", "转/分"), ("mg/kg", "ppm"), ("g·cm-3", "克/立方厘米"), ("kJ/(kg·K)", "J/(g·℃)"),
        ("mg/100 g", "mg/100g"), ("KM/H", "公里/小时"), ("MPA", "兆帕"), ("kWh", "度电"),
    ],
)  # fmt: skip
def test_two_ways_of_writing_a_unit(one: str, other: str) -> None:
    left, right = find_unit(one), find_unit(other)
    assert left is not None
    assert right is not None
    assert left.dimension == right.dimension
    assert abs(left.factor - right.factor) <= Decimal("1e-12") * left.factor


PARTS = [
    "1",
    "9.5",
    "×10",
    "-3",
    "±",
    "~",
    "年产",
    "不低于",
    "mm",
    "kg/(m2·d)",
    "万",
    "十",
    "、",
    "(",
    ")",
    "降至",
    "%",
    ":",
    "/",
    "。",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join))
def test_any_mixture_of_its_own_signs_is_read(text: str) -> None:
    last = 0
    for one in read(text):
        assert last <= one.start < one.end <= len(text)
        assert one.text == text[one.start : one.end]
        assert one.low is None or one.high is None or one.low <= one.high
        last = one.end


@pytest.mark.parametrize(
    "part", ["1", "1、", "一万", "1 ", "(1±", "1×10", "1-", "1:", "纯度", "\U0001f600", "1/2"]
)
def test_a_long_text_of_one_part_is_read(part: str) -> None:
    assert isinstance(read(part * 5_000), list)
