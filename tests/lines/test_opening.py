# SPDX-License-Identifier: EUPL-1.2
"""What a supervisor can open of a protected subscriber: nothing, in any part."""

import datetime as dt

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, TenureId, new_uuid
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.opening import open_field
from rollkeeper.lines.writes import NewTenure
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.subscribers.services import set_protection
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from tests.builders.lines import activate_line, begin_tenure, make_subscriber
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("committed", "register")  # an opening is entered by a separate commit

ON = dt.date(2012, 3, 2)
OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "0f" * 32)
SUPERVISOR = Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "0f" * 32)


@pytest.mark.parametrize("way", ["its reference", "its number"])
@pytest.mark.parametrize("part", [PartyRole.SUBSCRIBER, PartyRole.USER, PartyRole.BEARER, PartyRole.GUARDIAN])
def test_nobody_under_protection_is_opened_whatever_they_are_to_the_line(part, way):
    line = activate_line("+8613800138000", service=Service.MOBILE, on=dt.date(2010, 5, 1))
    people = {one: make_subscriber() for one in PartyRole}
    begin_tenure(
        NewTenure(
            line, TenureId(new_uuid()), "company", people[PartyRole.SUBSCRIBER], "sighted", None,
            user_person_id=people[PartyRole.USER], bearer_person_id=people[PartyRole.BEARER],
            guardian_person_id=people[PartyRole.GUARDIAN],
        ),
        at=dt.datetime(2012, 3, 2, tzinfo=dt.UTC),
    )  # fmt: skip

    def look(authority=SUPERVISOR):
        asked = str(line) if way == "its reference" else "+8613800138000"
        open_field(authority, asked, field=Field.NAME, purpose=Purpose.SUBSCRIBER_REQUEST, on=ON, part=part)

    with pytest.raises(CannotOpen):  # nothing was sealed, so that this is as far as anybody comes
        look()
    set_protection(people[part], protected=True)
    with refusing(LineNotFound):
        look()
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")) == 1
    with pytest.raises(CannotOpen):
        look(OFFICER)
