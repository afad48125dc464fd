"""Which weights this site scores with: the newest fit that was taken, else the packaged ones.

A fit is made of what people said of suggestions and, where there are any, of judged files.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any
from uuid import UUID

from matching.feedback import LabelledPair, labelled_pairs
from matching.fitting import Group, fit, leave_one_out, measure
from matching.models import RankerFit
from matching.weights import Weights, from_json, packaged
from park.core.errors import DomainError

FRESH_SECONDS = 5.0
"""A worker may score with the weights of a moment ago; each suggestion names its own."""

_lock = Lock()
_known: tuple[float, Weights] | None = None


def current_weights() -> Weights:
    global _known
    with _lock:
        if _known is None or time.monotonic() - _known[0] > FRESH_SECONDS:
            row = RankerFit.objects.filter(is_taken=True).order_by("-pk").first()
            _known = time.monotonic(), from_json(row.weights) if row is not None else packaged()
        return _known[1]


def forget_weights() -> None:
    """The next score reads them anew."""
    global _known
    with _lock:
        _known = None


# --- fitting ---

USEFUL, NOT_USEFUL = 2, 0
"""The grades that feedback stands for."""


def feedback_groups(pairs: Iterable[LabelledPair] | None = None) -> list[Group]:
    """One group a need. Of several people's words on one pair the last counts."""
    features: dict[UUID, dict[str, Any]] = {}
    grades: dict[UUID, dict[str, int]] = {}
    for pair in labelled_pairs() if pairs is None else pairs:
        features.setdefault(pair.need_id, {})[str(pair.offer_id)] = pair.features
        grade = USEFUL if pair.label else NOT_USEFUL
        grades.setdefault(pair.need_id, {})[str(pair.offer_id)] = grade
    return [Group(str(need), features[need], grades[need]) for need in features]


def fit_ranker(sources: Mapping[str, Sequence[Group]]) -> RankerFit:
    """Fits on everything, measures each source apart, and keeps the fit; it is taken only if no
    figure falls. `sources` are named groups, such as `files` and `feedback`.

    Raises DomainError evaluation_empty when no need tells a better pair from a worse one.
    """
    before = current_weights()
    groups = [one for part in sources.values() for one in part]
    if not any(one.is_telling for one in groups):
        raise DomainError("evaluation_empty")
    number = (RankerFit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    weights = fit(groups, before, version=f"fit-{number}")
    measured = {}
    for name, part in sources.items():
        if not any(one.is_telling for one in part):
            continue
        others = [one for other, some in sources.items() if other != name for one in some]
        measured[name] = {
            "needs": len(part),
            "before": round(measure(part, before), 4),
            "after": round(leave_one_out(part, before, beside=others), 4),
        }
    made = RankerFit.objects.create(
        version=weights.version,
        weights=weights.as_json(),
        judged=sum(len(one.grades) for one in groups),
        measured=measured,
        is_taken=all(one["after"] >= one["before"] for one in measured.values()),
    )
    forget_weights()
    return made
