import math

import pytest

from matching.evaluation import evaluate, judged, ndcg, order, recall, reciprocal_rank

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}


def test_ndcg_by_hand() -> None:
    # c (gain 1) first, unjudged x, then a (gain 7); ideal is a, b, c.
    gained = 1 / math.log2(2) + 7 / math.log2(4)
    ideal = 7 / math.log2(2) + 3 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(["c", "x", "a"], GRADES) == pytest.approx(gained / ideal)


def test_the_ideal_order_is_one_and_nothing_found_is_zero() -> None:
    assert ndcg(["a", "b", "c", "d"], GRADES) == pytest.approx(1)
    assert ndcg(["x"], GRADES) == 0
    assert ndcg([], GRADES) == 0


def test_places_beyond_ten_do_not_count() -> None:
    assert ndcg([*"klmnopqrst", "a"], GRADES) == 0


def test_recall_and_mrr_count_grades_of_two_and_more() -> None:
    assert recall(["c", "b"], GRADES, 10) == 0.5
    assert recall(["c", "b"], GRADES, 1) == 0
    assert reciprocal_rank(["c", "b", "a"], GRADES) == 0.5
    assert reciprocal_rank(["c"], GRADES) == 0


def test_judged_zeros_are_judged() -> None:
    assert judged(["d", "x"], GRADES) == 0.5


def test_the_mean_is_over_needs_with_a_relevant_answer() -> None:
    qrels = {"one": {"a": 3}, "two": {"b": 2}, "none": {"c": 1}}
    figures = evaluate({"one": ["a"], "none": ["c"]}, qrels)
    assert figures["ndcg@10"] == pytest.approx(0.5)
    assert figures["mrr"] == pytest.approx(0.5)
    assert figures["judged@10"] == pytest.approx(0.5)


def test_ties_are_broken_by_id() -> None:
    assert order({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]
