"""Spellings of one firm's name meet in one key; other firms do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.organisations.names import KEY_LIMIT, key_of


@pytest.mark.parametrize(
    "spelling",
    [
        "黄石新港示例铜业有限公司",
        "黄石市新港示例铜业有限责任公司",
        "湖北省黄石市新港示例铜业有限公司",
        "黄石（新港）示例铜业有限公司",
        "黄石(新港)示例铜业 有限公司",
        "黄石新港 示例·铜业有限公司",
        "　黄石新港示例铜业有限公司　",
    ],
)
def test_spellings_of_one_name(spelling: str) -> None:
    assert key_of(spelling) == key_of("黄石新港示例铜业有限公司")


def test_letters_by_width_and_case() -> None:
    assert key_of("ＡＢＣ科技有限公司") == key_of("abc科技有限公司")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("黄石新港铜业有限公司", "黄石新港铝业有限公司"),
        ("甲铜业有限公司", "甲铜业股份有限公司"),
        ("湖北示例铜业有限公司", "湖南示例铜业有限公司"),
        ("上海市场研究有限公司", "上海场研究有限公司"),
    ],
)
def test_other_firms_stay_apart(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@given(st.text(max_size=120))
def test_any_name_has_a_key_that_fits_its_column(name: str) -> None:
    assert len(key_of(name)) <= KEY_LIMIT


def test_a_character_that_folds_into_many() -> None:
    assert len(key_of("\ufdfa" * 120)) == KEY_LIMIT
