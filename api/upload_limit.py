"""Stops uploads that are too large at their declared length and while bytes arrive.

What is refused is read to its end and kept nowhere, within bounds: a sender that is cut off in the
middle never sees the answer.
"""

import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

DRAINED_SECONDS = 30
DRAINED_BYTES = 512 * 1024 * 1024
CHUNK = 64 * 1024


class UploadLimitHandler(FileUploadHandler):
    """Stands before the handlers that keep files. Raises RequestDataTooBig."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's own name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self._input = input_data
        self._received = 0
        if content_length > settings.UPLOAD_MAX_BYTES:
            self._refuse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_MAX_BYTES:
            self._refuse()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _refuse(self) -> None:
        until, left = time.monotonic() + DRAINED_SECONDS, DRAINED_BYTES
        with suppress(OSError):
            while left > 0 and time.monotonic() < until and (chunk := self._input.read(CHUNK)):
                left -= len(chunk)
        raise RequestDataTooBig
