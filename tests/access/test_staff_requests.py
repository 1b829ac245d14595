# SPDX-License-Identifier: EUPL-1.2
"""What staff ask for on a page is done by a worker in their name, with the roles that they have then, once, and soon or not at all."""

import datetime as dt

import pytest
from django.db.utils import ProgrammingError

from rollkeeper.access import staff_requests
from rollkeeper.access.authority import console_authority, require
from rollkeeper.access.errors import (
    APPROVER_UNKNOWN,
    NOT_ALLOWED,
    STAFF_REQUEST_BROKE,
    STAFF_REQUEST_UNREADABLE,
    ReauthenticationNeeded,
)
from rollkeeper.access.hooks import STAFF_REQUESTS
from rollkeeper.access.models import RoleGrant
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import Role, rows, run
from tests.builders.staff import employ
from tests.builders.workers import attend
from tests.refusals import refusing

DONE = []


def stop_something(authority, payload, on):
    """Something that campaign managers may do."""
    require(authority, Permission.STOP_BATCH)
    DONE.append((authority.staff_id, payload, on))
    return {"count": len(payload)}


def waive_something(authority, payload, on):
    require(authority, Permission.WAIVE_UNREACHABLE)
    return {}


def break_down(authority, payload, on):
    raise ValueError("a value that no one may read")


def wait_for_an_agent(authority, payload, on):
    lock_matter("agent", "one")
    return {}


@pytest.fixture
def worker(register, as_role, monkeypatch):
    monkeypatch.setattr(STAFF_REQUESTS, "_registered", STAFF_REQUESTS._registered.copy())
    STAFF_REQUESTS.register(stop_something, key="test-stop")
    STAFF_REQUESTS.register(waive_something, key="test-waive")
    STAFF_REQUESTS.register(break_down, key="test-break")
    STAFF_REQUESTS.register(wait_for_an_agent, key="test-wait")
    DONE.clear()
    attend(monkeypatch, as_role)

    def asking(authority, kind, **payload):
        with as_role("backoffice"):
            return staff_requests.ask_worker(authority, kind, **payload)

    return asking


def test_it_is_done_in_the_persons_name_and_its_payload_is_forgotten(worker):
    manager = employ(StaffRole.CAMPAIGN_MANAGER)

    assert worker(manager, "test-stop", batch="one") == {"count": 1}

    assert [who for who, _, _ in DONE] == [manager.staff_id]
    assert rows("SELECT payload FROM access_staffrequest")[0].payload in ({}, "{}")


def test_a_refusal_comes_back_as_itself(worker):
    with refusing(NOT_ALLOWED):
        worker(employ(StaffRole.AUDITOR), "test-stop")

    assert DONE == []


def test_a_role_that_was_ended_meanwhile_counts_no_more(worker):
    manager = employ(StaffRole.CAMPAIGN_MANAGER)
    RoleGrant.objects.update(until=dt.date(2000, 1, 2))

    with refusing(NOT_ALLOWED):
        worker(manager, "test-stop")


def test_who_did_not_confirm_lately_that_it_is_they_is_asked_to(worker):
    import dataclasses

    manager = employ(StaffRole.CAMPAIGN_MANAGER)

    assert worker(manager, "test-waive") == {}
    with pytest.raises(ReauthenticationNeeded):
        worker(dataclasses.replace(manager, is_recent=False), "test-waive")


def test_a_kind_that_no_package_knows_and_a_request_of_no_one_are_refused(worker):
    with refusing(STAFF_REQUEST_UNREADABLE):
        worker(employ(StaffRole.CAMPAIGN_MANAGER), "test-nothing")
    with refusing(APPROVER_UNKNOWN):
        worker(console_authority(), "test-stop")


def test_what_breaks_is_answered_without_its_text(worker, caplog):
    with refusing(STAFF_REQUEST_BROKE):
        worker(employ(StaffRole.CAMPAIGN_MANAGER), "test-break")

    assert "ValueError" in caplog.text
    assert "no one may read" not in caplog.text


@pytest.mark.parametrize(("minutes", "is_done"), [(14, True), (15, True), (16, False)])
def test_what_waited_for_long_is_not_done(worker, as_role, monkeypatch, minutes, is_done):
    attend(monkeypatch, as_role, is_there=False)
    assert worker(employ(StaffRole.CAMPAIGN_MANAGER), "test-stop") is None
    run(
        "UPDATE access_staffrequest SET made_at = clock_timestamp() - make_interval(mins => %s, secs => -30)",
        [minutes],
    )

    with as_role("worker"):
        staff_requests.do_staff_requests(limit=10)

    assert bool(DONE) is is_done
    (row,) = rows("SELECT refusal FROM access_staffrequest")
    assert ("staff_request_too_old" in str(row.refusal)) is not is_done


def test_what_waits_for_the_lock_of_an_app_holds_up_no_other_request(worker, as_role):
    manager = employ(StaffRole.CAMPAIGN_MANAGER)
    run("SET LOCAL lock_timeout = '50ms'")

    with database.connect(stores.REGISTER, Role.COUNTER) as counter:
        counter.autocommit = False
        counter.execute("SELECT kernel_lock('agent', ARRAY['one'])")
        assert worker(manager, "test-wait") is None
        assert worker(manager, "test-stop", batch="one") == {"count": 1}
        counter.rollback()

    run("UPDATE access_staffrequest SET again_at = made_at")
    with as_role("worker"):
        assert staff_requests.do_staff_requests(limit=1) == 1
    assert {row.state for row in rows("SELECT state FROM access_staffrequest")} == {"done"}


def test_it_is_done_once(worker, as_role):
    worker(employ(StaffRole.CAMPAIGN_MANAGER), "test-stop")

    with as_role("worker"):
        assert staff_requests.do_staff_requests(limit=10) == 0


def test_the_pages_role_reads_no_request_and_answers_none(worker, as_role):
    worker(employ(StaffRole.CAMPAIGN_MANAGER), "test-stop", batch="one")

    for statement in (
        "SELECT payload FROM access_staffrequest", "SELECT * FROM access_next_request('page')",
        "UPDATE access_staffrequest SET done_at = NULL", "DELETE FROM access_staffrequest", "SELECT access_forget_requests()",
        "SELECT access_answer_request(uuidv7(), '{}', NULL)", "SELECT access_settle_pending(uuidv7(), true)",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError), as_role("backoffice"):
            run(statement)


def test_a_request_goes_after_a_day(worker):
    worker(employ(StaffRole.CAMPAIGN_MANAGER), "test-stop")
    run("UPDATE access_staffrequest SET made_at = made_at - interval '25 hours'")

    assert staff_requests.forget_staff_requests() == 1
