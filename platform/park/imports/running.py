"""Runs an import in the worker: batch after batch, each in one transaction with its own progress.

A run is claimed by a token. A worker that dies leaves the job at its last finished batch; whoever
takes over reads on from there. One that was only slow finds its token gone and stops, so no row is
written twice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from park.accounts.actors import Actor
from park.core.errors import DomainError
from park.core.models import new_id
from park.imports import files, targets
from park.imports.columns import is_known, known_headings
from park.imports.models import ImportedObject, ImportJob, ImportRow
from park.imports.planning import Planner, RowPlan, is_example
from park.imports.states import JobAction, JobStatus, Outcome, require_move
from park.imports.targets import ImportTarget, Level, NewEntry, Update
from park.sheets.reading import read_table
from park.sheets.tables import SheetRow

log = structlog.get_logger(__name__)

BATCH = 500
STALE_AFTER = timedelta(seconds=60)
"""Without a sign of life for so long, a run is taken for dead. A batch takes a second or two."""
MAX_ATTEMPTS = 5
KEPT_FOR = timedelta(days=30)
Progress = Callable[[ImportJob], object]


class _Lost(Exception):
    """The job was cancelled, or another worker has it now."""


@dataclass
class _Run:
    job_id: UUID
    token: UUID
    target: ImportTarget
    actor: Actor
    progress: Progress
    batch: int


def stale_jobs(now: datetime) -> list[UUID]:
    """Jobs that should be running and give no sign of life."""
    rows = ImportJob.objects.filter(status__in=sorted(_RUNNERS), heartbeat_at__lt=now - STALE_AFTER)
    return list(rows.order_by("heartbeat_at").values_list("pk", flat=True)[:50])


def forget_files(now: datetime, limit: int = 100) -> int:
    """Delete files that nobody has touched for long; what became of their rows stays on record."""
    old = ImportJob.objects.filter(updated_at__lt=now - KEPT_FOR).exclude(stored_name="")
    jobs = list(old.exclude(status__in=sorted(_RUNNERS)).order_by("updated_at")[:limit])
    for job in jobs:
        files.forget(job.stored_name)
        ImportJob.objects.filter(pk=job.pk).update(stored_name="")
    return len(jobs)


def run_job(
    job_id: UUID,
    *,
    now: datetime | None = None,
    progress: Progress = lambda job: None,
    batch: int = BATCH,
) -> bool:
    """Do what the job is waiting for, to its end. False when there is nothing to do, or another
    worker is at it."""
    job = _claim(job_id, now or timezone.now())
    if job is None:
        return False
    target = targets.get_target(job.kind)
    try:
        if target is None:
            raise DomainError("not_found", kind="import_target")
        if job.committed_by is not None and not target.can_import(job.committed_by):
            raise DomainError("not_allowed", action="import")
        run = _Run(job.pk, job.runner or new_id(), target, job.committed_by, progress, batch)
        _RUNNERS[JobStatus(job.status)](run, job)
    except _Lost:
        log.info("imports.stopped", job_id=str(job_id))
    except DomainError as error:
        _fail(job, error.code, error.data)
    except FileNotFoundError:
        _fail(job, "file_missing", {})
    return True


def _claim(job_id: UUID, now: datetime) -> ImportJob | None:
    with transaction.atomic():
        job = ImportJob.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
        if job is None or not job.is_running:
            return None
        is_alive = job.heartbeat_at is not None and job.heartbeat_at > now - STALE_AFTER
        if job.runner is not None and is_alive:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            _close(job, JobAction.FAIL, error_code="import_stuck", now=now)
            return None
        job.runner = new_id()
        job.attempts += 1
        job.heartbeat_at = now
        job.save(update_fields=["runner", "attempts", "heartbeat_at", "updated_at"])
        return job


def _hold(run: _Run) -> ImportJob:
    """The job's row, locked for a batch. Raises _Lost."""
    job = ImportJob.objects.select_for_update(of=("self",)).filter(pk=run.job_id).first()
    if job is None or job.runner != run.token or not job.is_running:
        raise _Lost
    return job


def _close(job: ImportJob, action: JobAction, *, now: datetime, error_code: str = "") -> None:
    job.status = require_move(job.status, action)
    job.runner = None
    job.attempts = 0
    job.error_code = error_code
    job.finished_at = now
    job.save()


def _fail(job: ImportJob, code: str, data: dict[str, Any]) -> None:
    with transaction.atomic():
        held = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if held.runner != job.runner or not held.is_running:
            return
        held.error_data = data
        _close(held, JobAction.FAIL, now=timezone.now(), error_code=code)
    log.warning("imports.failed", job_id=str(job.pk), code=code)


