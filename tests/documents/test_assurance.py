# SPDX-License-Identifier: EUPL-1.2
"""How sure the register is: each level as what it was, none shown as more."""

import pytest

from rollkeeper.documents.assurance import Assurance, assurance_of, weakest
from rollkeeper.documents.verdicts import Verdict

LEVELS = ["declared", "sighted", "checked", "machine_read", "confirmed"]


def test_the_levels_stand_in_order_and_their_names_stay():
    assert [level.value for level in Assurance] == LEVELS
    assert [level.rank for level in Assurance] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("document_seen", "verdict", "machine_read", "was_confirmed", "level"),
    [
        (False, Verdict.VALID, False, False, Assurance.DECLARED),
        (False, Verdict.VALID, True, True, Assurance.DECLARED),
        (True, Verdict.DOUBTFUL, False, False, Assurance.SIGHTED),
        (True, Verdict.DOUBTFUL, True, True, Assurance.SIGHTED),
        (True, Verdict.VALID, False, False, Assurance.CHECKED),
        (True, Verdict.VALID, False, True, Assurance.CHECKED),
        (True, Verdict.VALID, True, False, Assurance.MACHINE_READ),
        (True, Verdict.VALID, True, True, Assurance.CONFIRMED),
    ],
)
def test_a_level_needs_every_level_below_it(document_seen, verdict, machine_read, was_confirmed, level):
    assert (
        assurance_of(
            document_seen=document_seen,
            verdict=verdict,
            machine_read=machine_read,
            was_confirmed=was_confirmed,
        )
        is level
    )


def test_a_record_is_as_sure_as_its_weakest_part():
    assert weakest(Assurance.CONFIRMED, Assurance.SIGHTED, Assurance.CHECKED) is Assurance.SIGHTED
    assert weakest() is Assurance.DECLARED
