# SPDX-License-Identifier: EUPL-1.2
"""A case, decided and denied at the same instant: who locks a line locks it before its cases, so that neither waits for the other for ever."""

import threading
import time

import pytest
from django.db import connections, transaction

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.lines.queries import current_tenure
from rollkeeper.selfcare import case_decisions, withdrawals
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_dispute_case
from tests.campaign.test_concurrency import another_session
from tests.registration.conftest import vaulted_committed  # noqa: F401
from tests.selfcare.people import ON, register_line


@pytest.fixture
def case(vaulted_committed):  # noqa: F811
    """A dispute about a line with a subscriber."""
    clock.set_demo_date(ON)
    line_id = register_line()
    tenure_id = current_tenure(line_id).tenure_id
    with action():
        open_dispute_case(console_authority(), line_id, CaseKind.DISPUTE, tenure_id=tenure_id, on=ON)
    return line_id, tenure_id, open_cases()[0].case_id


@pytest.mark.parametrize("how", ["settle", "settle_done", "withdraw"])
def test_who_waits_for_a_line_holds_none_of_its_cases(case, how, monkeypatch):
    line_id, tenure_id, case_id = case
    if how == "settle_done":
        run("UPDATE selfcare_case SET kind = 'correct'")
        monkeypatch.setattr(
            case_decisions, "_corrected", lambda *_: rows("SELECT case_id FROM selfcare_case")
        )

    def act():
        with transaction.atomic():
            match how:
                case "settle":
                    case_decisions.settle_case(console_authority(), case_id, upheld=False, on=ON)
                case "settle_done":
                    case_decisions.settle_done_corrections(console_authority(), on=ON)
                case _:
                    found = withdrawals._open_case(case_id, line_id, tenure_id)
                    case_decisions.close_case(console_authority(), found, role="worker", upheld=False, on=ON)
        connections.close_all()

    acting = threading.Thread(target=act)
    with another_session() as session, session.transaction():
        session.execute("SELECT FROM lines_line WHERE line_id = %s FOR UPDATE", [line_id])
        acting.start()
        until = time.monotonic() + 20
        while not rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
            assert time.monotonic() < until
            time.sleep(0.01)
        session.execute("SELECT FROM selfcare_case FOR UPDATE NOWAIT")
    acting.join()

    assert open_cases() == []
