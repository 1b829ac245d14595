# SPDX-License-Identifier: EUPL-1.2
"""The copy that may be kept: what is on it, what is not, and how it is written."""

import datetime as dt
import io
import os
import sys
import tempfile
from dataclasses import replace

import pytest
from PIL import Image

from rollkeeper.documents.image_intake import CopyRules, Mark, NoCopy, is_plain_jpeg, read_and_redact
from rollkeeper.documents.reading.worker_client import the_worker
from rollkeeper.documents.specimens import Kind, drawing, make_specimen
from rollkeeper.documents.specimens.zones import zone_of
from rollkeeper.documents.verdicts import Reason
from tests.builders.documents import jpeg, zone_picture
from tests.documents import recall

ON = recall.ON
SHAPES = {
    Kind.PASSPORT: "TD3",
    Kind.IDENTITY_CARD: "TD1",
    Kind.IDENTITY_CARD_LARGE: "TD2",
    Kind.VISA: "MRV-A",
    Kind.VISA_SMALL: "MRV-B",
    Kind.CARD_FRONT: "cn-card-front",
    Kind.CARD_BACK: "cn-card-back",
}

ALIKE = (Kind.IDENTITY_CARD_LARGE, Kind.VISA, Kind.VISA_SMALL)
"""Their zones have two lines and show the same places as a passport's. To look at a copy takes two seconds: the soak looks at theirs."""

pytestmark = pytest.mark.usefixtures("fonts")


class Writing:
    """Which files this process opens so that it can write into them, for as long as a block goes on."""

    def __init__(self) -> None:
        self.watching, self.files = False, []
        sys.addaudithook(self._note)

    def _note(self, event, arguments):
        # Temporary files are opened by number and flags, without a mode.
        if self.watching and event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self.files.append(arguments[0])

    def __enter__(self):
        self.watching, self.files = True, []

    def __exit__(self, *_):
        self.watching = False


@pytest.fixture(scope="module")
def writing():
    return Writing()


@pytest.fixture(scope="module")
def taken_in(fonts, writing):
    """One copy of every kind, every second one with the number's middle hidden; and what was written to a disk meanwhile."""
    the_worker()
    documents = list(recall.documents(len(Kind), first=40))
    with writing:
        copies = [
            (drawn, data, number, recall.intake(data, shows_middle=number % 2 == 0))
            for drawn, data, number in documents
        ]
    return copies, list(writing.files)


@pytest.fixture(scope="module")
def copies(taken_in):
    return taken_in[0]


@pytest.fixture(scope="module")
def card(fonts):
    """The zone of a card: it is only read, and read in a moment."""
    return jpeg(zone_picture(Kind.IDENTITY_CARD, seed=9))


@pytest.fixture(scope="module")
def looks(copies, ocr_models):
    """What an attacker's look reads on the copy of each document of another make, spoilt."""
    return {
        drawn.kind: (drawn, number, recall.lines_on(recall.spoilt(done.copies[0], number), ocr_models))
        for drawn, _, number, done in copies
        if drawn.kind not in ALIKE
    }


def test_nothing_that_is_masked_can_be_read_on_a_copy_of_any_make(looks):
    read = []
    for drawn, number, lines in looks.values():
        masked = recall.masked_values(drawn, shows_middle=number % 2 == 0)
        read += [(drawn.kind, name) for name, value in masked.items() if recall.is_read(name, value, lines)]

    assert {*looks, *ALIKE} == {*Kind}
    assert not read


def test_a_copy_of_any_kind_is_for_the_most_part_an_empty_sheet(copies):
    empty = {drawn.kind: recall.empty_share(done.copies[0]) for drawn, _, _, done in copies}

    assert empty.keys() == {*Kind}
    assert min(empty.values()) > 0.75


def test_every_kind_is_read_right_from_a_bad_photograph(copies):
    assert {drawn.kind: done.proposal.shape for drawn, _, _, done in copies} == SHAPES
    for drawn, _, _, done in copies:
        said, values = drawn.printed, dict(done.proposal.values)
        assert values.pop("document_type")
        if drawn.kind is Kind.CARD_FRONT:
            assert values == {
                "document_number": said["number"],
                "name": said["name"],
                "address": said["address"],
            }
        elif drawn.kind is not Kind.CARD_BACK:
            assert values == {"document_number": said["number"], "name": f"{said['surname']} {said['given']}"}


def test_the_same_look_reads_the_same_values_on_the_document_itself(photographed):
    drawn, lines = photographed
    masked = recall.masked_values(drawn, shows_middle=False)

    read = {name for name, value in masked.items() if recall.is_read(name, value, lines)}

    assert {"portrait", "born", "personal_number", "signature", "middle"} <= read


