# SPDX-License-Identifier: EUPL-1.2
"""Which last day a former subscriber is told: that of their own end, whatever became of the line, in the time of the operator."""

import datetime as dt
from types import SimpleNamespace

import pytest

from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import keeps_until
from rollkeeper.selfcare.personal_data import list_entries
from rollkeeper.selfcare.sessions import tenures_of
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import terminate_line
from tests.selfcare.people import register_line

HANDED_OVER = dt.date(2012, 6, 15)


@pytest.mark.usefixtures("committed")
def test_who_gave_a_line_up_is_told_of_their_own_end():
    begin_first_epoch()
    line = register_line()
    terminate_line(line, quarantined_until=dt.date(2013, 3, 1), on=dt.date(2012, 12, 1))
    # In the small hours of the next day where the operator is.
    run("UPDATE lines_tenure SET held = tstzrange('2012-03-02 01:00+00', '2012-06-14 20:00+00')")
    (who,) = rows("SELECT person_id FROM lines_tenure")
    (tenure,) = tenures_of(who.person_id)

    told = {row["last_day"] for row in list_entries(SimpleNamespace(person_id=who.person_id), tenure)}

    assert told == {keeps_until(load_pack(instance().pack), HANDED_OVER).isoformat()}
