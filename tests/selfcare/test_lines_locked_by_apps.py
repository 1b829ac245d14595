"""An attacker has a session of the counter and keeps one line locked: everyone else is served."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import Role, rows, run
from rollkeeper.selfcare import portal_client, portal_worker
from rollkeeper.selfcare.choices import PortalRequestKind
from tests.selfcare.conftest import answering
from tests.selfcare.people import NUMBER, ask, register_line, session

pytestmark = pytest.mark.usefixtures("committed")
OTHER = "+8613908915678"


@pytest.fixture
def at_portal(telephone, monkeypatch):
    run("SET lock_timeout = '100ms'")
    yield answering(telephone, monkeypatch)
    run("RESET lock_timeout")


@contextmanager
def locked(line_id) -> Iterator[None]:
    with database.connect(stores.REGISTER, Role.COUNTER) as counter:
        counter.autocommit = False
        counter.execute("SELECT lines_lock_lines(ARRAY[%s])", [line_id])
        yield
        counter.rollback()


def test_a_code_for_a_locked_line_holds_up_no_other_code(at_portal, monkeypatch):
    line_id = register_line(NUMBER)
    register_line(OTHER)
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: None)
    for number in (NUMBER, OTHER):
        portal_client.request_code(number, source="203.0.113.9", language="en")

    with locked(line_id):
        portal_worker.send_codes(worker_authority(), limit=2)

    assert [number for number, _ in at_portal.messages] == [OTHER]
    assert not rows("SELECT FROM selfcare_coderequest WHERE processed_at IS NULL")


def test_a_request_about_a_locked_line_holds_up_no_other_request(at_portal, monkeypatch):
    line_id = register_line(NUMBER)
    register_line(OTHER)
    mine, others = session(at_portal, NUMBER), session(at_portal, OTHER)

    with locked(line_id):
        refused = ask(mine, PortalRequestKind.PAUSE, reason="illness")
        answered = ask(others, PortalRequestKind.DASHBOARD)

    assert "refused" in refused
    assert "done" in answered
