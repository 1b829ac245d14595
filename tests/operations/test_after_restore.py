# SPDX-License-Identifier: EUPL-1.2
"""What an older register brings back that had ended since: sessions, codes, batches. None of it is good any more."""

import datetime as dt
import os

import pytest
from django.db.models.functions import Now

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import INVITATION_INVALID
from rollkeeper.access.invitations import accept_invitation, mark_of
from rollkeeper.access.models import Invitation, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.models import Batch
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.operations import restore
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import refusing

DAY = dt.date(2012, 3, 2)
INSTANTS = {
    "register_of": dt.datetime(2012, 3, 1, tzinfo=dt.UTC),
    "keys_of": dt.datetime(2012, 3, 2, tzinfo=dt.UTC),
}
CODE, PASSWORD = "ABCDEFGHJKMNPQRSTVWX", "an-invented-long-password-4711"


@pytest.fixture
def brought_back(committed, monkeypatch):
    """Finish a restore, as of servers of the operator's own: of an embedded one the same is done."""
    away = instance().model_copy(update={"register_url": "postgresql://db.example/register"})
    monkeypatch.setattr(restore, "instance", lambda: away)
    return lambda: restore.finish_restore(console_authority(), **INSTANTS, on=DAY)


def batch(state):
    made = Batch.objects.create(
        batch_id=new_uuid(), campaign_id=new_uuid(), action="suspend", bars=1, due_on=DAY, state=state.value, line_count=3,
        pack_hash="a" * 64, max_lines_per_hour=1, pilot_count=1, prepared_at=clock.now(), content="b" * 64,
    )  # fmt: skip
    return made.batch_id


def test_no_session_of_the_backup_is_open_after_it(brought_back):
    staff = employ(StaffRole.CLERK)
    ends = clock.true_now() + dt.timedelta(hours=1)
    run(
        "INSERT INTO django_session (session_key, session_data, expire_date, staff_id) VALUES ('a', '', %s, %s)",
        [ends, staff.staff_id],
    )
    run(
        "INSERT INTO selfcare_portalsession (session_mark, line_id, ends_at, attempts_left, is_limited) VALUES (%s, %s, %s, 3, false)",
        [os.urandom(32), new_uuid(), ends],
    )

    brought_back()

    assert rows("SELECT FROM django_session") == []
    assert rows("SELECT FROM selfcare_portalsession") == []


def test_no_code_that_the_backup_owes_is_sent_or_printed_after_it(brought_back):
    page, index = new_uuid(), os.urandom(16)
    run(
        "INSERT INTO selfcare_coderequest (code_request_id, number_index, source_mark, language) VALUES (%s, %s, %s, 'en')",
        [page, index, os.urandom(16)],
    )
    for line_id, processed_at in ((None, None), (new_uuid(), "2012-03-01")):
        run(
            "INSERT INTO selfcare_postedcode (code_request_id, number_index, language, line_id, processed_at) VALUES (%s, %s, 'en', %s, %s)",
            [new_uuid(), index, line_id, processed_at],
        )

    brought_back()

    assert rows(sql("selfcare", "next_code_request")) == []
    assert rows(sql("selfcare", "next_letters"), {"most": 5}) == []


def test_an_invitation_that_was_used_since_lets_no_one_in_again(brought_back):
    who = employ(StaffRole.CLERK, username="clerk-01")
    staff = Staff.objects.get(staff_id=who.staff_id)
    Invitation.objects.create(staff=staff, code_mark=mark_of(CODE), coded_at=Now())

    brought_back()

    with refusing(INVITATION_INVALID):
        accept_invitation(username="clerk-01", code=CODE, password=PASSWORD, on=DAY)


def test_an_invitation_without_a_restore_lets_its_owner_in(committed):
    who = employ(StaffRole.CLERK, username="clerk-01")
    Invitation.objects.create(
        staff=Staff.objects.get(staff_id=who.staff_id), code_mark=mark_of(CODE), coded_at=Now()
    )

    assert accept_invitation(username="clerk-01", code=CODE, password=PASSWORD, on=DAY).username == "clerk-01"


@pytest.mark.parametrize("state", [BatchState.WAITING, BatchState.APPROVED, BatchState.RUNNING])
def test_a_batch_of_the_backup_acts_on_no_line_after_it(brought_back, state):
    waiting, done = batch(state), batch(BatchState.DONE)

    brought_back()

    assert Batch.objects.get(batch_id=waiting).state == BatchState.STOPPED
    assert Batch.objects.get(batch_id=done).state == BatchState.DONE
    (entry,) = entries("campaign:batch:stopped")
    assert entry.facts["batch"] == str(waiting)


def test_the_consoles_role_of_the_database_may_do_it(committed, as_role):
    batch(BatchState.RUNNING)
    employ(StaffRole.CLERK, username="clerk-01")

    with as_role("console"):
        restore._end_what_came_back(console_authority(), on=DAY)

    assert [one.state for one in Batch.objects.all()] == [BatchState.STOPPED]
