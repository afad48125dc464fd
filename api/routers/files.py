"""Files of entries, instruments and organisations: handed in, sent, deleted, brought back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from api import auth, uploads
from api.downloads import send_file
from api.schemas.base import problems
from api.schemas.files import FileEdit, FileList, FileTarget, NewFile, StoredFile
from park.files import queries, services
from park.files.media import Media

router = Router(tags=["files"])
SCHEMA = {"schema": {"type": "string", "format": "binary"}}
BINARY: dict[str, Any] = {
    "responses": {
        200: {"description": "The bytes", "content": {str(media): SCHEMA for media in Media}}
    }
}

uploads.allow(
    "api/v1/files", lambda request: services.largest_upload(request.GET.get("purpose", ""))
)


@router.get(
    "",
    operation_id="list_files",
    auth=auth.ANYBODY,
    response={200: FileList, **problems(401, 404, 422)},
    summary="The files of something",
)
def list_files(request: HttpRequest, target: Query[FileTarget]):
    """Also says how many and which may be added, and whether by you."""
    found = queries.list_files(
        actor=auth.actor(request), purpose_code=target.purpose, object_id=target.object_id
    )
    return {
        "items": found.items,
        "can_write": found.can_write,
        "max_bytes": found.purpose.max_bytes,
        "max_count": found.purpose.max_count,
        "media_types": sorted(found.purpose.media),
        "visibilities": list(found.purpose.visibilities),
    }


@router.post(
    "",
    operation_id="add_file",
    auth=auth.MEMBERS,
    response={201: StoredFile, **problems(401, 403, 404, 409, 413, 415, 422, 429, 507)},
    summary="Hand in a file",
)
def add_file(request: HttpRequest, target: Query[NewFile], file: File[UploadedFile]):
    """A form with one part, `file`. What it is decides its content, not its name; pictures are
    made anew, without what a camera wrote into them."""
    stored = services.add_file(
        actor=auth.actor(request),
        purpose_code=target.purpose,
        object_id=target.object_id,
        file=file.file,  # pyright: ignore[reportArgumentType]
        name=file.name or "",
        visibility=target.visibility,
        caption=target.caption,
    )
    return Status(201, stored)


@router.get(
    "/{uuid:file_id}",
    operation_id="download_file",
    auth=auth.ANYBODY,
    response=problems(401, 404, 416),
    openapi_extra=BINARY,
    summary="A file's bytes",
)
def download_file(request: HttpRequest, file_id: UUID):
    stored = queries.get_file(actor=auth.actor(request), file_id=file_id)
    return send_file(request, stored)


@router.get(
    "/{uuid:file_id}/thumbnail",
    operation_id="download_thumbnail",
    auth=auth.ANYBODY,
    response=problems(401, 404, 416),
    openapi_extra=BINARY,
    summary="A picture, small",
)
def download_thumbnail(request: HttpRequest, file_id: UUID):
    stored = queries.get_file(actor=auth.actor(request), file_id=file_id)
    return send_file(request, stored, is_thumbnail=True)


@router.patch(
    "/{uuid:file_id}",
    operation_id="edit_file",
    auth=auth.MEMBERS,
    response={200: StoredFile, **problems(401, 403, 404, 409, 422)},
    summary="Change its caption or who sees it",
)
def edit_file(request: HttpRequest, file_id: UUID, body: FileEdit):
    return services.edit_file(
        actor=auth.actor(request), file_id=file_id, changes=body.model_dump(exclude_unset=True)
    )


@router.delete(
    "/{uuid:file_id}",
    operation_id="delete_file",
    auth=auth.MEMBERS,
    response={204: None, **problems(401, 403, 404, 409)},
    summary="Delete a file",
)
def delete_file(request: HttpRequest, file_id: UUID):
    """It can be brought back for thirty days."""
    services.delete_file(actor=auth.actor(request), file_id=file_id)
    return Status(204, None)


@router.post(
    "/{uuid:file_id}/restoration",
    operation_id="restore_file",
    auth=auth.MEMBERS,
    response={200: StoredFile, **problems(401, 403, 404, 409)},
    summary="Bring a deleted file back",
)
def restore_file(request: HttpRequest, file_id: UUID):
    return services.restore_file(actor=auth.actor(request), file_id=file_id)
