"""Numbers with units, read from Chinese text and compared in base units. Pure.

Owns reading (`read`) and comparing (`compare`); which number belongs to which indicator is the
caller's business.
"""

from park.quantities.compare import Verdict, compare
from park.quantities.reading import Quantity, from_fields, read

__all__ = ["Quantity", "Verdict", "compare", "from_fields", "read"]
