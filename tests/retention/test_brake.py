# SPDX-License-Identifier: EUPL-1.2
"""More than a share of the register in one day is erased only if two people approved it."""

import datetime as dt
from collections.abc import Iterator

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.dual_control import pending_approvals
from rollkeeper.access.errors import ALREADY_APPROVED, NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.settings import write_settings
from rollkeeper.operations import doctor
from rollkeeper.retention import services
from rollkeeper.retention.brake import approve_erasure, hold_back, stopped_erasure
from rollkeeper.retention.errors import ERASURE_STOPPED, NO_ERASURE_STOPPED
from tests.builders.lines import enter, make_line
from tests.builders.staff import employ
from tests.refusals import refusing

ENDED, DUE = dt.date(2012, 4, 5), dt.date(2013, 4, 6)
OFFICER, ADMINISTRATOR = StaffRole.DATA_PROTECTION_OFFICER, StaffRole.ADMINISTRATOR


@pytest.fixture(autouse=True)
def three_a_day(committed: None) -> Iterator[None]:
    """A register that may erase three records in a day."""
    write_settings(retention={"erase_per_day_least": 3})
    clock.set_demo_date(DUE)
    yield
    write_settings(retention={"erase_per_day_least": 50})


def terminated(count: int) -> None:
    for _ in range(count):
        enter(make_line(state="terminated", terminated_on=ENDED, terminated_by="campaign"))


def erase(on: dt.date = DUE) -> int:
    return services.erase_due(worker_authority(), on=on).lines


def erased() -> int:
    return int(rows("SELECT count(*) AS lines FROM lines_line WHERE erased_on IS NOT NULL")[0].lines)


@pytest.mark.parametrize(("due", "gone"), [(2, 2), (3, 3), (4, 0)])
def test_above_the_share_of_a_day_nothing_is_erased(due: int, gone: int) -> None:
    terminated(due)

    if gone:
        assert erase() == gone
    else:
        with refusing(ERASURE_STOPPED):
            erase()
    assert erased() == gone


def test_runs_of_one_day_count_together() -> None:
    terminated(2)
    assert erase() == 2
    terminated(2)

    with refusing(ERASURE_STOPPED):
        erase()

    assert erased() == 2
    assert erase(on=DUE + dt.timedelta(days=1)) == 2


def test_a_share_of_a_large_register_is_more_than_the_least() -> None:
    for _ in range(96):
        make_line()
    write_settings(retention={"erase_per_day_percent": 4.0})
    terminated(4)

    try:
        assert erase() == 4
    finally:
        write_settings(retention={"erase_per_day_percent": 1.0})


def test_two_people_let_it_pass_and_one_does_not() -> None:
    terminated(5)
    with refusing(ERASURE_STOPPED):
        erase()
    officer, administrator = employ(OFFICER, username="one"), employ(ADMINISTRATOR, username="two")

    assert not approve_erasure(officer, on=DUE).enough
    with refusing(ALREADY_APPROVED):
        approve_erasure(officer, on=DUE)
    with refusing(ERASURE_STOPPED):
        erase()
    assert approve_erasure(administrator, on=DUE).enough

    assert erase() == 5
    assert [
        row.verb
        for row in rows("SELECT verb FROM ledger_entry WHERE verb LIKE 'retention:%%' ORDER BY entry_id")
    ] == ["retention:erasure:approved"] * 2


def test_approvals_hold_for_no_more_records_than_were_shown() -> None:
    terminated(5)
    with refusing(ERASURE_STOPPED):
        erase()
    for role in (OFFICER, ADMINISTRATOR):
        approve_erasure(employ(role, username=role.value), on=DUE)
    terminated(5)

    with refusing(ERASURE_STOPPED):
        erase()

    assert erased() == 0
    assert len(pending_approvals(employ(OFFICER, username="three"))) == 1


def test_an_approved_erasure_that_was_killed_goes_on_by_the_same_approvals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "CHUNK", 2)
    terminated(5)
    with refusing(ERASURE_STOPPED):
        erase()
    for role in (OFFICER, ADMINISTRATOR):
        approve_erasure(employ(role, username=role.value), on=DUE)

    def kill(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.erase_due(worker_authority(), on=DUE, progress=kill)

    assert erased() == 2
    assert erase() == 3


def test_approvals_of_a_day_let_no_more_pass_on_the_day_after() -> None:
    terminated(5)
    with refusing(ERASURE_STOPPED):
        erase()
    for role in (OFFICER, ADMINISTRATOR):
        approve_erasure(employ(role, username=role.value), on=DUE)
    assert erase() == 5
    terminated(5)

    with refusing(ERASURE_STOPPED):
        erase(on=DUE + dt.timedelta(days=1))


@pytest.mark.parametrize("left", [0, 1, 3])
def test_approvals_end_with_the_stop_for_which_they_were_given(as_role, left: int) -> None:
    run(
        "INSERT INTO retention_brake (brake_id, of_copies, stopped_at, due, approvable) VALUES (uuidv7(), true, now(), 5, 6)"
    )
    with refusing(ERASURE_STOPPED):
        hold_back(5, on=DUE)
    for role in (OFFICER, ADMINISTRATOR):
        approve_erasure(employ(role, username=role.value), on=DUE)

    with as_role("worker"):
        hold_back(left, on=DUE)  # the law was corrected meanwhile
    with refusing(ERASURE_STOPPED):
        hold_back(5, on=DUE + dt.timedelta(days=30))

    assert stopped_erasure(of_copies=True)


def test_only_who_may_approves_and_only_what_was_stopped() -> None:
    with refusing(NO_ERASURE_STOPPED):
        approve_erasure(employ(OFFICER), on=DUE)
    terminated(4)
    with refusing(ERASURE_STOPPED):
        erase()

    with refusing(NOT_ALLOWED):
        approve_erasure(employ(StaffRole.CLERK, username="clerk"), on=DUE)


def test_the_doctor_says_when_an_erasure_was_stopped() -> None:
    terminated(4)
    with refusing(ERASURE_STOPPED):
        erase()

    (found,) = [one for one in doctor.examine() if one.check == "erasure"]

    assert (found.health.value, found.sentence.startswith("An erasure of 4 records was stopped")) == (
        "error",
        True,
    )
