"""Finds the organisation that a row names: by credit code, by its exact name, or perhaps."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from park.imports.names import exact, loose
from park.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Known:
    id: UUID
    name: str
    credit_code: str


class Owners:
    """All organisations, read once for many rows."""

    def __init__(self) -> None:
        self.by_code: dict[str, Known] = {}
        self.by_name: dict[str, list[Known]] = {}
        self.by_loose_name: dict[str, list[Known]] = {}
        columns = ("id", "name", "short_name", "name_en", "credit_code")
        for pk, name, short, english, code in Organisation.objects.values_list(*columns):
            known = Known(pk, name, code)
            if code:
                self.by_code[code.upper()] = known
            _add(self.by_name, {exact(one) for one in (name, short, english) if one}, known)
            _add(self.by_loose_name, {loose(name)}, known)

    def certain(self, text: str) -> Known | None:
        """The one organisation that is meant for sure."""
        found = self.by_code.get("".join(text.split()).upper())
        if found is not None:
            return found
        named = self.by_name.get(exact(text), [])
        return named[0] if len(named) == 1 else None

    def similar(self, text: str) -> list[Known]:
        """Those that may be meant: the same name but for its legal form, or one name twice."""
        named = self.by_name.get(exact(text), [])
        return named if len(named) > 1 else self.by_loose_name.get(loose(text), [])


def _add(index: dict[str, list[Known]], keys: Iterable[str], known: Known) -> None:
    for key in keys:
        index.setdefault(key, []).append(known)
