"""Reads of imports: the jobs, their rows, what can be imported."""

from collections.abc import Iterator
from uuid import UUID

from park.accounts.actors import Actor
from park.core import text_rules
from park.core.errors import NotAllowed, NotFound
from park.core.pages import MAX_LIMIT, Page, decode_cursor, encode_cursor, highest_first
from park.core.text_rules import Problems
from park.imports import targets
from park.imports.models import ImportJob, ImportRow
from park.imports.states import Outcome
from park.imports.targets import ImportTarget


def importable_targets(actor: Actor) -> list[ImportTarget]:
    """What the actor may import. Raises not_allowed when that is nothing."""
    found = [target for target in targets.all_targets() if target.can_import(actor)]
    if not found:
        raise NotAllowed("import")
    return found


def importable_target(actor: Actor, kind: str) -> ImportTarget:
    """Raises not_allowed, not_found."""
    for target in importable_targets(actor):
        if target.kind == kind:
            return target
    raise NotFound("import_kind")


def list_imports(*, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page[ImportJob]:
    """Newest first; one query. Raises not_allowed, invalid_cursor."""
    importable_targets(actor)
    rows = ImportJob.objects.visible_to(actor).select_related("uploader", "organisation")
    return highest_first(rows, by="id", purpose="imports", cursor=cursor, limit=limit)


def get_import(*, actor: Actor, job_id: UUID) -> ImportJob:
    """Raises not_found."""
    rows = ImportJob.objects.visible_to(actor).select_related("uploader", "organisation")
    job = rows.filter(pk=job_id).first()
    if job is None:
        raise NotFound("import")
    return job


def list_rows(
    *,
    actor: Actor,
    job_id: UUID,
    outcome: str = "",
    with_issues: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[ImportRow]:
    """In the order of the file. Raises not_found, invalid_input, invalid_cursor."""
    job = get_import(actor=actor, job_id=job_id)
    problems = Problems()
    text_rules.choice(outcome, "outcome", problems, choices=Outcome.values)
    problems.raise_if_any()
    limit = max(1, min(limit, MAX_LIMIT))
    purpose = f"import-rows:{job.pk}:{outcome}:{with_issues}"
    rows = job.rows.order_by("number")
    if outcome:
        rows = rows.filter(outcome=outcome)
    if with_issues:
        rows = rows.exclude(issues=[])
    if cursor:
        (last,) = decode_cursor(purpose, cursor)
        rows = rows.filter(number__gt=last)
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    return Page(found[:limit], encode_cursor(purpose, found[limit - 1].number))


def rows_with_issues(*, actor: Actor, job_id: UUID) -> Iterator[ImportRow]:
    """Every row that has something to say, streamed in the order of the file. Raises not_found."""
    job = get_import(actor=actor, job_id=job_id)
    rows = job.rows.exclude(issues=[]).order_by("number")
    return rows.iterator(chunk_size=1000)
