"""Twins of invented needs: which number is a demand, how it is changed, what is turned round."""

import pytest

from park.quantities import Verdict, compare, read
from tools.bench.hard_negatives import (
    OPPOSITE_WORDINGS,
    WORDINGS,
    demands,
    labelled_demands,
    opposite_twins,
    violate,
    violated_twins,
)
from tools.bench.matching import BEYOND, twin_figures

TITLE = "铜箔生产线需求"
TEXT = (
    "现有设备200多台，精度≤0.5 mm。需要厚度公差≤0.008 mm的产品，纯度不低于99.95%。"
    "预算不超过300万元。"
)


def changed(text: str) -> list[str | None]:
    return [violate(text, one) for one in demands(text)]


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("厚度公差≤0.008 mm。", "厚度公差≤0.016 mm。"),
        ("纯度不低于99.95%。", "纯度不低于49.98%。"),
        ("寿命大于7年。", "寿命大于4年。"),
        ("含水率控制在60%以下。", "含水率控制在80%以下。"),
        ("噪声不大于70 dB。", "噪声不大于140 dB。"),
        ("纯度达到6N以上。", "纯度达到3N以上。"),
        ("能耗降低20%以上。", "能耗降低10%以上。"),
    ],
)
def test_one_number_fails_and_form_and_unit_stay(text: str, twin: str) -> None:
    assert changed(text) == [twin]
    [asked], [claimed] = read(text), read(twin)
    assert compare(asked, claimed) is Verdict.NOT_MET
    assert compare(asked, asked) is Verdict.MET


@pytest.mark.parametrize(
    "text",
    [
        "目前产品合格率在90%以上。",
        "公司拥有工程师20多人。",
        "预算不超过300万元。",
        "合同签订后18个月以内完成。",
        "申请专利不少于5项。",
        "提高20%。",
        "强度600 MPa。",
        "误差不大于3×10-6。",
        "厚度≤0.1 mm，其余也≤0.1 mm。",
    ],
)
def test_background_money_deadlines_and_what_is_said_twice_are_left_alone(text: str) -> None:
    assert demands(text) == []


def test_each_violated_twin_differs_from_the_good_one_in_one_number() -> None:
    good, *bad = violated_twins("n1", TITLE, TEXT, demands(TEXT), "own words")
    assert "≤0.008 mm" in good.text
    assert "不低于99.95%" in good.text
    assert [one.is_bad for one in (good, *bad)] == [False, True, True]
    assert bad[0].text == good.text.replace("0.008", "0.016")
    assert bad[1].text == good.text.replace("99.95", "49.98")
    assert len({one.name for one in (good, *bad)}) == 3


def test_no_more_than_three_violated_twins_of_a_need() -> None:
    text = "宽度≥11 mm，长度≥12 mm，高度≥13 mm，深度≥14 mm。"
    assert len(violated_twins("n1", TITLE, text, demands(text), "own words")) == 4


def test_a_need_without_a_demand_has_no_twins() -> None:
    assert violated_twins("n1", TITLE, "寻求合作。", demands("寻求合作。"), "own words") == []


def test_reworded_twins_ask_for_nothing_and_keep_the_numbers() -> None:
    twins = violated_twins("n1", TITLE, TEXT, demands(TEXT), "reworded")
    plain = violated_twins("n1", TITLE, TEXT, demands(TEXT), "own words")
    for one, other in zip(twins, plain, strict=True):
        assert one.text != other.text
        assert "需" not in one.title + one.text
        assert "200多台" not in one.text, "what the firm says of itself is left out"
    assert "0.008 mm" in twins[0].text
    assert "0.016 mm" in twins[1].text


def test_marked_numbers_are_taken_without_the_reader() -> None:
    text = "粒度峰值小于三十，抗压强度≥45 MPa，价格≤20元。"
    start, price = text.index("45"), text.index("20")
    rows = [
        {
            "start": 0,
            "end": len(text),
            "quantities": [
                {
                    "start": start,
                    "end": start + 6,
                    "comparator": "ge",
                    "is_indicator": True,
                    "base_unit": "Pa",
                },
                {
                    "start": price,
                    "end": price + 3,
                    "comparator": "le",
                    "is_indicator": True,
                    "base_unit": "CNY",
                },
            ],
        }
    ]
    [found] = labelled_demands(text, rows)
    assert found.asked is None
    assert violate(text, found) == text.replace("45", "22")


@pytest.mark.parametrize("wording", OPPOSITE_WORDINGS)
def test_the_opposite_is_turned_wherever_the_word_stands(wording: str) -> None:
    good, bad = opposite_twins("n1", "提高铜箔强度", "为提高强度而调整退火。", wording)
    assert (good.is_bad, bad.is_bad) == (False, True)
    assert (bad.title, bad.text) == ("降低铜箔强度", "为降低强度而调整退火。")
    assert ("提高" in good.title) is (wording == "own words")


def test_a_title_without_such_a_word_has_no_opposite() -> None:
    assert opposite_twins("n1", "铜箔", "提高强度。", "own words") == []


@pytest.mark.parametrize("wording", WORDINGS)
def test_figures_of_twins_by_hand(wording: str) -> None:
    good, *bad = twins = violated_twins("n1", TITLE, TEXT, demands(TEXT), wording)
    ranking = [bad[0].name, "x", good.name, "y"]
    figures = twin_figures({"n1": ranking}, [twins])
    assert figures == {
        "rate": pytest.approx(1 / 3),
        "pairs": 0.5,
        "good": 3,
        "bad": (1 + BEYOND) / 2,
    }
