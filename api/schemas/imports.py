"""Imports: the job, its columns, its rows."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.schemas.base import Input, Output, Time, choice
from park.imports.states import JobStatus, Outcome

Heading = Annotated[str, Field(max_length=80)]


class ImportFieldRow(Output):
    name: str
    zh: str
    en: str
    is_joined: bool
    """Several columns may go into it."""
    is_required: bool


class ImportKind(Output):
    kind: str
    has_organisation: bool
    fields: list[ImportFieldRow]


class ImportKinds(Output):
    items: list[ImportKind]


class ImportColumn(Output):
    heading: str
    field: str
    """The field it was recognised as; blank for none."""
    confidence: float
    is_doubtful: bool
    samples: list[str]


class ImportOrganisation(Output):
    id: UUID
    name: str


class ImportCard(Output):
    """A line of the list of imports."""

    id: UUID
    kind: str
    status: Literal[tuple(JobStatus.values)]  # type: ignore[valid-type]
    file_name: str
    uploader: str
    created_at: Time
    finished_at: Time | None
    rows_total: int | None
    rows_done: int
    counts: dict[str, int]
    """{new, changed, unchanged, doubtful, bad: rows; created, updated, published: entries}"""
    error_code: str


class Import(ImportCard):
    size: int
    organisation: ImportOrganisation | None
    source_note: str
    sheet: str
    other_sheets: list[str]
    header_row: int
    columns: list[ImportColumn]
    mapping: dict[str, str]
    """{heading: field} as it stands."""
    publish: bool
    apply_changes: bool
    accept_doubtful: bool
    error_data: dict[str, Any]
    is_stuck: bool
    """Waiting for a worker for longer than one should."""


class NewImport(Input):
    """What a file holds and whose it is; in the query, beside the file in the body."""

    kind: Annotated[str, Field(max_length=20)]
    organisation_id: UUID | None = None
    source_note: Annotated[str, Field(max_length=200)] = ""


class ImportColumnsEdit(Input):
    columns: Annotated[dict[Heading, Annotated[str, Field(max_length=40)]], Field(max_length=400)]
    """{heading: field}; a heading left out, or blank, is ignored."""
    organisation_id: UUID | None = None


class ImportCommit(Input):
    publish: bool = False
    """Show new entries to everybody at once."""
    apply_changes: bool = False
    """Also change entries of earlier imports whose row is another now."""
    accept_doubtful: bool = False
    """Also take the rows that are marked as doubtful."""


class ImportRowFilters(Input):
    outcome: choice(Outcome.values) = ""  # type: ignore[valid-type]
    with_issues: bool = False


class ImportIssue(Output):
    level: Literal["error", "doubt", "warning"]
    column: str
    field: str
    code: str
    value: str = ""
    limit: int | None = None


class ImportRowOut(Output):
    number: int
    outcome: Literal[tuple(Outcome.values)]  # type: ignore[valid-type]
    title: str
    issues: list[ImportIssue]
    object_id: UUID | None
    is_applied: bool
