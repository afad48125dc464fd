"""The paired bootstrap: means, reproducibility, and when a difference is clear."""

import pytest

from tools.bench.intervals import neighbours, paired_difference


def test_the_mean_is_that_of_the_differences() -> None:
    found = paired_difference([0.9, 0.7, 0.8], [0.6, 0.6, 0.9])
    assert found.mean == pytest.approx(0.1)
    assert found.low <= found.mean <= found.high


def test_the_same_seed_gives_the_same_interval() -> None:
    one, other = [n / 50 for n in range(50)], [0.3] * 50
    assert paired_difference(one, other) == paired_difference(one, other)
    assert paired_difference(one, other) != paired_difference(one, other, seed=1)


def test_a_difference_at_every_need_is_clear_and_noise_is_not() -> None:
    assert paired_difference([0.6, 0.7, 0.8], [0.5, 0.6, 0.7]).is_clear
    assert not paired_difference([0.5, 0.6] * 20, [0.6, 0.5] * 20).is_clear


def test_needs_are_paired() -> None:
    with pytest.raises(ValueError, match="2 values against 1"):
        paired_difference([0.1, 0.2], [0.1])


def test_each_method_is_compared_with_the_one_before_and_the_last_with_the_first() -> None:
    assert neighbours(["bm25", "dense", "hybrid"]) == [
        ("dense", "bm25"),
        ("hybrid", "dense"),
        ("hybrid", "bm25"),
    ]
    assert neighbours(["one", "two"]) == [("two", "one")]
