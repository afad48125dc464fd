"""Uploads as they stream in: onto the disk, never into memory, and no further than allowed.

An operation that takes a file says so once with `allow`; everything else takes no more than a form.
What the file is and whether it is wanted is for the services.
"""

import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from api.throttling import Limit
from park.core.errors import DomainError

ENVELOPE = 64 * 1024
"""What a form adds to its file: boundaries, names, a few fields."""
DRAINED_SECONDS = 30
DRAINED_BYTES = 512 * 1024 * 1024
CHUNK = 64 * 1024

_limits: dict[str, Callable[[HttpRequest], int]] = {}


def allow(route: str, max_bytes: Callable[[HttpRequest], int]) -> None:
    """Let a route (as in "api/v1/files") take one file of so many bytes.

    `max_bytes` sees the request before its body has been read: its path and query only.
    """
    _limits[route] = max_bytes


class GuardedUploadHandler(FileUploadHandler):
    """Django's one upload handler here. The file has no name on the disk, so none is left over."""

    chunk_size = CHUNK

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's own spelling
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self._input = input_data
        self._file: Any = None
        request = self.request
        assert isinstance(request, HttpRequest)  # noqa: S101 - Django passes it
        route = request.resolver_match.route if request.resolver_match else ""
        max_bytes = _limits.get(route)
        if max_bytes is None:
            if content_length > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
                self._drain()
                raise RequestDataTooBig("no file is expected here")
            self._limit = content_length
            return
        self._limit = max_bytes(request)
        self._count_attempt(request)
        if content_length > self._limit + ENVELOPE:
            self._refuse("file_too_large", limit=self._limit)

    def _count_attempt(self, request: HttpRequest) -> None:
        # A session is parsed for its CSRF field before `request.auth` is set.
        try:
            Limit("upload").count(request, request.user)
        except DomainError:
            self._drain()
            raise

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self._file is not None:
            self._refuse("too_many_files", limit=1)
        settings.UPLOAD_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Closed with the request.
        self._file = tempfile.TemporaryFile(dir=settings.UPLOAD_DIR)  # noqa: SIM115

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self._limit:
            self._refuse("file_too_large", limit=self._limit)
        try:
            self._file.write(raw_data)
        except OSError as error:
            self._drain()
            raise DomainError("storage_full") from error

    def file_complete(self, file_size: int) -> UploadedFile:
        self._file.seek(0)
        return UploadedFile(
            file=self._file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        self._close()

    def _refuse(self, code: str, **data: Any) -> None:
        self._close()
        self._drain()
        raise DomainError(code, **data)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _drain(self) -> None:
        """Read what is still coming, and keep nothing: a sender that is cut off in the middle of
        sending never sees the answer. Within bounds, for those who would send for ever."""
        until = time.monotonic() + DRAINED_SECONDS
        left = DRAINED_BYTES
        with suppress(OSError):
            while left > 0 and time.monotonic() < until:
                chunk = self._input.read(CHUNK)
                if not chunk:
                    return
                left -= len(chunk)
