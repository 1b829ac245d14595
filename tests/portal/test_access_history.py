# SPDX-License-Identifier: EUPL-1.2
"""Who opened something of a person is shown to them, whatever else was done meanwhile."""

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.opening import open_field
from rollkeeper.selfcare import dashboard
from rollkeeper.vault.fields import Field, Purpose
from tests.builders.staff import employ
from tests.pages import text
from tests.selfcare.people import ON, register_line


@pytest.mark.parametrize("pushed_by", ["others who look up", "one's own openings"])
def test_nothing_that_is_done_later_pushes_an_opening_out_of_the_history(
    come_in, prove, monkeypatch, pushed_by
):
    monkeypatch.setattr(dashboard, "_MOST_OF_A_KIND", 5)
    line = register_line()
    officer, clerk = employ(StaffRole.DATA_PROTECTION_OFFICER), employ(StaffRole.CLERK)
    open_field(officer, str(line), field=Field.NAME, purpose=Purpose.CORRECTION, on=ON)
    browser = come_in()
    prove()

    for _ in range(6):
        if pushed_by == "others who look up":
            append_entry(clerk, verb=Verb.LINE_LOOKED_UP, role="clerk", on=ON, line_id=line)
        else:
            browser.post("/personal-data/")

    assert "The data protection officer" in text(browser.get("/access-history/"))
