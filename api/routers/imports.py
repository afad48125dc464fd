"""Lists that staff bring in: upload, columns, preview, commit, result."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from api import auth, uploads
from api import imports as answers
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.imports import (
    Import,
    ImportCard,
    ImportColumnsEdit,
    ImportCommit,
    ImportKinds,
    ImportRowFilters,
    ImportRowOut,
    NewImport,
)
from park.imports import queries, services

router = Router(tags=["imports"], auth=auth.MEMBERS)
uploads.allow("api/v1/imports", lambda request: services.DEFAULT_LIMITS.bytes)
CHANGE = problems(401, 403, 404, 409, 422)


def _as_file(media_type: str) -> dict[str, Any]:
    """How an answer that is a file stands in the description."""
    schema = {"type": "string", "format": "binary"}
    return {"responses": {200: {"description": "OK", "content": {media_type: {"schema": schema}}}}}


@router.get(
    "",
    operation_id="list_imports",
    response={200: Page[ImportCard], **problems(401, 403, 422)},
    summary="Imports, newest first",
)
def list_imports(request: HttpRequest, page: Query[PageQuery]):
    found = queries.list_imports(actor=auth.actor(request), **page.model_dump())
    return answers.present_cards(found)


@router.post(
    "",
    operation_id="start_import",
    response={201: Import, **problems(401, 403, 404, 409, 413, 422, 429, 507)},
    summary="Upload a list",
)
def start_import(request: HttpRequest, new: Query[NewImport], file: File[UploadedFile]):
    """A .xlsx, .csv or .jsonl file. Nothing is taken over yet: the answer says what its columns
    were recognised as."""
    job = services.start_import(
        actor=auth.actor(request),
        file_name=file.name or "",
        chunks=file.chunks(),
        **new.model_dump(),
    )
    return Status(201, answers.detail(auth.actor(request), job.pk))


@router.get(
    "/kinds",
    operation_id="list_import_kinds",
    response={200: ImportKinds, **problems(401, 403)},
    summary="What can be imported, and its fields",
)
def list_import_kinds(request: HttpRequest):
    return answers.present_kinds(queries.importable_targets(auth.actor(request)))


@router.get(
    "/kinds/{kind}/template",
    operation_id="get_import_template",
    response=problems(401, 403, 404),
    openapi_extra=_as_file(answers.XLSX),
    summary="A workbook with the headings",
)
def get_import_template(request: HttpRequest, kind: str):
    target = queries.importable_target(auth.actor(request), kind)
    return answers.template(target)


@router.get(
    "/{uuid:import_id}",
    operation_id="get_import",
    response={200: Import, **problems(401, 404)},
    summary="An import",
)
def get_import(request: HttpRequest, import_id: UUID):
    return answers.detail(auth.actor(request), import_id)


@router.put(
    "/{uuid:import_id}/columns",
    operation_id="map_import_columns",
    response={200: Import, **CHANGE},
    summary="Say what the columns mean",
)
def map_import_columns(request: HttpRequest, import_id: UUID, body: ImportColumnsEdit):
    """An earlier preview is forgotten."""
    services.map_columns(actor=auth.actor(request), job_id=import_id, **body.model_dump())
    return answers.detail(auth.actor(request), import_id)


@router.post(
    "/{uuid:import_id}/preview",
    operation_id="preview_import",
    response={202: Import, **CHANGE},
    summary="Find out what would happen",
)
def preview_import(request: HttpRequest, import_id: UUID):
    """A worker does it; ask the import for its progress."""
    services.preview_import(actor=auth.actor(request), job_id=import_id)
    return Status(202, answers.detail(auth.actor(request), import_id))


@router.post(
    "/{uuid:import_id}/commit",
    operation_id="commit_import",
    response={202: Import, **CHANGE},
    summary="Take the rows over",
)
def commit_import(request: HttpRequest, import_id: UUID, body: ImportCommit):
    """A worker does it; ask the import for its progress. The same row is never taken twice."""
    services.commit_import(actor=auth.actor(request), job_id=import_id, **body.model_dump())
    return Status(202, answers.detail(auth.actor(request), import_id))


@router.post(
    "/{uuid:import_id}/publication",
    operation_id="publish_import",
    response={202: Import, **CHANGE},
    summary="Publish what it made",
)
def publish_import(request: HttpRequest, import_id: UUID):
    """Those of its entries that are held or submitted; a worker does it."""
    services.publish_import(actor=auth.actor(request), job_id=import_id)
    return Status(202, answers.detail(auth.actor(request), import_id))


@router.post(
    "/{uuid:import_id}/cancellation",
    operation_id="cancel_import",
    response={200: Import, **CHANGE},
    summary="Stop it",
)
def cancel_import(request: HttpRequest, import_id: UUID):
    """What is taken over already stays."""
    services.cancel_import(actor=auth.actor(request), job_id=import_id)
    return answers.detail(auth.actor(request), import_id)


@router.get(
    "/{uuid:import_id}/rows",
    operation_id="list_import_rows",
    response={200: Page[ImportRowOut], **problems(401, 404, 422)},
    summary="What becomes of each row",
)
def list_import_rows(
    request: HttpRequest, import_id: UUID, filters: Query[ImportRowFilters], page: Query[PageQuery]
):
    return queries.list_rows(
        actor=auth.actor(request), job_id=import_id, **filters.model_dump(), **page.model_dump()
    )


@router.get(
    "/{uuid:import_id}/report",
    operation_id="get_import_report",
    response=problems(401, 404),
    openapi_extra=_as_file("text/csv"),
    summary="Everything to know of its rows, as CSV",
)
def get_import_report(request: HttpRequest, import_id: UUID):
    actor = auth.actor(request)
    job = queries.get_import(actor=actor, job_id=import_id)
    return answers.report(job, queries.rows_with_issues(actor=actor, job_id=import_id))
