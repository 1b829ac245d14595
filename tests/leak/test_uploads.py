# SPDX-License-Identifier: EUPL-1.2
"""An uploaded file is never written to disk, not even during the request."""

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

LARGE = 4_000_000


@pytest.mark.parametrize("size", [10, LARGE])
def test_a_file_that_is_sent_is_never_written(app, monkeypatch, size):
    app("counter")
    written = []
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *_, **__: written.append("file"))
    monkeypatch.setattr(
        "django.core.files.uploadedfile.tempfile.NamedTemporaryFile", lambda *_, **__: written.append("file")
    )
    file = SimpleUploadedFile("invented.txt", b"x" * size)

    answer = Client().post("/account/login/", {"login": "nobody-01", "password": "x", "file": file})

    assert answer.status_code == 200
    assert written == []
