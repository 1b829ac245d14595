# SPDX-License-Identifier: EUPL-1.2
"""A campaign closes when every line is finished and lines never notified are waived by a named person."""

import json
from uuid import uuid4

import pytest

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import batch_rollback, closure, nightly, queries
from rollkeeper.campaign.choices import WaiverReason
from rollkeeper.campaign.errors import CAMPAIGN_NOT_OVER, NO_CAMPAIGN, WAIVERS_MISSING
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import Faults
from rollkeeper.lines import services as lines
from tests.builders.commands import change_commands
from tests.builders.lines import make_line
from tests.builders.staff import employ
from tests.campaign.population import day, nights, plan, register, state, tell
from tests.refusals import refusing

PLANNED, LATER = day("2011-12-19"), day("2012-04-10")


@pytest.fixture
def planned(people: tuple[Authority, Authority]):
    """Two lines in a campaign: no one was notified yet."""
    line_ids = [make_line(), make_line()]
    plan(PLANNED)
    return line_ids


def waive(line_ids, *, by=None, because=WaiverReason.NO_CHANNEL_KNOWN, on=LATER):
    clock.set_demo_date(on)
    return closure.waive_unreachable(by or employ(StaffRole.SUPERVISOR), line_ids, because=because, on=on)


def close(on=LATER):
    clock.set_demo_date(on)
    return closure.close_campaign(console_authority(), on=on)


def test_what_changes_where_there_is_no_campaign_is_not_kept_for_ever(planned):
    waive(planned)
    close()
    stranger = make_line()
    for line_id in (stranger, planned[0]):
        run("INSERT INTO campaign_linechange (line_id) VALUES (%s)", [line_id])

    nightly.run_nightly(worker_authority(), on=LATER)

    kept = {row.line_id for row in rows("SELECT line_id FROM campaign_linechange")}
    assert kept == {planned[0]}  # an undo may open the campaign again that they were in


def test_it_does_not_close_over_people_who_were_never_notified(planned):
    waive(planned[:1])

    with refusing(WAIVERS_MISSING) as refused:
        close()

    assert refused.value.facts == {"count": 1, "article": "3"}
    assert queries.overview(LATER) is not None


def test_it_closes_once_a_named_person_answers_for_each_of_them(planned):
    by = employ(StaffRole.SUPERVISOR)
    waive(planned, by=by)

    closed = close()

    assert (closed.waived, closed.terminated, closed.out_of_scope) == (2, 0, 0)
    assert queries.overview(LATER) is None
    assert {row.waived_by for row in rows("SELECT * FROM campaign_unreachablewaiver")} == {by.staff_id}
    assert [state(line_id) for line_id in planned] == ["active", "active"]


def test_who_is_waived_is_still_listed_as_unreachable_with_the_reason(planned):
    waive(planned[:1], because=WaiverReason.NO_PERSON)

    found = {line.line_id: line.waiver_reason for line in queries.unreachable()}

    assert found == {planned[0]: "no_person", planned[1]: None}


