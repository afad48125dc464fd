"""Numbered editions (第N批清单): frozen lists, as pages, files and compared with each other."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from api import auth
from api.editions import (
    edition_detail,
    present_comparison,
    present_editions,
    present_entries,
)
from api.exports import FILE_ANSWER, as_download, export, file_response
from api.pagination import PageQuery
from api.schemas.base import Page, problems
from api.schemas.editions import (
    Arrangement,
    Comparison,
    ComparisonQuery,
    Edition,
    EditionEdit,
    EditionEntry,
    EditionFilters,
    EntryQuery,
    NewEdition,
    VersionSeen,
    WithdrawalRequest,
)
from api.schemas.exports import ExportQuery
from market.editions import exports, queries, services
from market.listings.kinds import ListingKind
from park.sheets.writing import Format

router = Router(tags=["editions"], auth=auth.MEMBERS)
WRITE = problems(401, 403, 404, 409, 422)
MEDIA_TYPES = {"pdf": "application/pdf", "xlsx": Format.XLSX.media_type}
EDITION_FILE = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in MEDIA_TYPES.values()
            },
        }
    }
}


@router.get(
    "",
    operation_id="list_editions",
    auth=auth.ANYBODY,
    response={200: Page[Edition], **problems(401, 422)},
    summary="Editions, newest first",
)
def list_editions(request: HttpRequest, filters: Query[EditionFilters], page: Query[PageQuery]):
    """What was issued; for staff drafts too."""
    found = queries.list_editions(
        actor=auth.actor(request), **filters.model_dump(), **page.model_dump()
    )
    return present_editions(found)


@router.post(
    "",
    operation_id="freeze_edition",
    response={201: Edition, **WRITE},
    summary="Freeze a round, or all that is published, into a draft (staff)",
)
def freeze_edition(request: HttpRequest, body: NewEdition):
    made = services.freeze_edition(
        actor=auth.actor(request),
        list_kind=ListingKind(body.list_kind) if body.list_kind else None,
        round_id=body.round_id,
        title=body.title,
        note=body.note,
    )
    return Status(201, edition_detail(auth.actor(request), made.pk))


@router.get(
    "/{uuid:edition_id}",
    operation_id="get_edition",
    auth=auth.ANYBODY,
    response={200: Edition, **problems(401, 404)},
    summary="An edition",
)
def get_edition(request: HttpRequest, edition_id: UUID):
    return edition_detail(auth.actor(request), edition_id)


@router.get(
    "/{uuid:edition_id}/entries",
    operation_id="list_edition_entries",
    auth=auth.ANYBODY,
    response={200: Page[EditionEntry], **problems(401, 404, 422)},
    summary="Its entries, in its order",
)
def list_edition_entries(
    request: HttpRequest, edition_id: UUID, query: Query[EntryQuery], page: Query[PageQuery]
):
    """The content as it was public when the edition was frozen."""
    found = queries.list_entries(
        actor=auth.actor(request),
        edition_id=edition_id,
        is_left_out=query.left_out,
        **page.model_dump(),
    )
    return present_entries(found)


@router.get(
    "/{uuid:edition_id}/files/{form}",
    operation_id="get_edition_file",
    auth=auth.ANYBODY,
    response=problems(401, 404, 409, 422),
    openapi_extra=EDITION_FILE,
    summary="The edition as PDF or Excel",
)
def get_edition_file(request: HttpRequest, edition_id: UUID, form: Literal["pdf", "xlsx"]):
    """Made once, by a worker, after the edition was issued; 409 `edition_not_ready` until then."""
    edition, content = queries.file_content(
        actor=auth.actor(request), edition_id=edition_id, form=form
    )
    response = file_response(content, MEDIA_TYPES[form])
    stem = f"{edition.list_kind}-edition-{edition.number}"
    return as_download(response, stem=stem, name=edition.heading, extension=form)


@router.patch(
    "/{uuid:edition_id}",
    operation_id="edit_edition",
    response={200: Edition, **WRITE},
    summary="Change title or note of a draft (staff)",
)
def edit_edition(request: HttpRequest, edition_id: UUID, body: EditionEdit):
    services.edit_edition(
        actor=auth.actor(request),
        edition_id=edition_id,
        version=body.version,
        content=body.content.model_dump(exclude_unset=True),
    )
    return edition_detail(auth.actor(request), edition_id)


@router.delete(
    "/{uuid:edition_id}",
    operation_id="discard_edition",
    response={204: None, **WRITE},
    summary="Discard a draft (staff)",
)
def discard_edition(request: HttpRequest, edition_id: UUID):
    services.discard_edition(actor=auth.actor(request), edition_id=edition_id)
    return Status(204, None)


@router.put(
    "/{uuid:edition_id}/arrangement",
    operation_id="arrange_edition",
    response={200: Edition, **WRITE},
    summary="Order a draft and leave entries out (staff)",
)
def arrange_edition(request: HttpRequest, edition_id: UUID, body: Arrangement):
    services.arrange_edition(actor=auth.actor(request), edition_id=edition_id, **body.model_dump())
    return edition_detail(auth.actor(request), edition_id)


@router.post(
    "/{uuid:edition_id}/refreshment",
    operation_id="refresh_edition",
    response={200: Edition, **WRITE},
    summary="Freeze a draft again (staff)",
)
def refresh_edition(request: HttpRequest, edition_id: UUID, body: VersionSeen):
    """Contents as they are published now; order and what was left out stay."""
    services.refresh_edition(actor=auth.actor(request), edition_id=edition_id, version=body.version)
    return edition_detail(auth.actor(request), edition_id)


@router.post(
    "/{uuid:edition_id}/issuance",
    operation_id="issue_edition",
    response={200: Edition, **WRITE},
    summary="Issue it under the next number (staff)",
)
def issue_edition(request: HttpRequest, edition_id: UUID, body: VersionSeen):
    """It never changes afterwards; it can only be withdrawn, with a reason."""
    services.issue_edition(actor=auth.actor(request), edition_id=edition_id, version=body.version)
    return edition_detail(auth.actor(request), edition_id)


@router.post(
    "/{uuid:edition_id}/withdrawal",
    operation_id="withdraw_edition",
    response={200: Edition, **WRITE},
    summary="Take it back, with a reason (staff)",
)
def withdraw_edition(request: HttpRequest, edition_id: UUID, body: WithdrawalRequest):
    services.withdraw_edition(actor=auth.actor(request), edition_id=edition_id, reason=body.reason)
    return edition_detail(auth.actor(request), edition_id)


@router.get(
    "/{uuid:edition_id}/comparison",
    operation_id="compare_editions",
    auth=auth.ANYBODY,
    response={200: Comparison, **problems(401, 404, 422)},
    summary="It beside another edition of its list",
)
def compare_editions(request: HttpRequest, edition_id: UUID, query: Query[ComparisonQuery]):
    """The one frozen first is the older, whichever is named first."""
    found = queries.compare_editions(
        actor=auth.actor(request), edition_id=edition_id, **query.model_dump()
    )
    return present_comparison(found)


@router.get(
    "/{uuid:edition_id}/comparison/export",
    operation_id="export_comparison",
    auth=auth.ANYBODY,
    response=problems(401, 404, 422, 429),
    openapi_extra=FILE_ANSWER,
    summary="The comparison as a file",
)
def export_comparison(
    request: HttpRequest,
    edition_id: UUID,
    filters: Query[ComparisonQuery],
    query: Query[ExportQuery],
):
    table = exports.export_comparison(
        actor=auth.actor(request), edition_id=edition_id, **filters.model_dump()
    )
    return export(request, query, table, filters.model_dump(exclude_unset=True))
