"""Clusters of title vectors and their names."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.gaps import clustering
from matching.gaps.clustering import cluster
from matching.gaps.naming import shared_words
from matching.lexical import Statistics, count, gather

NONE = Statistics(0, 0, 1.0, {})


def around(directions: list[list[float]]) -> np.ndarray:
    vectors = np.array(directions, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_what_lies_together_is_one_cluster_and_the_largest_comes_first() -> None:
    vectors = around([[0, 1, 0.01], [1, 0.02, 0], [1, 0, 0], [1, 0, 0.03]])
    assert cluster(vectors) == [[1, 2, 3], [0]]


def test_nothing_and_one_are_clusters_too() -> None:
    assert cluster(np.empty((0, 3), np.float32)) == []
    assert cluster(around([[1, 0, 0]])) == [[0]]


@given(st.integers(0, 40), st.integers(0, 5))
@settings(max_examples=20, deadline=None)
def test_every_row_is_in_exactly_one_cluster(number: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(number, 4)).astype(np.float32)
    assert sorted(row for group in cluster(vectors) for row in group) == list(range(number))


def test_more_rows_than_fit_one_matrix_are_cut_and_lose_none(monkeypatch) -> None:
    monkeypatch.setattr(clustering, "MOST_AT_ONCE", 30)
    vectors = around([[1, 0, 0]] * 100 + [[0, 1, 0]] * 20)
    groups = cluster(vectors)
    assert sorted(row for group in groups for row in group) == list(range(120))
    assert all({row < 100 for row in group} in ({True}, {False}) for group in groups)


def test_a_cluster_is_named_by_what_its_titles_share_and_others_do_not() -> None:
    others = ["连铸坯表面缺陷检测技术", "港口岸桥远程操控技术", "生料配料优化技术", "稻谷烘干技术"]
    titles = ["6N高纯铜电解精炼技术", "高纯铜靶材制备技术", "超高纯铜除银技术"]
    statistics = gather([count([title]) for title in [*others, *titles]])
    words = shared_words(titles, statistics)
    assert words[0] == "高纯铜"
    assert "技术" not in words[:1]


def test_latin_words_are_kept_whole() -> None:
    assert "q355b" in shared_words(["Q355B钢板焊接", "Q355B型钢"], NONE)


def test_a_single_title_names_itself() -> None:
    assert shared_words(["高纯铜"], NONE) == []
    assert shared_words([], NONE) == []


@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_titles_have_at_most_three_words_without_repeating(titles: list[str]) -> None:
    words = shared_words(titles, NONE)
    assert len(words) == len(set(words)) <= 3