def test_only_who_waits_to_be_reached_can_be_waived_and_once(planned):
    tell(planned[0], day("2012-01-02"))
    nightly.run_nightly(console_authority(), on=LATER)

    first, second = waive([*planned, uuid4()]), waive(planned)

    assert (first.waived, first.left_alone) == (1, 2)
    assert (second.waived, second.left_alone) == (0, 2)
    (entries,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'campaign:line:waived'")
    assert entries.n == 1


@pytest.mark.parametrize(
    "by", [console_authority, lambda: employ(StaffRole.CLERK), lambda: employ(StaffRole.ADMINISTRATOR)]
)
def test_nobody_is_waived_by_a_machine_or_by_who_has_no_say(planned, by):
    with refusing(NOT_ALLOWED):
        waive(planned, by=by())


def test_it_does_not_close_while_a_clock_runs_or_a_line_is_suspended(planned, people):
    tell(planned[0], day("2011-12-20"))
    waive(planned[1:], on=day("2011-12-21"))
    nights("2011-12-21", "2012-01-05", people)

    with refusing(CAMPAIGN_NOT_OVER) as counting:
        close(day("2012-01-05"))
    nights("2012-02-29", "2012-03-03", people)
    with refusing(CAMPAIGN_NOT_OVER) as suspended:
        close(day("2012-03-03"))

    assert (counting.value.facts["running"], counting.value.facts["suspended"]) == (1, 0)
    assert (suspended.value.facts["running"], suspended.value.facts["suspended"]) == (0, 1)


def test_it_closes_when_everybody_registered_or_was_ended(planned, people):
    tell(planned[0], day("2011-12-20"))
    register(planned[1], day("2012-01-10"))
    nights("2012-02-28", "2012-04-06", people)

    closed = close()

    assert (closed.terminated, closed.out_of_scope, closed.waived) == (1, 1, 0)


def test_every_reason_against_closing_is_named(planned):
    tell(planned[0], day("2011-12-20"))
    nightly.run_nightly(console_authority(), on=day("2012-01-05"))

    with pytest.raises(Faults) as refused:
        close(day("2012-01-05"))

    assert [fault.code for fault in refused.value.faults] == [WAIVERS_MISSING.code, CAMPAIGN_NOT_OVER.code]


def test_what_was_still_owed_is_withdrawn_and_nothing_follows(planned):
    waive(planned)
    close()

    assert {row.state for row in rows("SELECT state FROM notices_notice")} == {"withdrawn"}
    assert queries.unreachable() == []
    with refusing(NO_CAMPAIGN):
        close()


def test_a_new_campaign_takes_in_who_was_waived_and_forgets_the_waiver(planned):
    waive(planned)
    close()

    again = plan(LATER)

    assert again.members_added == 2
    assert {line.waiver_reason for line in queries.unreachable()} == {None}


def test_closing_and_excusing_work_with_the_rights_of_their_process(planned, as_role):
    by = employ(StaffRole.SUPERVISOR)
    with as_role("console"):
        waived = waive(planned, by=by)
        closed = close()

    assert (waived.waived, closed.waived) == (2, 2)


def test_the_ledger_keeps_the_reason_as_a_code(planned):
    waive(planned[:1], because=WaiverReason.SUBSCRIBER_DIED)

    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'campaign:line:waived'")
    assert json.loads(entry.body)["facts"]["because"] == "subscriber_died"


@pytest.mark.parametrize("stage", ["running", "suspended"])
def test_a_protected_line_that_no_batch_ever_cuts_does_not_keep_it_open(planned, people, stage):
    tell(planned[0], day("2011-12-20"))
    register(planned[1], day("2012-01-10"))
    nights("2012-02-28", "2012-03-01" if stage == "running" else "2012-03-02", people)
    lines.mark_essential(console_authority(), planned[0], essential=True, on=day("2012-03-02"))

    closed = close(day("2012-03-10"))

    assert (closed.terminated, closed.out_of_scope, closed.waived) == (0, 1, 0)


def test_a_line_that_the_network_refuses_to_bar_does_not_keep_it_open(planned, people):
    tell(planned[0], day("2011-12-20"))
    register(planned[1], day("2012-01-10"))
    nights("2012-02-28", "2012-03-02", people)
    change_commands(kind="bar", state="failed")

    assert close(day("2012-03-10")).terminated == 0


def test_an_end_that_is_undone_after_the_close_opens_it_again(planned, people):
    tell(planned[0], day("2011-12-20"))
    register(planned[1], day("2012-01-10"))
    nights("2012-02-28", "2012-04-06", people)
    close()
    (batch,) = rows("SELECT batch_id FROM campaign_batch WHERE action = 'terminate'")

    batch_rollback.undo_batch(people[1], batch.batch_id, on=LATER)
    nights("2012-04-11", "2012-04-20", people)

    assert state(planned[0]) == "terminated"
    assert queries.overview(day("2012-04-20")) is not None


def test_an_end_that_is_undone_while_another_campaign_is_open_is_counted_by_that_one(planned, people):
    tell(planned[0], day("2011-12-20"))
    register(planned[1], day("2012-01-10"))
    nights("2012-02-28", "2012-04-06", people)
    close()
    plan(LATER)
    suspend, end = [
        rows("SELECT batch_id FROM campaign_batch WHERE action = %s", [action])[0].batch_id
        for action in ("suspend", "terminate")
    ]

    batch_rollback.undo_batch(people[1], end, on=LATER)

    (member,) = rows("SELECT stage FROM campaign_member WHERE campaign_id <> %s", [campaign_of(end)])
    assert (state(planned[0]), member.stage) == ("suspended", "suspended")

    batch_rollback.undo_batch(people[1], suspend, on=LATER)

    (member,) = rows("SELECT stage FROM campaign_member WHERE campaign_id <> %s", [campaign_of(end)])
    assert (state(planned[0]), member.stage) == ("active", "running")
    said = " ".join(one.text for one in queries.explain_line(planned[0], on=LATER).sentences)
    assert "A notice provably reached the subscriber on 20 December 2011." in said


def campaign_of(batch_id):
    return rows("SELECT campaign_id FROM campaign_batch WHERE batch_id = %s", [batch_id])[0].campaign_id
