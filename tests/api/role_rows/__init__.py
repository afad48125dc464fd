"""Who may do what, an area a module; each has ROWS, {operation id: Row}."""

from importlib import import_module
from pkgutil import iter_modules

from tests.api.role_rows.base import Row


def all_rows() -> dict[str, Row]:
    """Of every module beside this one. A row that stands twice is a mistake."""
    found: dict[str, Row] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        rows: dict[str, Row] = getattr(import_module(module.name), "ROWS", {})
        assert not set(rows) & set(found), f"{module.name} repeats {set(rows) & set(found)}"
        found |= rows
    return found
