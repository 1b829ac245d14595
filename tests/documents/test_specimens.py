# SPDX-License-Identifier: EUPL-1.2
"""Specimens: invented, marked, the same for the same seed."""

import datetime as dt

import pytest

from rollkeeper.documents.mrz import check_mrz
from rollkeeper.documents.resident_card import check_resident_card
from rollkeeper.documents.specimens import Kind, make_specimen
from rollkeeper.documents.specimens.drawing import SHAPES
from rollkeeper.documents.specimens.people import invent
from rollkeeper.documents.specimens.zones import zone_of
from rollkeeper.documents.verdicts import Reason, Verdict

ON = dt.date(2012, 3, 1)


@pytest.mark.parametrize("seed", range(60))
def test_every_zone_that_is_drawn_is_valid_on_its_last_day(seed):
    person = invent(seed)

    for shape, _ in SHAPES.values():
        assert check_mrz("\n".join(zone_of(shape, person)), on=person.expires).verdict is Verdict.VALID


@pytest.mark.parametrize("seed", range(60))
def test_every_card_number_fits_and_belongs_to_no_county(seed):
    assert check_resident_card(invent(seed).card_number, on=ON).reasons == (Reason.REGION_UNKNOWN,)


@pytest.mark.parametrize("kind", Kind)
def test_the_same_seed_draws_the_same_picture(kind, fonts):
    first, second, other = (make_specimen(kind, seed=seed) for seed in (5, 5, 6))

    assert first.image.tobytes() == second.image.tobytes()
    assert first.image.tobytes() != other.image.tobytes()


def test_a_specimen_says_so(photographed):
    _, lines = photographed

    assert "SPECIMEN" in " ".join(lines)
