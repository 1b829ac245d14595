# SPDX-License-Identifier: EUPL-1.2
"""Pictures of documents, read in the sealed worker: as they are taken, in every form, and what is proposed."""

import datetime as dt
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from rollkeeper.documents import image_intake
from rollkeeper.documents.errors import NO_DOCUMENT_FOUND
from rollkeeper.documents.image_intake import read_document
from rollkeeper.documents.reading import page_layout, reader, zones
from rollkeeper.documents.reading.reader import Reader
from rollkeeper.documents.reading.worker_client import Answer
from rollkeeper.documents.reading.zones import find_zone
from rollkeeper.documents.specimens import Kind, make_specimen
from rollkeeper.documents.specimens.degradation import Degradation, degrade
from rollkeeper.documents.specimens.fonts import Typeface, font
from rollkeeper.documents.specimens.people import invent
from rollkeeper.documents.verdicts import Checked, Reason, Verdict
from tests.builders.documents import jpeg, zone_picture
from tests.documents.recall import upright
from tests.refusals import refusing

ON = dt.date(2012, 3, 1)
ASKED = ("name", "address", "document_type", "document_number", "document_valid_until", "birth_date")

pytestmark = pytest.mark.usefixtures("fonts")


def as_file(image: Image.Image, form: str, **options) -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def test_a_zone_is_read_from_a_bad_photograph():
    person = invent(11)
    degradation = Degradation(turned_degrees=187, tilt=0.02, blur_pixels=1.0, shadow=0.5, quality=60)
    image = degrade(make_specimen(Kind.PASSPORT, seed=11).image, degradation, seed=11)

    proposal = read_document(jpeg(image, quality=degradation.quality), asked=ASKED, on=ON)

    assert (proposal.shape, proposal.checked.verdict) == ("TD3", Verdict.VALID)
    assert dict(proposal.values) == {
        "document_type": "passport-uto",
        "document_number": person.number,
        "name": " ".join(f"{person.surname} {person.given}".split()),
        "birth_date": person.born.isoformat(),
        "document_valid_until": person.expires.isoformat(),
    }


def test_both_sides_in_one_pdf_are_one_document_and_its_last_day_is_looked_at():
    front, back = (make_specimen(kind, seed=5).image for kind in (Kind.CARD_FRONT, Kind.CARD_BACK))
    person = invent(5)
    pdf = as_file(front, "PDF", save_all=True, append_images=[back])

    read = read_document(pdf, asked=ASKED, on=person.expires + dt.timedelta(days=1))

    assert read.values["document_number"] == person.card_number
    assert read.values["document_valid_until"] == person.expires.isoformat()
    assert Reason.EXPIRED in read.checked.reasons


@pytest.mark.parametrize(("after", "expired"), [(-1, False), (0, False), (1, True)])
def test_a_card_holds_through_its_last_day(after, expired):
    day = dt.date(2012, 3, 1)
    values = {"document_valid_until": day.isoformat()}

    checked = image_intake._expired(Checked(Verdict.VALID, "", ()), values, on=day + dt.timedelta(days=after))

    assert (Reason.EXPIRED in checked.reasons) is expired


def test_a_card_for_life_does_not_expire():
    checked = Checked(Verdict.VALID, "", ())

    assert image_intake._expired(checked, {"document_valid_until": "长期"}, on=ON) == checked


ZONE = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


@pytest.mark.parametrize(
    ("mended", "verdict", "reasons"),
    [(False, Verdict.VALID, ()), (True, Verdict.DOUBTFUL, (Reason.LOOKS_ALIKE,))],
)
def test_a_letter_told_from_a_digit_by_a_check_digit_alone_is_doubtful(mended, verdict, reasons):
    finding = {"shape": "TD3", "values": {}, "zone": "\n".join(ZONE), "mended": mended}

    checked = image_intake._proposal(Answer({"findings": [finding]}, ()), asked=(), on=ON).checked

    assert (checked.verdict, checked.reasons) == (verdict, reasons)


@pytest.mark.parametrize("in_doubt", [True, False])
def test_a_check_digit_decides_only_where_the_reader_was_in_doubt(in_doubt):
    first, second = ZONE
    misread = [first, second.replace("L898902", "L8989O2")]

    class Doubts:
        def may_be(self, *_):
            return in_doubt

    texts, is_right = zones._mended("TD3", list(misread), Doubts())

    assert (texts, is_right) == ([first, second] if in_doubt else misread, in_doubt)


@pytest.mark.parametrize("form", ["WEBP", "HEIF"])
def test_every_form_of_file_is_read(form):
    proposal = read_document(as_file(zone_picture(Kind.PASSPORT, seed=2), form), asked=ASKED, on=ON)

    assert proposal.values["document_number"] == invent(2).number


def test_a_telephone_turns_its_pictures_by_a_note_in_the_file():
    image = zone_picture(Kind.PASSPORT, seed=2).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6

    proposal = read_document(as_file(image, "JPEG", exif=exif), asked=ASKED, on=ON)

    assert proposal.values["document_number"] == invent(2).number


def test_a_sheet_that_seemed_to_stand_on_its_head_is_turned_over(ocr_models, monkeypatch):
    monkeypatch.setattr(page_layout, "_votes", lambda *_: (0.0, 1.0))
    pixels = np.asarray(make_specimen(Kind.IDENTITY_CARD, seed=2).image)

    sheet = upright(pixels, ocr_models)

    assert find_zone(sheet, ocr_models) is None
    assert find_zone(page_layout.turned_over(sheet), ocr_models).is_right


def open_passport(turned):
    """Both pages of an open passport in a small picture, the print of the upper one turned."""
    low = make_specimen(Kind.PASSPORT, seed=1).image
    size = low.size if turned in {0, 180} else low.size[::-1]
    page = Image.new("RGB", size, (230, 238, 234))
    draw = ImageDraw.Draw(page)
    for row in range(16):
        words = "the bearer of this invented passport may pass without let or hindrance " * 2
        draw.text((50, 40 + row * size[1] // 17), words, font=font(Typeface.LATIN, 26), fill=(40, 40, 60))
    both = Image.new("RGB", (low.width, low.height * 2), (90, 90, 90))
    both.paste(page.rotate(turned, expand=True), (0, 0))
    both.paste(low, (0, low.height))
    return as_file(both.resize((600, 834)), "JPEG", quality=90)


@pytest.mark.parametrize(
    "turned", [90, 180, *(pytest.param(degrees, marks=pytest.mark.soak) for degrees in (0, 270))]
)
def test_an_open_passport_is_read_however_the_print_of_its_other_page_runs(turned):
    proposal = read_document(open_passport(turned), asked=ASKED, on=ON)

    assert proposal.values["document_number"] == invent(1).number


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(reader, "PAGE_WORK", 0)
    found = Reader().answer(open_passport(0), on=ON, said=lambda: None)

    assert found == ({"findings": []}, [])


def test_only_what_was_asked_for_is_proposed():
    data = as_file(zone_picture(Kind.PASSPORT, seed=2), "PNG")

    assert set(read_document(data, asked=("name",), on=ON).values) == {"name"}


def test_a_picture_of_nothing_proposes_nothing():
    with refusing(NO_DOCUMENT_FOUND):
        read_document(as_file(Image.new("RGB", (800, 600), (90, 120, 90)), "PNG"), asked=ASKED, on=ON)
