# SPDX-License-Identifier: EUPL-1.2
"""What lies around an image intake: the upload in memory, the mark of a reading, quick starts."""

import datetime as dt
import subprocess
import sys

import pytest
from django.core.files.uploadhandler import StopUpload
from django.test import RequestFactory

from rollkeeper.documents.image_intake import (
    CopyRules,
    ImageResult,
    Proposal,
    copy_rules,
    is_mark_of_reading,
    mark_of_reading,
)
from rollkeeper.documents.reading.file_types import MAX_BYTES
from rollkeeper.documents.uploads import MemoryOnly
from rollkeeper.documents.verdicts import Checked, Verdict
from rollkeeper.law.packs import load_pack

KEY, ON = b"k" * 32, dt.date(2012, 3, 1)


def test_a_number_that_was_read_is_known_again_however_it_is_typed():
    mark = mark_of_reading(KEY, document_type="cn-resident-card", number="11010519491231002X", on=ON)

    assert is_mark_of_reading(
        mark, KEY, document_type="CN_resident_card", number="110105 19491231 002x", on=ON
    )


@pytest.mark.parametrize(
    ("key", "kind", "number", "on"),
    [
        (KEY, "cn-resident-card", "110105194912310021", ON),
        (KEY, "passport", "11010519491231002X", ON),
        (KEY, "cn-resident-card", "11010519491231002X", dt.date(2012, 3, 2)),
        (b"l" * 32, "cn-resident-card", "11010519491231002X", ON),
    ],
)
def test_a_number_that_was_not_read_that_day_by_this_instance_is_not(key, kind, number, on):
    mark = mark_of_reading(KEY, document_type="cn-resident-card", number="11010519491231002X", on=ON)

    assert not is_mark_of_reading(mark, key, document_type=kind, number=number, on=on)


def test_a_copy_shows_what_the_pack_asks_of_the_party_and_none_is_kept_without_a_law():
    pack = load_pack("cn-xz-2011")
    asked = [attribute.name for attribute in pack.attributes("mobile", "individual")]

    assert copy_rules(pack, asked=[*asked, "religion"]) == CopyRules(
        frozenset({"name", "address", "document_type", "document_number"}), shows_middle_of_number=True
    )
    assert copy_rules(load_pack("none"), asked=asked) is None


def test_nothing_taken_in_shows_in_a_repr():
    proposal = Proposal("TD3", {"name": "TASHI"}, Checked(Verdict.VALID, "L898902C3", ()))

    assert "TASHI" not in repr(proposal) + repr(ImageResult(proposal, (b"TASHI",), None))


def test_an_upload_of_any_size_stays_in_memory():
    handler = MemoryOnly(RequestFactory().post("/"))
    handler.new_file("picture", "card.jpg", "image/jpeg", 5_000_000)
    for start in range(0, 5_000_000, 50_000):
        handler.receive_data_chunk(b"x" * 50_000, start)

    uploaded = handler.file_complete(5_000_000)

    assert not hasattr(uploaded, "temporary_file_path")
    assert uploaded.size == len(uploaded.read()) == 5_000_000


def test_an_upload_that_is_larger_than_is_read_ends_the_request():
    handler = MemoryOnly(RequestFactory().post("/"))
    handler.new_file("picture", "card.jpg", "image/jpeg", MAX_BYTES + 1)
    handler.receive_data_chunk(b"x" * MAX_BYTES, 0)

    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"x", MAX_BYTES)


def test_a_process_that_reads_no_picture_loads_nothing_for_it():
    asked = "import rollkeeper.documents.image_intake, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()

    assert not {"numpy", "cv2", "onnxruntime", "PIL", "pypdfium2", "django"} & set(loaded)


def test_the_process_that_reads_pictures_loads_no_django():
    asked = "import sys; from rollkeeper.documents.reading import cards, reader, travel, worker, zones; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "django" not in loaded
