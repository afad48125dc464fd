"""Every step that a person takes with an import. The worker's part is in `running`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from park.accounts.actors import Actor, user_or_none
from park.core import audit, text_rules
from park.core.errors import DomainError, NotFound
from park.core.text_rules import Problems
from park.imports import files, tasks
from park.imports.columns import Column, is_known, known_headings, recognise
from park.imports.models import ImportJob
from park.imports.planning import printable
from park.imports.policies import importable_target
from park.imports.states import JobAction, JobStatus, require_move
from park.imports.targets import ORGANISATION, ImportTarget, field_of
from park.organisations.queries import get_organisation
from park.sheets.reading import DEFAULT_LIMITS, read_table
from park.sheets.tables import Limits, Table

SAMPLED_ROWS = 200
SAMPLES = 3
SAMPLE_LENGTH = 60
FILE_NAME_LIMIT = 200
NOTE_LIMIT = 200


def start_import(
    *,
    actor: Actor,
    kind: str,
    file_name: str,
    chunks: Iterable[bytes],
    organisation_id: UUID | None = None,
    source_note: str = "",
    limits: Limits = DEFAULT_LIMITS,
) -> ImportJob:
    """Keep the file and propose what its columns mean. A proposal without doubts is taken.

    Raises not_allowed, not_found (organisation), invalid_input, payload_too_large and whatever
    `read_table` says of the file.
    """
    target = importable_target(actor, kind)
    problems = Problems()
    name = printable(file_name.replace("\\", "/").rpartition("/")[2])[:FILE_NAME_LIMIT]
    note = text_rules.text(source_note, "source_note", problems, limit=NOTE_LIMIT, is_line=True)
    problems.raise_if_any()
    if organisation_id is not None:
        get_organisation(actor, organisation_id)
    stored = files.store(chunks, limits)
    try:
        table, samples = _inspect(target, stored.name, name, limits)
        columns = recognise(table.headers, target.fields, samples)
        job = ImportJob(
            kind=target.kind,
            file_name=name or "import",
            stored_name=stored.name,
            size=stored.size,
            sha256=stored.sha256,
            uploader=user_or_none(actor),
            organisation_id=organisation_id,
            source_note=note,
            sheet=printable(table.sheet),
            other_sheets=[printable(sheet) for sheet in table.other_sheets],
            header_row=table.header_row,
            columns=[asdict(column) for column in columns],
            mapping={column.heading: column.field for column in columns if column.field},
        )
        if _is_clear(target, job, columns):
            job.status = JobStatus.MAPPED
        with transaction.atomic():
            job.save(force_insert=True)
            _record(job, actor, "uploaded", {"file_name": {"old": None, "new": job.file_name}})
    except BaseException:
        files.forget(stored.name)
        raise
    return job


def _inspect(
    target: ImportTarget, stored_name: str, file_name: str, limits: Limits
) -> tuple[Table, dict[str, list[str]]]:
    """The table, and a few values of every column from its first rows."""
    known = known_headings(target.fields)
    table = read_table(
        files.path_of(stored_name),
        name=file_name,
        limits=limits,
        is_known=lambda heading: is_known(heading, known),
    )
    samples: dict[str, list[str]] = {heading: [] for heading in table.headers}
    with table:
        rows = list(islice(table.rows, SAMPLED_ROWS))
    if not rows:
        raise DomainError("empty_file")
    for row in rows:
        for heading, text in row.cells.items():
            if heading not in samples:
                # Wider further down than at its top: the column is there all the same.
                samples[heading] = []
                table.headers.append(heading)
            shown = printable(text)[:SAMPLE_LENGTH]
            if len(samples[heading]) < SAMPLES and shown not in samples[heading]:
                samples[heading].append(shown)
    return table, samples


def _is_clear(target: ImportTarget, job: ImportJob, columns: Iterable[Column]) -> bool:
    is_doubtful = any(column.is_doubtful for column in columns)
    return not is_doubtful and not _faults(target, job, job.mapping)


def _faults(
    target: ImportTarget, job: ImportJob, mapping: Mapping[str, str]
) -> list[dict[str, str]]:
    """What is wrong with a mapping, as field errors."""
    known = {column["heading"] for column in job.columns}
    found = []
    taken: set[str] = set()
    for heading, name in mapping.items():
        field = field_of(target, name)
        if heading not in known:
            found.append({"field": f"columns.{printable(heading)}", "code": "unknown_column"})
        elif field is None:
            found.append({"field": f"columns.{heading}", "code": "unknown_field"})
        elif name in taken and not field.is_joined:
            found.append({"field": f"columns.{heading}", "code": "field_taken"})
        taken.add(name)
    if not taken & set(target.main_fields):
        found.append({"field": target.main_fields[0], "code": "no_column"})
    if target.has_organisation and ORGANISATION not in taken and job.organisation_id is None:
        found.append({"field": "organisation_id", "code": "required"})
    return found


@transaction.atomic
def map_columns(
    *,
    actor: Actor,
    job_id: UUID,
    columns: Mapping[str, str],
    organisation_id: UUID | None = None,
) -> ImportJob:
    """Say what the columns mean ({heading: field}; a heading left out, or "", is ignored).

    Whatever a preview said before is forgotten. Raises not_found, wrong_state, invalid_input.
    """
    job, target = _lock(actor, job_id)
    status = require_move(job.status, JobAction.MAP)
    if organisation_id is not None:
        job.organisation = get_organisation(actor, organisation_id)
    mapping = {heading: name for heading, name in columns.items() if name}
    if faults := _faults(target, job, mapping):
        raise DomainError("invalid_input", fields=faults)
    changes = {"mapping": {"old": job.mapping, "new": mapping}}
    job.status, job.mapping = status, mapping
    _start_over(job)
    job.save()
    _record(job, actor, "mapped", changes)
    return job


def _start_over(job: ImportJob) -> None:
    job.rows.all().delete()
    job.rows_done, job.counts, job.rows_total = 0, {}, None


@transaction.atomic
def preview_import(*, actor: Actor, job_id: UUID, is_nudged: bool = True) -> ImportJob:
    """Have the worker find out what would happen, row by row.

    Raises not_found, wrong_state, invalid_input (a column is missing).
    """
    job, target = _lock(actor, job_id)
    status = require_move(job.status, JobAction.PREVIEW)
    _check_mapping(target, job)
    _start_over(job)
    _hand_over(job, actor, status, is_nudged)
    return job


@transaction.atomic
def commit_import(
    *,
    actor: Actor,
    job_id: UUID,
    publish: bool = False,
    apply_changes: bool = False,
    accept_doubtful: bool = False,
    is_nudged: bool = True,
) -> ImportJob:
    """Have the worker take the rows over.

    `publish` shows new entries to everybody at once; else they are held. `apply_changes` also
    changes entries of earlier imports whose row is another now, `accept_doubtful` takes the rows
    that are marked so. Raises not_found, wrong_state, invalid_input, already_importing.
    """
    job, target = _lock(actor, job_id)
    status = require_move(job.status, JobAction.COMMIT)
    _check_mapping(target, job)
    job.publish, job.apply_changes, job.accept_doubtful = publish, apply_changes, accept_doubtful
    job.rows_done, job.counts = 0, {}
    options = {
        "publish": publish,
        "apply_changes": apply_changes,
        "accept_doubtful": accept_doubtful,
    }
    _record(
        job, actor, "committed", {name: {"old": None, "new": to} for name, to in options.items()}
    )
    try:
        with transaction.atomic():
            _hand_over(job, actor, status, is_nudged)
    except IntegrityError as error:
        raise DomainError("already_importing") from error
    return job


@transaction.atomic
def publish_import(*, actor: Actor, job_id: UUID, is_nudged: bool = True) -> ImportJob:
    """Have the worker publish what the import made and what still waits.

    Raises not_found, wrong_state.
    """
    job, _ = _lock(actor, job_id)
    status = require_move(job.status, JobAction.PUBLISH)
    job.rows_done = 0
    job.rows_total = job.rows.filter(object_id__isnull=False).count()
    _record(job, actor, "published", {})
    _hand_over(job, actor, status, is_nudged)
    return job


@transaction.atomic
def cancel_import(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Stop after the batch that is being written; what is written stays.

    Raises not_found, wrong_state.
    """
    job, _ = _lock(actor, job_id)
    old = job.status
    job.status = require_move(job.status, JobAction.CANCEL)
    job.runner = None
    job.finished_at = timezone.now()
    job.save()
    _record(job, actor, "cancelled", {"status": {"old": old, "new": job.status.value}})
    return job


def _lock(actor: Actor, job_id: UUID) -> tuple[ImportJob, ImportTarget]:
    """The job and its target. None is the system itself. Raises not_found."""
    rows = ImportJob.objects.all() if actor is None else ImportJob.objects.visible_to(actor)
    job = rows.select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None:
        raise NotFound("import")
    return job, importable_target(actor, job.kind)


def _check_mapping(target: ImportTarget, job: ImportJob) -> None:
    if faults := _faults(target, job, job.mapping):
        raise DomainError("invalid_input", fields=faults)


def _hand_over(job: ImportJob, actor: Actor, status: JobStatus, is_nudged: bool) -> None:
    job.status = status
    job.committed_by = user_or_none(actor)
    job.runner, job.attempts = None, 0
    job.heartbeat_at = timezone.now()
    job.finished_at = None
    job.save()
    if is_nudged:
        transaction.on_commit(lambda: tasks.nudge(job.pk))


def _record(job: ImportJob, actor: Actor, action: str, changes: Mapping[str, Any]) -> None:
    audit.record(
        actor=user_or_none(actor),
        action=action,
        kind="import",
        object_id=job.pk,
        organisation_id=job.organisation_id,
        changes=changes,
    )