def test_what_the_law_asks_for_can_be_read_on_a_copy(looks):
    drawn, number, lines = looks[Kind.CARD_FRONT]
    ends = drawn.printed["number"] if number % 2 == 0 else drawn.printed["number"][:6]

    assert any(drawn.printed["name"] in line for line in lines)
    assert any(ends in line for line in lines)


def test_a_copy_is_written_again_with_nothing_beside_its_pixels(copies):
    assert all(is_plain_jpeg(copy) for *_, done in copies for copy in done.copies)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data + b"\0",
        lambda data: data + data,
        lambda data: data[:2] + b"\xff\xe1\x00\x08Exif\0\0" + data[2:],
        lambda data: data[:2] + b"\xff\xfe\x00\x05abc" + data[2:],
        lambda data: data[:2] + b"\xff\xe0\x00\x0dJFXX\0abcdef" + data[2:],
        lambda data: data[:20] + data[2:20] + data[20:],
        lambda data: data[:-2],
        lambda _: b"",
        lambda data: b"\x89PNG" + data,
    ],
)
def test_a_copy_with_anything_beside_its_pixels_is_noticed(copies, spoil):
    assert not is_plain_jpeg(spoil(copies[0][3].copies[0]))


def test_the_copy_of_a_picture_with_exif_has_none():
    exif = Image.Exif()
    exif[0x010E] = "somebody's telephone"
    written = io.BytesIO()
    make_specimen(Kind.PASSPORT, seed=8).image.save(written, "JPEG", exif=exif)

    (copy,) = recall.intake(written.getvalue() + b"trailing bytes", shows_middle=True).copies

    assert b"somebody" not in copy
    assert not Image.open(io.BytesIO(copy)).getexif()


def test_the_mark_stands_across_the_copy(looks):
    for *_, lines in looks.values():
        words = " ".join(lines)

        assert "Invented Telecom" in words
        assert "registration" in words
        assert "2013-10-09" in words


def test_a_mark_in_chinese_and_in_tibetan_is_drawn(card):
    done = read_and_redact(
        card, asked=(), copy=CopyRules(recall.ASKED), mark=Mark("ཀ་ཁ་ག", "登记", dt.date(2012, 2, 29)), on=ON
    )

    assert len(done.copies) == 1


def test_a_mark_that_no_font_can_draw_leaves_no_copy_rather_than_an_unmarked_one(card):
    done = read_and_redact(
        card, asked=("name",), copy=CopyRules(recall.ASKED), mark=Mark("ཀ电", "x", ON), on=ON
    )

    assert (done.copies, done.no_copy) == ((), NoCopy.MARK_NOT_DRAWABLE)
    assert "name" in done.proposal.values


@pytest.mark.soak
def test_nothing_that_is_masked_can_be_read_on_the_copies_of_many_documents(ocr_models):
    tally, read = recall.Tally(), []

    for drawn, data, number in recall.documents(18 * len(Kind), first=1000):
        done = recall.intake(data, shows_middle=number % 2 == 0)
        read += recall.look(drawn, done, number, ocr_models, tally)

    assert tally.copies > 0.9 * tally.documents
    assert not read


@pytest.fixture
def forged(monkeypatch):
    """Draw a passport whose number has one digit that does not belong there."""

    def drawn(number: str, *, place: int, digit: str):
        def changed(shape, person):
            first, second = zone_of(shape, replace(person, number=number))
            return first, second[:place] + digit + second[place + 1 :]

        monkeypatch.setattr(drawing, "zone_of", changed)
        return make_specimen(Kind.PASSPORT, seed=10)

    return drawn


def test_a_zone_whose_digits_do_not_fit_is_proposed_doubtful_and_leaves_no_copy(forged):
    drawn = forged("P23456789", place=3, digit="9")

    done = recall.intake(jpeg(drawn.image), shows_middle=True)

    assert done.proposal.checked.reasons == (Reason.CHECK_DIGIT,)
    assert done.proposal.values["document_number"] == "P23956789"
    assert (done.copies, done.no_copy) == ((), NoCopy.PLACES_NOT_CERTAIN)


def test_a_letter_that_looks_like_a_digit_is_read_right_where_its_check_digit_fits(forged):
    number = "P2345678O"
    drawn = forged(number, place=8, digit="O")

    done = recall.intake(jpeg(drawn.image), shows_middle=True)

    assert done.proposal.values["document_number"] == number
    assert set(done.proposal.checked.reasons) <= {Reason.LOOKS_ALIKE}


def test_nothing_is_written_to_a_disk_while_a_picture_is_read(taken_in, writing, tmp_path):
    copies, by_reading = taken_in
    with writing:
        (tmp_path / "x").write_bytes(b"x")
        with tempfile.TemporaryFile(dir=tmp_path):
            pass

    assert len(copies) == len(Kind)
    assert by_reading == []
    assert len(writing.files) >= 2
