"""Lists as files: streamed, throttled, and put on record where they carry contact data.

Which rows and cells a reader gets is decided by each noun's `exports`.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import structlog
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from api import auth
from api.addresses import client_site
from api.schemas.exports import ExportQuery
from api.throttling import Limit
from api.words import words_of
from park.accounts.actors import Actor, user_or_none
from park.core import audit
from park.core.errors import DomainError
from park.core.models import new_id
from park.organisations.queries import is_staff
from park.sheets.exports import Table
from park.sheets.writing import Format, write

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Exports that one reader may have under way."""
AT_ONCE_IN_ALL = 6
"""Of the web's threads some always stay free for pages."""
LONGEST = 900
"""Seconds; whoever reads more slowly is cut off, and a place nobody gave back is free again."""

FILE_ANSWER: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                form.media_type.split(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for form in Format
            },
        }
    }
}
"""How the API's description tells of a file."""


def export(
    request: HttpRequest, query: ExportQuery, table: Table[Any], filters: Mapping[str, Any]
) -> HttpResponseBase:
    """The table as the file that was asked for. Raises rate_limited."""
    actor = auth.actor(request)
    places = _take_places(request, actor)
    try:
        if table.has_contacts or is_staff(actor):
            _put_on_record(actor, table, query.format, filters)
        words = words_of(request, query.language)
        form = Format(query.format)
        name = table.name.for_reader(words)
        pieces = write(
            form,
            table.layout(words),
            table.records(words),
            zone=timezone.get_default_timezone(),
            details=table.details_layout(words),
        )
    except BaseException:
        cache.delete_many(places)
        raise
    response = StreamingHttpResponse(_Stream(pieces, places), content_type=form.media_type)
    return as_download(response, stem=table.noun, name=name, extension=form.value)


def as_download(
    response: HttpResponseBase, *, stem: str, name: str, extension: str
) -> HttpResponseBase:
    """The headers of a file that is saved and never shown as a page of ours.

    The name is there twice (RFC 6266): in plain letters, and as it is meant.
    """
    day = timezone.localdate().isoformat()
    plain = f"{stem}-{day}.{extension}"
    full = quote(f"{name}-{day}.{extension}", safe="")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # A proxy that collects the whole file first would take the memory that we save.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def file_response(content: bytes, media_type: str) -> HttpResponse:
    return HttpResponse(content, content_type=media_type)


class _Stream:
    """The pieces, until the reader has them all, goes away, or takes too long."""

    def __init__(self, pieces: Iterator[bytes], places: list[str]) -> None:
        self._pieces = pieces
        self._places = places
        self._until = time.monotonic() + LONGEST

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if time.monotonic() > self._until:
            log.warning("export.too_slow", places=self._places)
            self.close()
            # An end without an error would pass for a whole file.
            raise TimeoutError("the export took too long")
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Django calls it at the end of the answer, also for a reader who never read."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
        cache.delete_many(self._places)


def _take_places(request: HttpRequest, actor: Actor) -> list[str]:
    """Counts the export and holds a place for it, so that no reader takes all threads."""
    user = user_or_none(actor)
    who = str(user.pk) if user else client_site(request)
    Limit("export").count(request, user)
    places: list[str] = []
    for group, size in ((f"of:{who}", AT_ONCE), ("all", AT_ONCE_IN_ALL)):
        place = next(
            (
                key
                for number in range(size)
                if cache.add(key := f"attempts:exporting:{group}:{number}", 1, timeout=LONGEST)
            ),
            None,
        )
        if place is None:
            cache.delete_many(places)
            raise DomainError("rate_limited", retry_after=10)
        places.append(place)
    return places


def _put_on_record(actor: Actor, table: Table[Any], form: str, filters: Mapping[str, Any]) -> None:
    used = {name: str(value) for name, value in filters.items() if value not in ("", None, False)}
    audit.record(
        actor=user_or_none(actor),
        action="exported",
        kind=table.noun,
        # An export is of no single object; the id only tells one from another.
        object_id=new_id(),
        changes={"format": form, "filters": used},
    )
