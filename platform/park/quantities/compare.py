"""Whether what is claimed lies within what is asked."""

from enum import StrEnum

from park.quantities.reading import Quantity


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    PARTLY = "partly"
    """Some of what is claimed lies within what is asked."""
    UNKNOWN = "unknown"


def compare(asked: Quantity, claimed: Quantity) -> Verdict:
    """Unknown unless both are of one dimension."""
    if asked.dimension != claimed.dimension:
        return Verdict.UNKNOWN
    if _is_below(claimed, asked) or _is_below(asked, claimed):
        return Verdict.NOT_MET
    return Verdict.MET if _is_within(claimed, asked) else Verdict.PARTLY


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