def _advance(run: _Run, job: ImportJob, rows: int, plans: Sequence[RowPlan]) -> None:
    """Inside the batch's transaction: what is written and what is counted cannot part."""
    counts = dict(job.counts)
    for plan in plans:
        counts[plan.outcome.value] = counts.get(plan.outcome.value, 0) + 1
        if plan.is_applied:
            name = "created" if plan.outcome == Outcome.NEW else "updated"
            counts[name] = counts.get(name, 0) + 1
    job.counts = counts
    job.rows_done += rows
    job.attempts = 0
    job.heartbeat_at = timezone.now()
    job.save(update_fields=["counts", "rows_done", "attempts", "heartbeat_at", "updated_at"])


def _batches(job: ImportJob, size: int) -> Iterator[list[SheetRow]]:
    """The rows that the job has not left behind, as they are read from the file."""
    if not job.stored_name:
        raise DomainError("file_missing")
    target = targets.get_target(job.kind)
    known = known_headings(target.fields if target is not None else ())
    table = read_table(
        files.path_of(job.stored_name),
        name=job.file_name,
        is_known=lambda heading: is_known(heading, known),
    )
    with table:
        rows = (row for row in table.rows if not is_example(row))
        rows = islice(rows, job.rows_done, None)
        while batch := list(islice(rows, size)):
            yield batch


# --- preview ---


def _preview(run: _Run, job: ImportJob) -> None:
    planner = Planner(job, run.target, timezone.localdate())
    for rows in _batches(job, run.batch):
        with transaction.atomic():
            held = _hold(run)
            plans = planner.plan(rows)
            if run.target.is_tried_in_preview:
                _try(run, planner, [plan for plan in plans if plan.outcome == Outcome.NEW])
            _write_rows(held, plans)
            _advance(run, held, len(rows), plans)
        run.progress(held)
    with transaction.atomic():
        held = _hold(run)
        held.rows_total = held.rows_done
        _close(held, JobAction.FINISH, now=timezone.now())
    run.progress(held)


class _Undone(Exception):
    pass


def _try(run: _Run, planner: Planner, plans: Sequence[RowPlan]) -> None:
    """Makes each entry and takes it back: only its own service knows all its rules."""
    for plan in plans:
        try:
            with transaction.atomic():
                run.target.create(actor=run.actor, entries=[_entry(plan, new_id())], publish=False)
                raise _Undone
        except _Undone:
            continue
        except DomainError as error:
            _refuse(plan, error)


# --- commit ---


def _commit(run: _Run, job: ImportJob) -> None:
    for rows in _batches(job, run.batch):
        with transaction.atomic():
            held = _hold(run)
            # Vocabularies and organisations as they are now, not as the preview saw them.
            planner = Planner(held, run.target, timezone.localdate())
            plans = planner.plan(rows)
            _create(run, held, planner, [one for one in plans if one.outcome == Outcome.NEW])
            if held.apply_changes:
                _update(run, held, [one for one in plans if one.outcome == Outcome.CHANGED])
            _write_rows(held, plans)
            _advance(run, held, len(rows), plans)
        run.progress(held)
    with transaction.atomic():
        held = _hold(run)
        held.rows_total = held.rows_done
        _close(held, JobAction.FINISH, now=timezone.now())
    run.progress(held)


def _create(run: _Run, job: ImportJob, planner: Planner, plans: Sequence[RowPlan]) -> None:
    """Claims the identities first: of two imports at once each row is one's, and only one's."""
    if not plans:
        return
    first: dict[str, RowPlan] = {}
    repeated = [plan for plan in plans if first.setdefault(plan.key, plan) is not plan]
    mine = _claim_keys(job, list(first.values()))
    others = [plan for plan in first.values() if plan.key not in mine]
    made = [(plan, mine[plan.key]) for plan in first.values() if plan.key in mine]
    try:
        with transaction.atomic():
            _make(run, made)
    except (DomainError, DatabaseError):
        # Somewhere is a row that a rule or the database refuses: it alone is to be reported.
        for plan, object_id in made:
            _make_alone(run, plan, object_id)
    planner.compare([*others, *repeated])


