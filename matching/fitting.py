"""Weights from judged pairs: pairwise logistic regression, drawn towards those of before. Pure.

A need is a group: only pairs of one need are compared. What the data cannot tell stays as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from matching.evaluation import RELEVANT, ndcg, order
from matching.scoring import COSINE_SPAN, TYPICAL, Features, score
from matching.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

STRENGTH = 0.003
"""Inverse regularisation (scikit-learn's C) of a weight's departure from the one before."""
KNOWN_FACTS = 30
"""Judged pairs in which a fact is known, of which some speak for and some against it: below, its
weight stays the documented prior."""


@dataclass(frozen=True)
class Group:
    """One need with the features of its candidates; `grades` names only the judged ones (0–3)."""

    need: str
    features: Mapping[str, Features]
    grades: Mapping[str, int]

    @property
    def is_telling(self) -> bool:
        return len({self.grades[one] for one in self.features if one in self.grades}) > 1


def measure(groups: Sequence[Group], weights: Weights) -> float:
    """The mean nDCG@10 over the needs that have a relevant pair."""
    figures = [
        ndcg(order({one: score(f, weights) for one, f in group.features.items()}), group.grades)
        for group in groups
        if max(group.grades.values(), default=0) >= RELEVANT
    ]
    return sum(figures) / len(figures) if figures else 0.0


def leave_one_out(
    groups: Sequence[Group],
    before: Weights,
    *,
    beside: Sequence[Group] = (),
    strength: float = STRENGTH,
) -> float:
    """The same, where each need is ranked by weights that were fitted without it; on the others and
    on those `beside`."""
    relevant = [one for one in groups if max(one.grades.values(), default=0) >= RELEVANT]
    figures = [
        measure(
            [held],
            fit(
                [one for one in (*groups, *beside) if one.need != held.need],
                before,
                strength=strength,
            ),
        )
        for held in relevant
    ]
    return sum(figures) / len(figures) if figures else 0.0


def fit(
    groups: Sequence[Group], before: Weights, *, version: str = "", strength: float = STRENGTH
) -> Weights:
    """Unchanged where no group tells one pair from another."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    facts = _fitted_facts(groups, before)
    names = [*before.text, "common", *facts]
    old = _coefficients(before, facts)
    differences, importance = _differences(groups, before, names)
    if not len(differences):
        return replace(before, version=version or before.version)
    spread = np.maximum(differences.std(axis=0), 1e-6)
    anchor = differences @ old
    # The first column is the score of before: what it explains is not penalised, the rest is.
    columns = np.column_stack([anchor / max(float(anchor.std()), 1e-6) * 100, differences / spread])
    # Each difference once in either direction, so that no side is favoured.
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=1000)
    model.fit(
        np.concatenate([columns, -columns]),
        np.repeat([1, 0], len(columns)),
        sample_weight=np.concatenate([importance, importance]),
    )
    found = model.coef_[0]
    new = old * (found[0] * 100 / max(float(anchor.std()), 1e-6)) + found[1:] / spread
    return _as_weights(before, new, old, facts, version)


def _fitted_facts(groups: Sequence[Group], before: Weights) -> list[str]:
    found = []
    for name in before.facts:
        seen = [
            value
            for group in groups
            for one in group.grades
            if one in group.features and (value := group.features[one].get(name)) is not None
        ]
        if len(seen) >= KNOWN_FACTS and len(set(seen)) > 1:
            found.append(name)
    return found


def _coefficients(weights: Weights, facts: Sequence[str]) -> "Matrix":
    """How much each feature moves a score of which everything is known."""
    import numpy as np

    text = np.array([_lever(name) * weight for name, weight in weights.text.items()])
    return np.concatenate(
        [text / text.sum(), [weights.common], [weights.facts[name] for name in facts]]
    )


def _lever(name: str) -> float:
    return 1 / COSINE_SPAN if name == "words" else 1.0


def _differences(
    groups: Sequence[Group], before: Weights, names: Sequence[str]
) -> "tuple[Matrix, Matrix]":
    """(n, features) the better less the worse pair of a need, and what each difference counts."""
    import numpy as np

    rows, importance = [], []
    for group in groups:
        if not group.is_telling:
            continue
        # What nobody judged teaches nothing.
        ids = [one for one in group.features if one in group.grades]
        table = np.array([_row(group.features[one], before, names) for one in ids])
        grades = np.array([group.grades[one] for one in ids])
        made, counts = [], []
        for at in np.flatnonzero(grades > 0):
            worse = np.flatnonzero(grades < grades[at])
            made.append(table[at] - table[worse])
            counts.append(2.0 ** grades[at] - 2.0 ** grades[worse])
        rows.append(np.concatenate(made))
        count = np.concatenate(counts)
        # Each need counts alike, however many pairs of it were judged.
        importance.append(count / count.sum())
    if not rows:
        return np.empty((0, len(names))), np.empty(0)
    weight = np.concatenate(importance)
    return np.concatenate(rows), weight / weight.mean()


def _row(features: Features, before: Weights, names: Sequence[str]) -> list[float]:
    """What is unknown takes no part: a similarity counts as the mean of the known ones, which is
    what leaving it out of a mean does; a fact counts nothing."""
    known = {name: value for name in before.text if (value := features.get(name)) is not None}
    lever = {name: before.text[name] * _lever(name) for name in known}
    mean = sum(lever[name] * known[name] for name in known) / (sum(lever.values()) or 1.0)
    row = []
    for name in names:
        value = features.get(name)
        if name in before.text:
            row.append(mean if value is None else value)
        elif name == "common":
            row.append(0.0 if value is None else TYPICAL - value)
        else:
            row.append(0.0 if value is None else value)
    return row


def _as_weights(
    before: Weights, new: "Matrix", old: "Matrix", facts: Sequence[str], version: str
) -> Weights:
    """On the scale of before, so that bands keep their meaning; nothing counts the wrong way."""
    import numpy as np

    new = np.maximum(new, 0.0)
    count = len(before.text)
    total = float(new[:count].sum())
    if total <= 0:
        return replace(before, version=version or before.version)
    new = new / total
    sum_before = sum(weight * _lever(name) for name, weight in before.text.items())
    text = {
        name: round(float(value) * sum_before / _lever(name), 4)
        for name, value in zip(before.text, new[:count], strict=True)
    }
    changed = dict(zip(facts, (round(float(v), 4) for v in new[count + 1 :]), strict=True))
    return replace(
        before,
        version=version or before.version,
        text=text,
        common=round(float(new[count]), 4),
        facts={**before.facts, **changed},
    )
