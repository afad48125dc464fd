"""What an instrument measures of a need, and which skills a need speaks of."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from matching.indicators import Claim
from matching.kit import is_measurable, measured_by, skills_in
from matching.sources import IndicatorLine, Passage, Side, SourceItem
from matching.text_indicators import indicator_lines
from park.core.levels import Level
from park.quantities import from_fields

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def line(
    name: str, comparator: str, value: str, unit: str, value_max: str | None = None
) -> IndicatorLine:
    high = None if value_max is None else Decimal(value_max)
    return IndicatorLine(
        name,
        f"{name} {comparator} {value} {unit}",
        Level.PUBLIC,
        comparator=comparator,
        value=Decimal(value),
        value_max=high,
        unit=unit,
        quantity=from_fields(comparator, Decimal(value), high, unit),
    )


def claims_of(lines: Sequence[IndicatorLine], texts: Sequence[str] = ()) -> list[Claim]:
    """As they are read when an offer is saved."""
    passages = [Passage("description", Level.PUBLIC, text) for text in texts]
    offer = SourceItem(
        "capability", Side.OFFER, uuid4(), "", NOW, passages=passages, indicators=lines
    )
    return indicator_lines(offer)


THICKNESS = line("镀层厚度", "le", "8", "μm")


@pytest.mark.parametrize(
    ("offered", "reaches"),
    [
        (line("镀层厚度", "range", "0.5", "μm", "500"), True),
        (line("镀层厚度", "range", "0.5", "mm", "2"), False),
        # A least thickness, or an error? Nobody can tell.
        (line("镀层厚度测量", "ge", "100", "nm"), None),
        (line("镀层厚度", "eq", "8", "μm"), None),
    ],
)
def test_an_instrument_measures_what_bears_the_name_and_has_the_dimension(
    offered: IndicatorLine, reaches: bool | None
) -> None:
    (found,) = measured_by([THICKNESS], "镀层仪", claims_of([offered], []))
    assert (found.position, found.reaches) == (0, reaches)


@pytest.mark.parametrize(
    "offered",
    [line("镀层硬度", "range", "5", "HRC", "70"), line("行程", "ge", "1200", "mm")],
)
def test_another_name_or_another_dimension_measures_nothing(offered: IndicatorLine) -> None:
    assert measured_by([THICKNESS], "镀层仪", claims_of([offered], [])) == []


def test_who_finds_carbon_need_not_find_silver() -> None:
    asked = [line("银含量", "le", "0.1", "ppm")]
    assert measured_by(asked, "仪器", claims_of([line("碳含量", "ge", "0.001", "%")], [])) == []


def test_the_line_that_reaches_is_preferred_to_one_that_does_not() -> None:
    lines = [
        line("镀层厚度", "range", "1", "mm", "2"),
        line("镀层厚度", "range", "1", "μm", "50"),
    ]
    (found,) = measured_by([THICKNESS], "仪器", claims_of(lines, []))
    assert (found.text, found.reaches) == (lines[1].text, True)


def test_a_sentence_of_the_instrument_counts_like_a_line() -> None:
    (found,) = measured_by([THICKNESS], "仪器", claims_of([], ["可测镀层厚度1~50 μm，重复性好"]))
    assert found.reaches is True


@pytest.mark.parametrize(("limit", "reaches"), [("0.005", True), ("0.5", False)])
def test_the_kind_of_instrument_counts_and_its_detection_limit_tells_whether_it_reaches(
    limit: str, reaches: bool
) -> None:
    claims = claims_of([line("检出限", "le", limit, "ppm")], [])
    asked = [line("银含量", "le", "0.1", "ppm")]
    (found,) = measured_by(asked, "辉光放电质谱仪（GDMS）", claims)
    assert (found.how, found.reaches) == ("method", reaches)
    assert measured_by(asked, "温控间三坐标测量机", claims) == []


def test_a_purity_is_not_settled_by_a_detection_limit() -> None:
    claims = claims_of([line("检出限", "le", "0.005", "ppm")], [])
    (found,) = measured_by([line("铜纯度", "ge", "99.9999", "%")], "质谱仪", claims)
    assert found.reaches is None


@pytest.mark.parametrize(
    ("asked", "is_meant"),
    [
        (line("银含量", "le", "0.1", "ppm"), True),
        (line("误报率", "le", "5", "%"), False),
        (line("抗拉强度", "ge", "550", "MPa"), True),
        (line("处置单价", "le", "700", "元/t"), False),
        (line("年供货量", "ge", "350000", "件"), False),
        (line("投资回收期", "le", "5", "年"), False),
        (line("评级", "le", "0.5", "级"), False),
    ],
)
def test_only_properties_of_matter_are_looked_for_in_instruments(
    asked: IndicatorLine, is_meant: bool
) -> None:
    assert is_measurable(asked) is is_meant


def test_a_skill_comes_with_the_sentence_that_speaks_of_it() -> None:
    sentences = ["银在硝酸铜体系里跟铜一起析出", "电解精炼车间的添加剂夹带硫"]
    (found,) = skills_in(["电解精炼", "热处理", ""], sentences)
    assert (found.skill, found.sentence) == ("电解精炼", sentences[1])
    assert skills_in(["电解精炼"], []) == []
