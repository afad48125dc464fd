# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""Whether what is claimed meets what is asked: the table of verdicts. Pure.

Rows are what is asked, columns what is claimed; A is the end asked for, V the value claimed, [a, b]
and [l, h] are both ends of a range or of a centre with its tolerance.

asked \\ claimed | V (=, 达到)         | about V                 | ≥ V          | ≤ V          | [l, h]
≥ A             | V ≥ A met,         | V−5% ≥ A met,           | V ≥ A met,   | V < A not    | l ≥ A met,
                | else not met       | V+5% < A not, else ?    | else not met | met, else ?  | h < A not, else partly
≤ A             | V ≤ A met, …       | mirrored                | V > A not, ? | V ≤ A met, … | mirrored
[a, b]          | within met,        | V±5% within met,        | V > b not    | V < a not    | within met, apart not
                | else not met       | apart not met, else ?   | met, else ?  | met, else ?  | met, else partly
= A             | the same met,      | the same met, else ?    | V > A not    | V < A not    | only A met, apart not
                | else not met       |                         | met, else ?  | met, else ?  | met, else ?
about A         | within A±5% met,   | the same met, else ?    | ?            | ?            | within A±5% met,
                | else ?             |                         |              |              | else ?

- `?` is unknown: what is written leaves both open. A wrong verdict is worse than none.
- A looser promise of the same kind does not meet: who promises ≤ 0.08 mm does not promise ≤ 0.008 mm.
  So for tolerances: ±5 asked and ±2 claimed is met, the other way round not.
- "= A" with another value claimed is a verdict only where a person chose "=" in a form. In a sentence
  强度600 MPa may mean "at least" or "at most": another value is unknown.
- A change is compared with a change of the same direction only, and asks for at least its size.
  A change to a level (降至 1%) is that level.
- Unlike dimensions are unknown, and so are unlike things counted (64 张, 80 台).
"""

from decimal import Decimal
from enum import StrEnum

from park.quantities.quantity import TOLERANCE, Quantity
from park.quantities.words import Comparator


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    PARTLY = "partly"
    """Some of what is claimed lies within what is asked."""
    UNKNOWN = "unknown"


ABOUT = Decimal("0.05")
"""How far from the value written "about" may be, as a share of it."""


def compare(asked: Quantity, claimed: Quantity) -> Verdict:
    """The verdict of the table above. Unknown unless both are of one dimension and one kind."""
    if not is_comparable(asked, claimed):
        return Verdict.UNKNOWN
    if asked.comparator is Comparator.CHANGE_BY:
        return _compare_changes(asked, claimed)
    if asked.dimension.startswith(TOLERANCE) and asked.high is not None:
        width = claimed.high if claimed.high is not None else claimed.low
        return _verdict(width is not None and width <= asked.high)
    if _is_about(asked):
        return _compare_about(asked, claimed)
    if _is_about(claimed):
        return _compare_with_about(asked, claimed)
    return _compare_intervals(asked, claimed)


def is_comparable(asked: Quantity, claimed: Quantity) -> bool:
    """Whether a verdict is possible at all."""
    if asked.dimension != claimed.dimension or asked.counts != claimed.counts:
        return False
    changes = [one.comparator is Comparator.CHANGE_BY for one in (asked, claimed)]
    if any(changes):
        return all(changes) and asked.change == claimed.change != ""
    return True


def _verdict(is_met: bool) -> Verdict:
    return Verdict.MET if is_met else Verdict.NOT_MET


def _compare_changes(asked: Quantity, claimed: Quantity) -> Verdict:
    """By at least so much; 最多提高20% promises nothing and asks for no least."""
    least, most = claimed.low, claimed.high
    if asked.low is None:
        return Verdict.UNKNOWN
    if least is None:
        return Verdict.NOT_MET if most is not None and most < asked.low else Verdict.UNKNOWN
    if least >= asked.low:
        return Verdict.MET
    return Verdict.PARTLY if most is not None and most >= asked.low else Verdict.NOT_MET


def _is_about(one: Quantity) -> bool:
    return one.comparator is Comparator.ABOUT and one.low is not None


def _around(one: Quantity) -> Quantity:
    middle = one.low or Decimal(0)
    slack = abs(middle) * ABOUT
    return Quantity(one.dimension, middle - slack, middle + slack)


def _compare_about(asked: Quantity, claimed: Quantity) -> Verdict:
    is_same = _is_within(claimed, _around(asked)) or asked.low == claimed.low == claimed.high
    return Verdict.MET if is_same else Verdict.UNKNOWN


def _compare_with_about(asked: Quantity, claimed: Quantity) -> Verdict:
    around = _around(claimed)
    if _is_point(asked):
        return Verdict.MET if asked.low == claimed.low else Verdict.UNKNOWN
    if _is_within(around, asked):
        return Verdict.MET
    return Verdict.NOT_MET if _are_apart(around, asked) else Verdict.UNKNOWN


def _compare_intervals(asked: Quantity, claimed: Quantity) -> Verdict:
    if _is_within(claimed, asked):
        return Verdict.MET
    if _is_point(asked) and not asked.is_stated:
        return Verdict.UNKNOWN
    if _are_apart(asked, claimed):
        return Verdict.NOT_MET
    if _is_point(asked):
        return Verdict.UNKNOWN
    if asked.high is None and claimed.high is None and claimed.low is not None:
        return Verdict.NOT_MET  # the same promise, looser
    if asked.low is None and claimed.low is None and claimed.high is not None:
        return Verdict.NOT_MET
    return (
        Verdict.PARTLY if claimed.low is not None and claimed.high is not None else Verdict.UNKNOWN
    )


def _is_point(one: Quantity) -> bool:
    return one.low is not None and one.low == one.high


def _are_apart(one: Quantity, other: Quantity) -> bool:
    return _is_below(one, other) or _is_below(other, one)


def _is_below(one: Quantity, other: Quantity) -> bool:
    if one.high is None or other.low is None:
        return False
    return one.high < other.low or (one.high == other.low and (one.high_open or other.low_open))


def _is_within(inner: Quantity, outer: Quantity) -> bool:
    if outer.low is not None:
        if inner.low is None or inner.low < outer.low:
            return False
        if inner.low == outer.low and outer.low_open and not inner.low_open:
            return False
    if outer.high is not None:
        if inner.high is None or inner.high > outer.high:
            return False
        if inner.high == outer.high and outer.high_open and not inner.high_open:
            return False
    return True
