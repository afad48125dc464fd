"""Sends stored files: streamed, in parts when asked, and harmless whatever is in them."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from park.core.errors import DomainError
from park.files.models import FileVisibility, StoredFile
from park.files.queries import open_file

POLICY = "default-src 'none'; sandbox"
CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def send_file(
    request: HttpRequest, stored: StoredFile, *, is_thumbnail: bool = False
) -> HttpResponseBase:
    """200, 206 for one range, 304 for what the reader has already. Raises not_found,
    range_not_satisfiable."""
    size = stored.thumbnail_size if is_thumbnail else stored.size
    digest = stored.thumbnail_sha256 if is_thumbnail else stored.sha256
    etag = f'"{digest[:40]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _protect(unchanged, stored, etag)
    part = _wanted_part(request, size, etag)
    content = open_file(stored, is_thumbnail=is_thumbnail)
    if part is None:
        response: HttpResponseBase = FileResponse(content, content_type=stored.media_type)
        length = size
    else:
        first, last = part
        length = last - first + 1
        response = FileResponse(
            _Part(content, first, length), content_type=stored.media_type, status=206
        )
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(length)
    # Only what we drew ourselves is shown in place.
    disposition = content_disposition_header(not stored.is_image, stored.name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return _protect(response, stored, etag)


def _protect(response: Any, stored: StoredFile, etag: str) -> HttpResponseBase:
    is_private = stored.visibility == FileVisibility.PRIVATE
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # A public one may stop being public tomorrow: kept, but asked for again each time.
    response.headers["Cache-Control"] = "private, no-store" if is_private else "private, no-cache"
    return response


def _wanted_part(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte; None for all of it, also when the range makes no sense (RFC 9110)."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or request.headers.get("If-Range", etag) != etag:
        return None
    start, end = found.groups()
    if not start and not end:
        return None
    if not start:  # the last so many
        first, last = max(0, size - int(end[:20])), size - 1
        is_empty = int(end[:20]) == 0
    else:
        first, last = int(start[:20]), min(int(end[:20] or size), size - 1)
        if end and int(end[:20]) < first:
            return None
        is_empty = False
    if is_empty or first >= size:
        raise DomainError("range_not_satisfiable", size=size)
    return first, last


class _Part:
    """The bytes of one range, closed with the response."""

    def __init__(self, file: File, first: int, length: int) -> None:
        file.seek(first)
        self._file = file
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0 and (chunk := self._file.read(min(CHUNK, self._left))):
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._file.close()
