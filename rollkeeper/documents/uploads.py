# SPDX-License-Identifier: EUPL-1.2
"""Takes an uploaded picture of any size into memory, and never into a temporary file."""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from rollkeeper.documents.reading.file_types import MAX_BYTES


class MemoryOnly(FileUploadHandler):
    """Keeps the file in memory; a file larger than the limit ends the request.

    Use it alone: `request.upload_handlers = [MemoryOnly(request)]`, before anything reads `request.POST`.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._bytes = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Add a piece of the file."""
        if self._bytes.tell() + len(raw_data) > MAX_BYTES:
            raise StopUpload(connection_reset=True)
        self._bytes.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the whole file."""
        self._bytes.seek(0)
        return InMemoryUploadedFile(
            file=self._bytes, field_name=self.field_name, name=self.file_name, content_type=self.content_type,
            size=file_size, charset=self.charset, content_type_extra=self.content_type_extra,
        )  # fmt: skip
