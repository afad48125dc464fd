"""Two editions beside each other (pure): what is new, changed, unchanged, closed or left."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

Content = Mapping[str, Any]
LINES = "indicators"
# Says who sees what, not what the entry is about; no reader of an edition gets it.
NOT_COMPARED = frozenset({"field_levels", LINES})


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    """It is not in the newer edition, and was closed, with a reason."""
    LEFT = "left"
    """It is not in the newer edition for another reason: its outcome says which."""


class LineVerdict(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an edition."""

    listing_id: UUID
    position: int
    content: Content
    organisation_name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a listing: `ongoing`, `expired`, `in_review`, `closed` or `gone`.

    `counts` are kept apart and never added up: intent, contract, paid, accepted.
    """

    code: str
    reason: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


UNKNOWN = Outcome("gone")


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class LineChange:
    verdict: LineVerdict
    old: Content | None
    new: Content | None


@dataclass(frozen=True, slots=True)
class Compared:
    verdict: Verdict
    listing_id: UUID
    old: Entry | None
    new: Entry | None
    fields: Sequence[FieldChange]
    lines: Sequence[LineChange]
    """Of an entry in both editions, when one of its indicators differs: all of them."""
    outcome: Outcome

    @property
    def entry(self) -> Entry:
        """The newest that is known of it."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - it came from one of the two
        return found


def compare(
    older: Iterable[Entry], newer: Iterable[Entry], outcomes: Mapping[UUID, Outcome]
) -> list[Compared]:
    """Everything of the newer edition in its order, then what only the older one has."""
    before = {entry.listing_id: entry for entry in older}
    after = {entry.listing_id: entry for entry in newer}
    found = []
    for listing_id, entry in after.items():
        outcome = outcomes.get(listing_id, UNKNOWN)
        old = before.get(listing_id)
        if old is None:
            found.append(Compared(Verdict.NEW, listing_id, None, entry, (), (), outcome))
            continue
        fields = changed_fields(old.content, entry.content)
        lines = compare_lines(old.content.get(LINES), entry.content.get(LINES))
        verdict = Verdict.CHANGED if fields or lines else Verdict.UNCHANGED
        found.append(Compared(verdict, listing_id, old, entry, fields, lines, outcome))
    for listing_id, entry in before.items():
        if listing_id not in after:
            outcome = outcomes.get(listing_id, UNKNOWN)
            verdict = Verdict.CLOSED if outcome.code == "closed" else Verdict.LEFT
            found.append(Compared(verdict, listing_id, entry, None, (), (), outcome))
    return found


def changed_fields(old: Content, new: Content) -> list[FieldChange]:
    """In the order of the newer content; what a content does not know counts as null."""
    names = [*new, *(name for name in old if name not in new)]
    return [
        FieldChange(name, old.get(name), new.get(name))
        for name in names
        if name not in NOT_COMPARED and old.get(name) != new.get(name)
    ]


def compare_lines(old: Sequence[Content] | None, new: Sequence[Content] | None) -> list[LineChange]:
    """Indicators by their names, the second of a name with the second; [] when all are equal."""
    waiting: dict[str, list[Content]] = defaultdict(list)
    for line in old or ():
        waiting[line["name"]].append(line)
    changes = []
    for line in new or ():
        same = waiting[line["name"]]
        before = same.pop(0) if same else None
        if before is None:
            changes.append(LineChange(LineVerdict.ADDED, None, line))
        else:
            verdict = LineVerdict.UNCHANGED if before == line else LineVerdict.CHANGED
            changes.append(LineChange(verdict, before, line))
    changes += [
        LineChange(LineVerdict.REMOVED, line, None) for left in waiting.values() for line in left
    ]
    if all(change.verdict is LineVerdict.UNCHANGED for change in changes):
        return []
    return changes


def counted(compared: Iterable[Compared]) -> dict[str, int]:
    """How many of each verdict; none is left out."""
    counts = dict.fromkeys((verdict.value for verdict in Verdict), 0)
    for one in compared:
        counts[one.verdict.value] += 1
    return counts
