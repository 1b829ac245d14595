# SPDX-License-Identifier: EUPL-1.2
"""One document image behind two lines is noticed, however it was saved in between; two documents are distinguished."""

import datetime as dt
import io
import random
from functools import cache

import pytest
from PIL import Image, ImageDraw, ImageFont

from rollkeeper.access.authority import worker_authority
from rollkeeper.agents import queries
from rollkeeper.agents.choices import Pattern
from rollkeeper.agents.duplicate_images import fingerprints_of
from rollkeeper.agents.review_cases import FINGERPRINT_RETENTION, delete_fingerprints
from rollkeeper.agents.rules import SAME_IMAGE_SHARE
from rollkeeper.kernel.database import rows
from rollkeeper.lines.models import Tenure
from rollkeeper.registration.services import change_record
from tests.agents.conftest import ON
from tests.operations.test_app_roles import refused
from tests.registration.people import fresh_number

LETTERS = "ABCDEFGHIKLMNOPRSTUVWXYZ"


@cache
def written(seed, *, mark="Invented Telecom  registration  2012-03-02", quality=82, shrunk=1.0):
    """A copy as Rollkeeper makes one: strips of a person's text on an empty sheet, a mark across, a JPEG."""
    dice = random.Random(seed)  # noqa: S311 - a document image, no secret
    sheet = Image.new("RGB", (1400, 880), (226, 228, 232))
    draw = ImageDraw.Draw(sheet)
    for top in (140, 220, 300, 380, 460, 720, 790):
        text = "".join(dice.choice(LETTERS) for _ in range(dice.randrange(14, 34)))
        draw.text((220, top), text, font=ImageFont.load_default(48), fill=(20, 20, 24))
    sheet.paste((150, 30, 30), mask=across(mark))
    if shrunk < 1:
        small = sheet.resize((round(1400 * shrunk), round(880 * shrunk)))
        sheet = small.resize((1400, 880))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=quality)
    return out.getvalue()


@cache
def across(mark):
    """The mark, in lines across a sheet."""
    layer = Image.new("L", (2100, 2100), 0)
    for top in range(0, 2100, 104):
        ImageDraw.Draw(layer).text(
            (0, top), f"{mark}   {mark}   {mark}", font=ImageFont.load_default(26), fill=110
        )
    return layer.rotate(18).crop((350, 610, 1750, 1490))


def common(one, other):
    mine, theirs = set(fingerprints_of([one])), set(fingerprints_of([other]))
    return len(mine & theirs) / max(len(mine), len(theirs))


@pytest.mark.parametrize(
    "other",
    [{"mark": "Another Operator  another day  2013-11-09"}, {"quality": 50}, {"shrunk": 0.8, "quality": 70}],
    ids=["under another mark", "saved anew", "smaller in between"],
)
def test_the_same_picture_is_known_again(data_dir, other):
    assert common(written(1), written(1, **other)) >= SAME_IMAGE_SHARE


def test_another_document_of_the_same_kind_is_another(data_dir):
    for seed in range(2, 8):
        assert common(written(1), written(seed)) < SAME_IMAGE_SHARE / 2


def test_an_empty_sheet_has_nothing_by_which_it_is_known(data_dir):
    sheet = io.BytesIO()
    Image.new("RGB", (1400, 880), (226, 228, 232)).save(sheet, "JPEG")

    assert fingerprints_of([sheet.getvalue()]) == []
    assert fingerprints_of([]) == []


def test_a_copy_that_is_used_for_a_second_line_is_held_and_the_line_keeps_its_date(counter):
    counter.register(copies=[written(1)])
    counter.register(copies=[written(2)])
    done = counter.register(copies=[written(1, quality=60)])

    (case,) = queries.open_cases()
    (line,) = rows("SELECT state FROM lines_line WHERE line_id = %s", [done.line_id])
    assert (case.pattern, case.line_id) == (Pattern.DUPLICATE_IMAGE, done.line_id)
    assert line.state == "active"
    assert done.day == ON


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "auditor"])
def test_no_app_reads_how_copies_look_and_a_counter_hears_of_likeness(counter, as_role, role):
    counter.register(copies=[written(1)])
    alike = "SELECT agents_is_duplicate_image(uuidv7(), %s, %s) AS seen"

    with as_role(role):
        assert refused("SELECT marks FROM agents_imagefingerprint")
        assert refused("SELECT line_id FROM agents_imagefingerprint")
        if role == "counter":
            for share, seed, seen in (
                (SAME_IMAGE_SHARE, 1, True),
                (SAME_IMAGE_SHARE, 2, False),
                (0, 2, False),
            ):
                (found,) = rows(alike, [fingerprints_of([written(seed)]), share])
                assert found.seen is seen
        else:
            assert refused(alike, [[1], SAME_IMAGE_SHARE])


def test_a_line_that_is_corrected_with_its_own_copy_is_not_held(counter):
    who = {"document": "X7654321", "number": fresh_number()}
    counter.register(copies=[written(1)], **who)
    counter.register(copies=[written(1)], act=change_record, **who)

    assert len(rows("SELECT FROM agents_imagefingerprint")) == 2
    assert queries.open_cases() == []


@pytest.mark.parametrize(("days", "left"), [(0, 1), (1, 0)])
def test_how_a_copy_looked_is_forgotten_after_a_year(counter, days, left):
    counter.register(copies=[written(1)])

    delete_fingerprints(worker_authority(), on=ON + FINGERPRINT_RETENTION + dt.timedelta(days=days))

    assert len(rows("SELECT FROM agents_imagefingerprint")) == left


def test_how_a_copy_looked_is_forgotten_with_the_record(counter):
    counter.register(copies=[written(1)])
    Tenure.objects.update(erased_on=ON)

    delete_fingerprints(worker_authority(), on=ON)

    assert not rows("SELECT FROM agents_imagefingerprint")
