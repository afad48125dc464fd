"""What would happen to rows of a file: read, checked, and compared with what was imported before.

A plan writes nothing. Identity is by organisation and source id, or by normalised content, so that
the same list twice is the same entries.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from park.core.texts import character_problem
from park.imports import targets, values
from park.imports.models import ImportedObject, ImportJob, ImportRow
from park.imports.owners import Owners
from park.imports.states import JobStatus, Outcome
from park.imports.targets import (
    ORGANISATION,
    SOURCE_ID,
    SOURCE_NOTE,
    Cell,
    ImportTarget,
    Level,
    RowIssues,
)
from park.sheets.headings import normalised
from park.sheets.tables import SheetRow

DEFAULT_NOTE = "清单导入"
NOTE_LIMIT = 300
_ROW_ERRORS = ("malformed_row", "cell_too_long")


@dataclass
class RowPlan:
    """One row and what it comes to."""

    number: int
    outcome: Outcome
    title: str = ""
    issues: list[dict[str, Any]] = field(default_factory=list)
    content: Mapping[str, Any] = field(default_factory=dict)
    organisation_id: UUID | None = None
    source_note: str = ""
    key: str = ""
    digest: str = ""
    object_id: UUID | None = None
    version: int = 1
    is_applied: bool = False

    def add(self, level: Level, name: str, code: str, **more: Any) -> None:
        issues = RowIssues()
        issues.add(level, name, code, **more)
        self.issues += issues.found

    def refuse(self, name: str, code: str, **more: Any) -> None:
        self.outcome = Outcome.BAD
        self.add(Level.ERROR, name, code, **more)


class Planner:
    """Plans batches of one job. Vocabularies and organisations are read when it is made."""

    def __init__(self, job: ImportJob, target: ImportTarget, today: date) -> None:
        self.job = job
        self.target = target
        self.reader = target.reader(today)
        self.owners = Owners() if target.has_organisation else None
        self.joined = {one.name for one in target.fields if one.is_joined}

    def plan(self, rows: Sequence[SheetRow]) -> list[RowPlan]:
        plans = [self._read(row) for row in rows]
        self.compare([plan for plan in plans if plan.outcome == Outcome.NEW])
        for plan in plans:
            plan.issues = [self._with_column(issue) for issue in plan.issues]
        return plans

    # --- one row ---

    def _read(self, row: SheetRow) -> RowPlan:
        issues = RowIssues()
        self._note_cells(row, issues)
        cells = self._cells(row)
        plan = RowPlan(row.number, Outcome.NEW)
        if issues.has(Level.ERROR):
            plan.title = printable(cells["title"].text) if "title" in cells else ""
        else:
            content = self.reader.read(cells, issues)
            plan.title = content.title[:120]
            plan.content = content.content
            self._find_owner(plan, cells, issues)
            self._identify(plan, cells, content, issues)
        plan.issues = issues.found
        if issues.has(Level.ERROR):
            plan.outcome = Outcome.BAD
        elif issues.has(Level.DOUBT) and not self.job.accept_doubtful:
            plan.outcome = Outcome.DOUBTFUL
        return plan

    def _note_cells(self, row: SheetRow, issues: RowIssues) -> None:
        for note in row.notes:
            name = self.job.mapping.get(note.column, "")
            if note.code in _ROW_ERRORS and (name or not note.column):
                issues.error(name, note.code, column=note.column)
            elif name:
                issues.warn(name, note.code, column=note.column)
        for heading, text in row.cells.items():
            name = self.job.mapping.get(heading, "")
            if name and (fault := character_problem(text)):
                issues.error(name, fault, column=printable(heading))

    def _cells(self, row: SheetRow) -> dict[str, Cell]:
        """By field. The second column of a field goes under the first one, with its heading."""
        cells: dict[str, Cell] = {}
        for heading, text in row.cells.items():
            name = self.job.mapping.get(heading, "")
            if not name:
                continue
            if name in cells:
                first = cells[name]
                cells[name] = Cell(f"{first.text}\n{heading}：{text}", first.heading)
            else:
                cells[name] = Cell(text, heading)
        return cells

    def _find_owner(self, plan: RowPlan, cells: Mapping[str, Cell], issues: RowIssues) -> None:
        note = cells[SOURCE_NOTE].text if SOURCE_NOTE in cells else ""
        note = note or self.job.source_note or DEFAULT_NOTE
        plan.organisation_id = self.job.organisation_id
        if self.owners is not None and ORGANISATION in cells:
            name = " ".join(cells[ORGANISATION].text.split())
            certain = self.owners.certain(name)
            if certain is not None:
                plan.organisation_id = certain.id
            elif similar := self.owners.similar(name):
                # Not merged in silence: a person says whether it is the same firm.
                issues.doubt(ORGANISATION, "similar_organisation", value=similar[0].name)
                plan.organisation_id = similar[0].id
            elif self.job.organisation_id is None:
                issues.error(ORGANISATION, "unknown_organisation", value=name)
            elif not values.is_unknown(name):
                issues.warn(ORGANISATION, "unknown_organisation", value=name)
                note = f"{note}（{cells[ORGANISATION].heading}：{name}）"
        has_owner = plan.organisation_id is not None or self.owners is None
        if not has_owner and not issues.has(Level.ERROR):
            issues.error(ORGANISATION, "required")
        plan.source_note = " ".join(note.split())[:NOTE_LIMIT]

    def _identify(
        self,
        plan: RowPlan,
        cells: Mapping[str, Cell],
        content: targets.RowContent,
        issues: RowIssues,
    ) -> None:
        source_id = normalised(cells[SOURCE_ID].text) if SOURCE_ID in cells else ""
        parts = ["id", source_id] if source_id else ["content", *content.identity]
        if content.existing_id is not None:
            plan.object_id = content.existing_id
        plan.key = _digest([self.target.kind, str(plan.organisation_id or ""), *parts])
        plan.digest = _digest(plan.content)

    def _with_column(self, issue: dict[str, Any]) -> dict[str, Any]:
        """Names the column as the person called it."""
        if issue.get("column"):
            return issue
        name = issue["field"]
        headings = [one for one, mapped in self.job.mapping.items() if mapped == name]
        return issue | {"column": headings[0] if headings else ""}

    # --- many rows ---

    def compare(self, plans: Sequence[RowPlan]) -> None:
        """Sets new, changed or unchanged by what earlier imports and earlier rows have made."""
        keys = [plan.key for plan in plans]
        known = {
            one.key: one
            for one in ImportedObject.objects.filter(kind=self.target.kind, key__in=keys)
        }
        alive = self.target.existing([one.object_id for one in known.values()])
        earlier = self._earlier_rows(keys)
        for plan in plans:
            found = known.get(plan.key)
            if found is not None and found.object_id in alive:
                plan.object_id, plan.version = found.object_id, found.version
                is_same = found.digest == plan.digest
                plan.outcome = Outcome.UNCHANGED if is_same else Outcome.CHANGED
                if found.job_id == self.job.pk:
                    _repeat(plan, is_same=is_same)
            elif plan.object_id is not None:
                plan.outcome = Outcome.UNCHANGED
                plan.add(Level.WARNING, "", "exists_already")
            elif plan.key in earlier:
                _repeat(plan, is_same=earlier[plan.key] == plan.digest)
            else:
                earlier[plan.key] = plan.digest

    def _earlier_rows(self, keys: Sequence[str]) -> dict[str, str]:
        """{key: digest} of rows that stand further up in the same file, for a preview."""
        if self.job.status != JobStatus.PREVIEWING:
            return {}
        rows = ImportRow.objects.filter(job=self.job, key__in=keys).exclude(key="")
        return dict(rows.order_by("-number").values_list("key", "digest"))


def _repeat(plan: RowPlan, *, is_same: bool) -> None:
    """The same row twice is once; one number with two contents is a mistake in the list."""
    if is_same:
        plan.outcome = Outcome.UNCHANGED
        plan.add(Level.WARNING, "", "repeated_row")
    else:
        plan.refuse(SOURCE_ID, "repeated_id")


_EXAMPLE = re.compile(r"(?:示例|样例|example)(?:\s*[(（].{0,20})?", re.IGNORECASE)


def is_example(row: SheetRow) -> bool:
    """The line of a template that shows how to fill it in; a firm may be called 示例企业."""
    first = next(iter(row.cells.values()), "")
    return _EXAMPLE.fullmatch(first) is not None


def printable(text: str) -> str:
    """What PostgreSQL and UTF-8 can hold of it."""
    kept = "".join("�" if character_problem(sign) else sign for sign in text)
    return " ".join(kept.split())[:120]


def _digest(value: Any) -> str:
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
