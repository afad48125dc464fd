"""What is read of a text or a form: a quantity, as an interval in base units."""

from dataclasses import dataclass
from decimal import Decimal

from park.quantities.words import Comparator

TOLERANCE = "tolerance:"
"""Before the dimension of a ± without its centre."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An interval in the base unit of a dimension; None is an open end.

    A tolerance (±2 ℃) is the interval [0, 2] of the dimension `tolerance:temperature`; with its
    centre it is an interval as any. A change (提高20%) has a `change`, and only its size.
    """

    dimension: str
    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    text: str = ""
    start: int = 0
    end: int = 0
    comparator: Comparator = Comparator.EQ
    change: str = ""
    """"up" or "down" where the words say which way."""
    unit: str = ""
    """As written."""
    counts: str = ""
    """The counting word, of a count: 台."""
    is_stated: bool = False
    """Chosen in a form, so that "=" means just that."""
