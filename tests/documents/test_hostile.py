# SPDX-License-Identifier: EUPL-1.2
"""Hostile files are refused with a reason, and the worker goes on as if nothing had been."""

import datetime as dt
from functools import cache

import pytest

from rollkeeper.documents.errors import IMAGE_REJECTED, NO_DOCUMENT_FOUND
from rollkeeper.documents.image_intake import read_document
from rollkeeper.documents.reading.file_types import FileKind, sniff
from rollkeeper.documents.reading.refusals import SENTENCES
from rollkeeper.documents.reading.worker_client import the_worker
from tests.documents import hostile
from tests.refusals import refusing

ON = dt.date(2012, 3, 1)
# Made when a test asks: every process that collects the tests would wait for seconds else.
FILES = {what: (cache(make), name, reasons) for what, make, name, reasons in hostile.files()}
HARMLESS = dict(hostile.harmless())


@pytest.mark.parametrize("what", FILES)
def test_a_hostile_file_is_refused_with_its_reason(what):
    make, name, reasons = FILES[what]

    with refusing(IMAGE_REJECTED) as refused:
        read_document(make(), asked=(), on=ON, name=name)

    assert refused.value.facts["why"] in {SENTENCES[reason] for reason in reasons}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_too_much_in_a_file_is_never_looked_at(what):
    with refusing(IMAGE_REJECTED, NO_DOCUMENT_FOUND):
        read_document(HARMLESS[what](), asked=(), on=ON)


@pytest.mark.parametrize("name", ["x.jpg", "x.JPEG", "", "photo of my card.jpg", "x"])
def test_an_honest_file_is_not_refused(name):
    assert sniff(hostile.plain("JPEG"), name=name) is FileKind.JPEG


@pytest.mark.parametrize(
    "trailer", [hostile.plain("JPEG"), b"\0\0\0\x18ftypmp42" + bytes(400), b"SEFHe\0\0\0SEFT"]
)
def test_what_a_telephone_appends_to_its_pictures_is_no_second_file(trailer):
    assert sniff(hostile.plain("JPEG") + trailer, name="x.jpg") is FileKind.JPEG


def test_the_worker_outlives_every_file_and_keeps_nothing_open():
    worker = the_worker()

    for what in ("a PDF that draws without end", "half a HEIC", "a bomb of fifty gigabytes"):
        make, name, _ = FILES[what]
        with refusing(IMAGE_REJECTED):
            read_document(make(), asked=(), on=ON, name=name)

    assert the_worker() is worker
    assert worker.is_alive
