"""Numbers with units, read from Chinese text and compared in base units. Pure.

Owns reading (`read`, `from_fields`) and comparing (`compare`); which number belongs to which
indicator is the caller's business. `units` knows how units are written, `numerals` how numbers are,
`lexing` which figures are names, `words` what the words around say; `tokens` finds
each number with what touches it, `reading` puts them together.
"""

from park.quantities.compare import Verdict, compare, is_comparable
from park.quantities.quantity import Quantity
from park.quantities.reading import from_fields, named_as_change, read
from park.quantities.words import Comparator

__all__ = [
    "Comparator",
    "Quantity",
    "Verdict",
    "compare",
    "from_fields",
    "is_comparable",
    "named_as_change",
    "read",
]
