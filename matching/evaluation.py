"""How good a ranking is against judged pairs: nDCG, recall and MRR. Pure.

Gain is 2^grade − 1, an unjudged pair counts 0, the ideal order is made of all judged pairs;
recall and MRR count grades of at least `RELEVANT`. A mean is over needs with such a grade.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

RELEVANT = 2
METRICS = ("ndcg@10", "recall@10", "recall@50", "mrr", "judged@10")

Grades = Mapping[str, int]


def ndcg(ranking: Sequence[str], grades: Grades, k: int = 10) -> float:
    def discounted(values: Iterable[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(values))

    ideal = discounted(sorted(grades.values(), reverse=True)[:k])
    return discounted(grades.get(name, 0) for name in ranking[:k]) / ideal if ideal else 0.0


def recall(ranking: Sequence[str], grades: Grades, k: int) -> float:
    wanted = {name for name, grade in grades.items() if grade >= RELEVANT}
    return len(wanted.intersection(ranking[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Grades) -> float:
    for place, name in enumerate(ranking, 1):
        if grades.get(name, 0) >= RELEVANT:
            return 1 / place
    return 0.0


def judged(ranking: Sequence[str], grades: Grades, k: int = 10) -> float:
    top = ranking[:k]
    return sum(name in grades for name in top) / len(top) if top else 0.0


def order(scores: Mapping[str, float]) -> list[str]:
    """Best first, ties by id."""
    return sorted(scores, key=lambda name: (-scores[name], name))


def evaluate(
    rankings: Mapping[str, Sequence[str]], qrels: Mapping[str, Grades]
) -> dict[str, float]:
    """The mean of each metric; a need without a ranking counts as an empty one."""
    needs = [need for need, grades in qrels.items() if max(grades.values(), default=0) >= RELEVANT]
    sums = dict.fromkeys(METRICS, 0.0)
    for need in needs:
        ranking, grades = rankings.get(need, ()), qrels[need]
        sums["ndcg@10"] += ndcg(ranking, grades)
        sums["recall@10"] += recall(ranking, grades, 10)
        sums["recall@50"] += recall(ranking, grades, 50)
        sums["mrr"] += reciprocal_rank(ranking, grades)
        sums["judged@10"] += judged(ranking, grades)
    return {name: value / len(needs) if needs else 0.0 for name, value in sums.items()}
