"""Whether one ranking is better than another: paired bootstrap over the needs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
SEED = 20250202
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two means over the same needs, with the middle 95 % of the resampled differences."""

    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        return self.low > 0 or self.high < 0


def paired_difference(
    better: Sequence[float],
    worse: Sequence[float],
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Difference:
    """The mean of `better` − `worse`, need by need; the needs are drawn with replacement."""
    if len(better) != len(worse):
        raise ValueError(f"{len(better)} values against {len(worse)}")
    if not better:
        return Difference(0.0, 0.0, 0.0)
    differences = np.asarray(better, float) - np.asarray(worse, float)
    rng = np.random.default_rng(seed)
    means = []
    for start in range(0, resamples, _CHUNK):
        size = min(_CHUNK, resamples - start), len(differences)
        means.append(differences[rng.integers(0, len(differences), size)].mean(axis=1))
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return Difference(float(differences.mean()), float(low), float(high))


def neighbours(methods: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs worth comparing: each method with the one before it, the last also with the first."""
    found = [(methods[n], methods[n - 1]) for n in range(1, len(methods))]
    if len(methods) > 2:
        found.append((methods[-1], methods[0]))
    return found


def values(figures: Mapping[str, float], needs: Sequence[str]) -> list[float]:
    return [figures.get(need, 0.0) for need in needs]
