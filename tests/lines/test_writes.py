# SPDX-License-Identifier: EUPL-1.2
"""What happens to a line in the database: several reasons at once, periods without overlap, paused clocks."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, PersonId, TenureId, new_uuid
from rollkeeper.law.packs import load_pack
from rollkeeper.lines import services
from rollkeeper.lines.choices import LineState, PauseReason, SuspensionReason
from rollkeeper.lines.errors import (
    DAYS_REVERSED,
    LINE_CHANGED,
    LINE_TERMINATED,
    NOT_SUSPENDED,
    TENURE_OVERLAP,
    LineNotFound,
)
from rollkeeper.lines.queries import (
    current_tenure,
    find_line,
    find_line_by_input,
    line_history,
    tenures,
)
from rollkeeper.lines.writes import (
    NewLine,
    NewTenure,
    create_lines,
    lock_line,
    register_tenures,
    restore_from_suspension,
)
from rollkeeper.vault.blind_index import blind_numbers
from tests.builders.lines import (
    activate_line,
    begin_tenure,
    enter,
    suspend_line,
    terminate_line,
    transfer_tenure,
)
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("register")

ON = dt.date(2012, 3, 2)
DAY = dt.timedelta(days=1)
NUMBER = "+8613800138000"
ME = console_authority()


@pytest.fixture
def line() -> LineId:
    return activate_line(NUMBER, service=Service.MOBILE, on=dt.date(2010, 5, 1))


def at(hour: int) -> dt.datetime:
    return dt.datetime(2012, 3, 2, hour, tzinfo=dt.UTC)


def tenure(line_id: LineId) -> NewTenure:
    return NewTenure(line_id, TenureId(new_uuid()), "individual", PersonId(new_uuid()), "sighted", None)


def test_a_line_is_found_by_its_whole_number_and_by_no_part_of_it(line):
    assert find_line(NUMBER).line_id == line
    assert find_line(NUMBER[:-1]) is None
    assert find_line_by_input("138 0013 8000").line_id == line


def test_a_number_has_one_line(line):
    again = NewLine(LineId(new_uuid()), NUMBER, blind_numbers([NUMBER])[0], Service.MOBILE, None)

    assert create_lines([again], on=ON)() == []
    assert find_line(NUMBER).line_id == line


def test_reasons_for_suspension_live_side_by_side_and_lifting_one_leaves_the_others(line):
    for reason in SuspensionReason:
        suspend_line(line, reason=reason, on=ON)

    remaining = restore_from_suspension(line, reason=SuspensionReason.REGISTRATION, on=ON + DAY)

    assert set(remaining.reasons) == set(SuspensionReason) - {SuspensionReason.REGISTRATION}
    assert remaining.state is LineState.SUSPENDED


def test_a_line_is_active_again_when_the_last_reason_is_lifted(line):
    for reason in SuspensionReason:
        suspend_line(line, reason=reason, on=ON)

    states = [restore_from_suspension(line, reason=reason, on=ON).state for reason in SuspensionReason]

    assert states == [LineState.SUSPENDED] * (len(SuspensionReason) - 1) + [LineState.ACTIVE]


def test_each_reason_has_a_clock_of_its_own(line):
    suspend_line(line, reason=SuspensionReason.UNPAID, on=ON)
    suspend_line(line, reason=SuspensionReason.REGISTRATION, on=ON + DAY)
    restore_from_suspension(line, reason=SuspensionReason.UNPAID, on=ON + 2 * DAY)

    found = {s.reason: (s.begun_on, s.restored_on) for s in line_history(line).suspensions}

    assert found == {
        SuspensionReason.UNPAID: (ON, ON + 2 * DAY),
        SuspensionReason.REGISTRATION: (ON + DAY, None),
    }


def test_the_same_reason_is_not_open_twice(line):
    suspend_line(line, reason=SuspensionReason.UNPAID, on=ON)

    with pytest.raises(IntegrityError), transaction.atomic():
        suspend_line(line, reason=SuspensionReason.UNPAID, on=ON)


def test_a_reason_that_is_not_open_is_not_lifted(line):
    with refusing(NOT_SUSPENDED):
        restore_from_suspension(line, reason=SuspensionReason.UNPAID, on=ON)


def test_a_decision_on_an_older_version_is_refused(line):
    version = find_line(NUMBER).version
    suspend_line(line, reason=SuspensionReason.UNPAID, on=ON)

    with refusing(LINE_CHANGED):
        lock_line(line, version=version)


def test_a_line_that_is_over_is_changed_no_more(line):
    terminate_line(line, by="subscriber", quarantined_until=ON + 90 * DAY, on=ON)

    with refusing(LINE_TERMINATED):
        restore_from_suspension(line, reason=SuspensionReason.UNPAID, on=ON)
    with refusing(LINE_TERMINATED):
        services.pause_clock(ME, line, ON, None, PauseReason.ABROAD, ON)


def test_an_unknown_line_is_not_found():
    with pytest.raises(LineNotFound):
        lock_line(LineId(new_uuid()))


def test_the_database_refuses_two_tenures_at_one_time(line):
    begin_tenure(tenure(line), at=at(9))

    with pytest.raises(IntegrityError), transaction.atomic():
        run(
            "INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance)"
            " VALUES (%s, tstzrange(%s, %s), %s, 'individual', %s, 'sighted')",
            [line, at(10), at(11), new_uuid(), new_uuid()],
        )


def test_two_tenures_at_one_time_are_a_refusal_of_the_package(line):
    begin_tenure(tenure(line), at=at(9))

    with refusing(TENURE_OVERLAP):
        begin_tenure(tenure(line), at=at(8))


def test_a_tenure_does_not_end_before_it_began(line):
    begin_tenure(tenure(line), at=at(9))

    with refusing(TENURE_OVERLAP):
        clock.set_demo_date(dt.date(2012, 3, 1))
        entry = enter(line)
        register_tenures([tenure(line)], entries=[entry], languages=[None], at=at(8))


def test_each_tenure_of_a_line_has_the_period_in_which_it_was_held(line):
    first, second = tenure(line), tenure(line)
    begin_tenure(first, at=at(9))
    transfer_tenure(second, at=at(12))

    found = [(one.tenure_id, one.since, one.until) for one in tenures(line)]

    assert found == [(first.tenure_id, at(9), at(12)), (second.tenure_id, at(12), None)]
    assert current_tenure(line).tenure_id == second.tenure_id


def test_the_database_knows_no_other_state(line):
    with pytest.raises(IntegrityError), transaction.atomic():
        run("UPDATE lines_line SET state = 'gone' WHERE line_id = %s", [line])


def test_pauses_keep_their_first_and_last_day(line):
    services.pause_clock(ME, line, ON, ON + 3 * DAY, PauseReason.HOSPITAL, ON)
    services.pause_clock(ME, line, ON + DAY, None, PauseReason.ABROAD, ON)

    found = [(p.first, p.last) for p in line_history(line).pauses]
    reasons = [row.reason for row in rows("SELECT reason FROM lines_pause ORDER BY days")]

    assert found == [(ON, ON + 3 * DAY), (ON + DAY, None)]
    assert reasons == [PauseReason.HOSPITAL, PauseReason.ABROAD]


@pytest.mark.parametrize(("last", "refused"), [(ON - DAY, True), (ON, False), (ON + DAY, False)])
def test_a_pause_does_not_end_before_it_begins(line, last, refused):
    if refused:
        with refusing(DAYS_REVERSED):
            services.pause_clock(ME, line, ON, last, PauseReason.OTHER, ON)
    else:
        assert services.pause_clock(ME, line, ON, last, PauseReason.OTHER, ON)


def test_a_dispute_stops_the_clock_and_its_end_lets_it_go_on(line):
    services.mark_disputed(ME, line, ON)
    during = line_history(line)
    services.settle_dispute(ME, line, ON + 5 * DAY)
    after = line_history(line)

    assert (during.line.is_disputed, [(p.first, p.last) for p in during.pauses]) == (True, [(ON, None)])
    assert (after.line.is_disputed, [(p.first, p.last) for p in after.pauses]) == (
        False,
        [(ON, ON + 5 * DAY)],
    )


def test_a_second_dispute_makes_no_second_pause(line):
    services.mark_disputed(ME, line, ON)
    services.mark_disputed(ME, line, ON)

    assert len(line_history(line).pauses) == 1


def test_every_act_leaves_an_entry_under_the_line(line):
    services.pause_clock(ME, line, ON, None, PauseReason.ABROAD, ON)
    services.mark_disputed(ME, line, ON)
    services.settle_dispute(ME, line, ON)
    services.mark_essential(ME, line, essential=True, on=ON)

    found = [
        r.verb for r in rows("SELECT verb FROM ledger_entry WHERE line_id = %s ORDER BY entry_id", [line])
    ]

    assert found == [
        "line:clock:paused", "line:line:disputed", "line:clock:paused", "line:line:dispute_settled",
        "line:clock:resumed", "line:line:marked_essential",
    ]  # fmt: skip


def test_a_clock_stands_still_and_goes_on_by_an_article_of_the_pack_in_force(line):
    services.pause_clock(ME, line, ON, None, PauseReason.ABROAD, ON)
    services.resume_clock(ME, line, ON, PauseReason.ABROAD, ON)

    said = [json.loads(r.body) for r in rows("SELECT body FROM ledger_entry WHERE line_id = %s", [line])]

    assert [(one["article"], one["pack"]) for one in said] == [("3", load_pack("cn-xz-2011").hash)] * 2


def test_who_lacks_the_power_changes_nothing(line):
    auditor = Authority(frozenset({StaffRole.AUDITOR}), None, "auditor")

    with refusing(NOT_ALLOWED):
        services.pause_clock(auditor, line, ON, None, PauseReason.ABROAD, ON)

    assert line_history(line).pauses == ()
