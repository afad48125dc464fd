"""What people write into cells, and what none of them means."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.imports import values
from park.imports.columns import recognise
from park.imports.names import exact, loose
from park.imports.targets import SHARED_FIELDS, import_field
from park.imports.values import Money, Unread


@pytest.mark.parametrize(
    ("text", "unit", "low", "high"),
    [
        ("50万元", "", 500_000, 500_000),
        ("５０万元", "", 500_000, 500_000),
        ("50-100万元", "", 500_000, 1_000_000),
        ("50万元-100万元", "", 500_000, 1_000_000),
        ("50万-1亿", "", 500_000, 100_000_000),
        ("1,200,000元", "", 1_200_000, 1_200_000),
        ("1.5亿元", "", 150_000_000, 150_000_000),
        ("不低于50万元", "", 500_000, None),
        ("100万元以内", "", None, 1_000_000),
        ("50", "万元", 500_000, 500_000),
        ("50-80", "万元", 500_000, 800_000),
    ],
)
def test_money(text: str, unit: str, low: int | None, high: int | None) -> None:
    def amount(value: int | None) -> Decimal | None:
        return None if value is None else Decimal(value)

    assert values.read_money(text, unit) == Money(amount(low), amount(high))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("面议", Unread.UNKNOWN),
        ("/", Unread.UNKNOWN),
        ("50", Unread.UNIT_MISSING),
        ("总投入500万元，其中研发200万元", Unread.NOT_UNDERSTOOD),
        ("看情况再定多少", Unread.NOT_UNDERSTOOD),
        ("-5万元", Unread.INVALID),
    ],
)
def test_what_is_no_amount(text: str, why: Unread) -> None:
    assert values.read_money(text) is why


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("资金投入（万元）", "万元"), ("预算(单位：万元)", "万元"), ("总投资/亿元", "亿元"),
        ("价格（元/小时）", "元"), ("资金投入", ""), ("budget (yuan)", "元"),
    ],
)  # fmt: skip
def test_a_heading_names_the_unit(heading: str, unit: str) -> None:
    assert values.unit_of_heading(heading) == unit


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年12月31日", date(2026, 12, 31)),
        ("2026/12/31", date(2026, 12, 31)),
        ("2026-12-31 08:00", date(2026, 12, 31)),
        ("20261231", date(2026, 12, 31)),
        ("46387", date(2026, 12, 31)),
        ("2026.2", date(2026, 2, 28)),
        ("2026年底", date(2026, 12, 31)),
        ("2027年第三季度", date(2027, 9, 30)),
        ("2025.1-2026.6", date(2026, 6, 30)),
        ("2025年1月至2026年6月", date(2026, 6, 30)),
        ("2026年12月底前", date(2026, 12, 31)),
    ],
)
def test_dates(text: str, day: date) -> None:
    assert values.read_date(text) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-31", Unread.INVALID),
        ("2026年13月", Unread.INVALID),
        ("长期", Unread.UNKNOWN),
        ("签约后6个月", Unread.NOT_UNDERSTOOD),
    ],
)
def test_what_is_no_date(text: str, why: Unread) -> None:
    assert values.read_date(text) is why


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("TRL 6", 6), ("6级", 6), ("6", 6), ("TRL12", Unread.INVALID),
        ("中试", Unread.NOT_UNDERSTOOD), ("TRL6-7", Unread.NOT_UNDERSTOOD),
    ],
)  # fmt: skip
def test_maturity_is_a_number_and_never_a_stage(text: str, level: int | Unread) -> None:
    assert values.read_maturity(text) == level


def test_indicators_take_a_number_only_where_there_is_one() -> None:
    lines = values.split_indicators("1.抗冲击韧性≥67%；2.纯度6N；3.处理量100 t/d\n硬度HRC60以上")
    assert lines is not None
    assert [(one["name"], one["comparator"]) for one in lines] == [
        ("抗冲击韧性", "ge"),
        ("纯度6N", "text"),
        ("处理量", "eq"),
        ("硬度HRC60以上", "text"),
    ]
    assert (lines[0]["value"], lines[0]["unit"]) == (67, "%")
    assert (lines[2]["value"], lines[2]["unit"]) == (100, "t/d")


@pytest.mark.parametrize("line", ["能耗降低20%以上", "重量约35kg", "温度波动±2℃"])
def test_a_change_or_an_about_is_kept_in_its_words(line: str) -> None:
    """A form has a comparator for neither: as "≥ 20 %" it would be another claim."""
    found = values.split_indicators(line)
    assert found is not None
    assert [(one["comparator"], one["text"]) for one in found] == [("text", line)]


def test_contacts_in_one_cell_are_taken_apart() -> None:
    assert values.split_contact("联系人：陈工，电话：0714-6350000 chen@example.com") == {
        "contact_name": "陈工",
        "contact_phone": "0714-6350000",
        "contact_email": "chen@example.com",
    }


@given(st.text(max_size=60))
def test_no_text_breaks_a_reader(text: str) -> None:
    values.read_money(text, "万元")
    values.read_date(text)
    values.read_maturity(text)
    values.read_number(text)
    values.split_indicators(text)
    values.split_words(text)
    values.split_contact(text)
    values.unit_of_heading(text)
    assert isinstance(loose(text), str)


def test_names_that_may_be_one_firm() -> None:
    assert exact("示例（黄石）铜业 有限公司") == exact("示例(黄石)铜业有限公司")
    assert loose("黄石市示例铜业有限责任公司") == loose("黄石示例铜业有限公司")
    assert loose("黄石示例铜业有限公司") != loose("黄石示例铝业有限公司")


FIELDS = (
    import_field("title", "需求名称", "Title", "项目名称"),
    import_field("problem", "技术问题", "Problem", "需求描述", is_joined=True),
    import_field("money", "资金投入", "Budget"),
    *SHARED_FIELDS,
)


def test_of_two_columns_the_surer_one_has_the_field() -> None:
    columns = recognise(
        ["项目名称概要", "需求名称", "序号", "指标/资金投入", "杂项", "空列"],
        FIELDS,
        {one: ["x"] for one in ("项目名称概要", "需求名称", "序号", "指标/资金投入", "杂项")},
    )
    found = {one.heading: (one.field, one.is_doubtful) for one in columns}
    assert found == {
        "项目名称概要": ("", True),
        "需求名称": ("title", False),
        "序号": ("", False),
        "指标/资金投入": ("money", False),
        "杂项": ("", True),
        "空列": ("", False),
    }
