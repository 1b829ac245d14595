# SPDX-License-Identifier: EUPL-1.2
"""The keyed hash of a claimant's document does not outlast the record that it is about, though no one decided the case."""

import datetime as dt
import os

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.retention.services import erase_due
from rollkeeper.selfcare.portal_worker import forget_expired
from tests.builders.lines import terminate_line
from tests.selfcare.people import NUMBER, ON, register_line

pytestmark = pytest.mark.usefixtures("committed")
DAY = dt.timedelta(days=1)
ENDED = ON + 30 * DAY
ERASED = ENDED.replace(year=ENDED.year + 1) + DAY


@pytest.fixture
def line():
    clock.set_demo_date(ON)
    line = register_line(NUMBER)
    (held,) = rows("SELECT tenure_id FROM lines_tenure WHERE line_id = %s", [line])
    run(
        "INSERT INTO selfcare_case (case_id, line_id, tenure_id, kind, opened_on, due_on, claimant_mark, asked_from)"
        " VALUES (%s, %s, %s, 'inherit', %s, %s, %s, %s)",
        [new_uuid(), line, held.tenure_id, ON, ON + 15 * DAY, os.urandom(32), new_uuid()],
    )
    clock.set_demo_date(ENDED)
    terminate_line(line, quarantined_until=ENDED + 90 * DAY, on=ENDED)
    return line


def marks():
    (case,) = rows("SELECT claimant_mark, asked_from FROM selfcare_case")
    return case.claimant_mark is not None, case.asked_from is not None


def test_it_stays_while_the_record_is_kept(line):
    forget_expired(worker_authority(), on=ENDED)

    assert marks() == (True, True)


def test_it_goes_once_the_record_is_erased(line):
    clock.set_demo_date(ERASED)
    assert erase_due(worker_authority(), on=ERASED, after_gap=True).lines == 1

    forget_expired(worker_authority(), on=ERASED)

    assert marks() == (False, False)


def test_the_role_of_the_worker_may_forget_it(line, as_role):
    clock.set_demo_date(ERASED)
    erase_due(worker_authority(), on=ERASED, after_gap=True)

    with as_role("worker"):
        forget_expired(worker_authority(), on=ERASED)

    assert marks() == (False, False)
