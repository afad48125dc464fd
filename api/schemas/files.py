"""Files as the API takes and gives them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import Input, Output, Time, choice
from park.files.models import FileVisibility

Purpose = Annotated[str, Field(max_length=40)]
Caption = Annotated[str, Field(max_length=200)]
Visibility = choice(FileVisibility.values)


class FileTarget(Input):
    """What files belong to."""

    purpose: Purpose
    """need_attachment, capability_attachment, instrument_photo, organisation_paper."""
    object_id: UUID


class NewFile(FileTarget):
    visibility: Visibility = ""  # pyright: ignore[reportInvalidTypeForm]
    """Blank: what is usual for the purpose."""
    caption: Caption = ""


class FileEdit(Input):
    visibility: Visibility = ""  # pyright: ignore[reportInvalidTypeForm]
    caption: Caption = ""


class StoredFile(Output):
    id: UUID
    purpose: str
    object_id: UUID
    name: str
    caption: str
    visibility: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    is_image: bool
    """Shown in place, and has a thumbnail."""
    created_at: Time


class FileList(Output):
    items: list[StoredFile]
    can_write: bool
    max_bytes: int
    max_count: int
    media_types: list[str]
    visibilities: list[str]
