"""Who may see a field: the one scale that every noun, passage and search uses."""

from enum import StrEnum


class Level(StrEnum):
    PUBLIC = "public"
    """Anybody."""
    MATCHED = "matched"
    """The owner, staff, and the other side of an accepted introduction."""
    OWN = "own"
    """The owner and staff."""