def _claim_keys(job: ImportJob, plans: Sequence[RowPlan]) -> dict[str, UUID]:
    """{key: id of the entry to be made} of those that nobody had before. Waits for another
    import's transaction that has just claimed the same."""
    kind = job.kind
    # The same order everywhere, or two imports would wait for each other.
    ordered = sorted(plans, key=lambda plan: plan.key)
    ids = {plan.key: new_id() for plan in plans}
    ImportedObject.objects.bulk_create(
        [
            ImportedObject(
                kind=kind, key=plan.key, digest=plan.digest, object_id=ids[plan.key], job=job
            )
            for plan in ordered
        ],
        ignore_conflicts=True,
    )
    rows = ImportedObject.objects.filter(kind=kind, key__in=list(ids)).order_by("key")
    held = {row.key: row for row in rows.select_for_update(of=("self",))}
    target = targets.get_target(kind)
    foreign = [row.object_id for row in held.values() if row.object_id != ids[row.key]]
    alive = target.existing(foreign) if target is not None and foreign else set()
    mine: dict[str, UUID] = {}
    for plan in ordered:
        row = held.get(plan.key)
        if row is None:
            # Its holder gave it up between the two statements.
            mine |= _claim_keys(job, [plan])
            continue
        if row.object_id != ids[plan.key]:
            if row.object_id in alive:
                continue
            # What was imported once was deleted since: the row makes it anew.
            row.object_id, row.digest, row.version, row.job = ids[plan.key], plan.digest, 1, job
            row.save()
        mine[plan.key] = ids[plan.key]
    return mine


def _entry(plan: RowPlan, object_id: UUID) -> NewEntry:
    return NewEntry(object_id, plan.organisation_id, plan.content, plan.source_note)


def _make(run: _Run, made: Sequence[tuple[RowPlan, UUID]]) -> None:
    job = ImportJob.objects.only("publish", "kind").get(pk=run.job_id)
    entries = [_entry(plan, object_id) for plan, object_id in made]
    real = run.target.create(actor=run.actor, entries=entries, publish=job.publish)
    for promised, object_id in real.items():
        ImportedObject.objects.filter(kind=job.kind, object_id=promised).update(object_id=object_id)
    for plan, object_id in made:
        plan.object_id = real.get(object_id, object_id)
        plan.is_applied = True


def _make_alone(run: _Run, plan: RowPlan, object_id: UUID) -> None:
    try:
        with transaction.atomic():
            _make(run, [(plan, object_id)])
    except DomainError as error:
        _refuse(plan, error)
    except DatabaseError as error:
        log.warning("imports.row_refused", job_id=str(run.job_id), error=str(error)[:300])
        plan.refuse("", "refused_by_database")
    if plan.outcome == Outcome.BAD:
        plan.object_id, plan.is_applied = None, False
        ImportedObject.objects.filter(kind=run.target.kind, object_id=object_id).delete()


def _refuse(plan: RowPlan, error: DomainError) -> None:
    faults = error.data.get("fields") if error.code == "invalid_input" else None
    if not faults:
        plan.refuse("", error.code)
        return
    for fault in faults:
        plan.refuse(fault["field"].split(".")[0], fault["code"])


_WHY_NOT = {
    Update.EDITED_HERE: "edited_here",
    Update.CLOSED: "entry_closed",
    Update.UNSUPPORTED: "changed_by_hand_only",
}


def _update(run: _Run, job: ImportJob, plans: Sequence[RowPlan]) -> None:
    for plan in plans:
        if plan.object_id is None:
            continue
        done, version = run.target.update(
            actor=run.actor, object_id=plan.object_id, version=plan.version, content=plan.content
        )
        if done is not Update.DONE:
            plan.add(Level.WARNING, "", _WHY_NOT[done])
            continue
        plan.is_applied = True
        ImportedObject.objects.filter(kind=job.kind, key=plan.key).update(
            digest=plan.digest, version=version, job=job
        )


def _write_rows(job: ImportJob, plans: Sequence[RowPlan]) -> None:
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                job=job,
                number=plan.number,
                outcome=plan.outcome,
                title=plan.title,
                issues=plan.issues,
                key=plan.key,
                digest=plan.digest,
                object_id=plan.object_id,
                is_applied=plan.is_applied,
            )
            for plan in plans
        ],
        update_conflicts=True,
        unique_fields=["job", "number"],
        update_fields=["outcome", "title", "issues", "key", "digest", "object_id", "is_applied"],
    )


# --- publication of what was imported ---


def _publish(run: _Run, job: ImportJob) -> None:
    while True:
        with transaction.atomic():
            held = _hold(run)
            rows = list(
                held.rows.filter(object_id__isnull=False)
                .order_by("number")
                .values_list("object_id", flat=True)[held.rows_done : held.rows_done + run.batch]
            )
            if not rows:
                _close(held, JobAction.FINISH, now=timezone.now())
                break
            count = run.target.publish(actor=run.actor, object_ids=rows)
            held.counts = {**held.counts, "published": held.counts.get("published", 0) + count}
            _advance(run, held, len(rows), ())
        run.progress(held)
    run.progress(held)


_RUNNERS: dict[JobStatus, Callable[[_Run, ImportJob], None]] = {
    JobStatus.PREVIEWING: _preview,
    JobStatus.COMMITTING: _commit,
    JobStatus.PUBLISHING: _publish,
}
