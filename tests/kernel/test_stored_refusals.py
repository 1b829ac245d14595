# SPDX-License-Identifier: EUPL-1.2
"""What one process refused is said by another as it was: each fault, with its facts and of its class."""

import datetime as dt

from rollkeeper.kernel.errors import INVALID_DATE, Faults, as_one
from rollkeeper.kernel.stored_refusals import restored_refusals, stored_refusals
from rollkeeper.lines.errors import LineNotFound

DAY = dt.date(2012, 3, 2)


def restored(fault):
    return as_one(restored_refusals(stored_refusals(fault)))


def test_a_refusal_is_restored_with_its_facts_as_text():
    fault = INVALID_DATE(given=DAY)

    back = restored(fault)

    assert (back.code, back.kind, str(back), back.advice) == (
        fault.code,
        fault.kind,
        str(fault),
        fault.advice,
    )


def test_a_refusal_that_code_catches_by_its_class_is_restored_of_that_class():
    assert isinstance(restored(LineNotFound()), LineNotFound)


def test_several_faults_are_restored_one_by_one():
    back = restored(Faults([INVALID_DATE(given="soon"), LineNotFound()]))

    assert [one.code for one in back.faults] == [INVALID_DATE.code, LineNotFound.code]
