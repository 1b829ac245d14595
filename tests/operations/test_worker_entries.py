# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a worker: it changes nothing of agents, disclosures, incidents, holds and consents off record."""

import datetime as dt

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from tests.builders.lines import make_line
from tests.operations.test_app_entries import refused_at_commit

pytestmark = pytest.mark.usefixtures("register")
ON = dt.date(2012, 3, 2)
ONE, OTHER = new_uuid(), new_uuid()
AGENT, INCIDENT, OUTLET = new_uuid(), new_uuid(), new_uuid()


def request(disclosure_id, **more):
    """An answered request, of which the person was not notified yet."""
    given = {
        "disclosure_id": disclosure_id, "authority_id": new_uuid(), "kind": "court", "instrument": "warrant", "fields": ["name"],
        "pack_hash": "a", "received_on": ON, "expires_on": ON, "keep_days": 30, "keep_months": 0, "keep_overflows": False,
        "entered_by": new_uuid(), "entered_at": f"{ON} 09:00Z", "state": "opened", "refused_by_law": False, "outcome": "held",
        "opened_on": ON, "number_mark": b"n", "instrument_mark": b"i", "file_mark": "f", "file_id": new_uuid(), "held_on": ON,
        "held_at": dt.time(9), "line_id": new_uuid(), "person_id": new_uuid(),
    } | more  # fmt: skip
    names, places = ", ".join(given), ", ".join(["%s"] * len(given))
    run(f"INSERT INTO disclosures_request ({names}) VALUES ({places})", list(given.values()))  # noqa: S608 - our own words


@pytest.fixture
def line():
    """A line, an agent, an incident, and disclosure requests."""
    request(ONE)
    request(OTHER, state="approved", outcome=None, opened_on=None, line_id=None, person_id=None)
    run(
        "INSERT INTO agents_agent (agent_id, code, state, daily_limit, entered_on, suspended_on, suspended_because, closed_accounts)"
        " VALUES (%s, 'a', 'suspended', 10, %s, %s, 'fraud', '{}')",
        [AGENT, ON, ON],
    )
    run(
        "INSERT INTO incidents_incident (incident_id, about, severity, is_drill, accounts, until, noticed_at, opened_at)"
        " VALUES (%s, 'window', 'serious', false, '{}', now(), now(), now())",
        [INCIDENT],
    )
    run(
        'INSERT INTO incidents_duty (incident_id, "to", article, within, is_second, due_at, in_time_until)'
        " VALUES (%s, 'person', '12', 'at_once', false, now(), now())",
        [INCIDENT],
    )
    line_id = make_line()
    run(
        "INSERT INTO selfcare_consent (line_id, consent_id, tenure_id, sample_id, auditor_id, fields, asked_on, answer_by)"
        " VALUES (%s, %s, uuidv7(), uuidv7(), uuidv7(), '{name}', %s, %s)",
        [line_id, ONE, ON, ON],
    )
    run(
        "INSERT INTO lines_legalhold (line_id, legal_hold_id, days, case_reference, review_on)"
        " VALUES (%s, uuidv7(), daterange(%s, %s), '2012/7', %s)",
        [line_id, ON, ON + dt.timedelta(days=90), ON],
    )
    return line_id


CHANGES = (
    "UPDATE agents_agent SET state = 'approved', approved_on = '2012-03-02', suspended_on = NULL, suspended_because = NULL",
    "INSERT INTO agents_agent (agent_id, code, state, daily_limit, entered_on, closed_accounts) VALUES (uuidv7(), 'b', 'candidate', 9, '2012-03-02', '{}')",
    "INSERT INTO agents_outlet (outlet_id, agent_id, code, hours, needs_device, opened_on) VALUES (uuidv7(), uuidv7(), 'o', '{}', false, '2012-03-02')",
    "INSERT INTO agents_assignment (assignment_id, staff_id, outlet_id, since) VALUES (uuidv7(), uuidv7(), uuidv7(), '2012-03-02')",
    "INSERT INTO agents_device (device_id, outlet_id, authenticator_id, registered_on) VALUES (uuidv7(), uuidv7(), 1, '2012-03-02')",
    "UPDATE disclosures_request SET notified_on = '2012-03-02'",
    "UPDATE disclosures_request SET state = 'expired' WHERE state = 'approved'",
    "UPDATE disclosures_request SET closed_on = '2012-03-02'",
    "UPDATE disclosures_request SET erased_on = '2012-03-02'",
    "UPDATE incidents_incident SET notified_at = now(), notices = 0",
    "UPDATE incidents_incident SET people = 0",
    "UPDATE incidents_duty SET met_at = now()",
    "SELECT incidents_meet_duty(incident_id, duty_id, now()) FROM incidents_duty",
    "SELECT incidents_close(incident_id, now()) FROM incidents_incident",
    "INSERT INTO notices_wording (wording_id, language, text) VALUES (uuidv7(), 'en', 'x')",
    "INSERT INTO lines_legalhold (line_id, legal_hold_id, days, case_reference, review_on) SELECT line_id, uuidv7(), '[2012-03-02,2099-01-01)', '1', '2012-03-02' FROM lines_line",
    "SELECT lines_end_legal_hold(line_id, '2012/7', '2012-03-03') FROM lines_line",
    "INSERT INTO reporting_report (period, report, made_at) VALUES ('2012-Q1', '{}', now())",
    "INSERT INTO reporting_quarter (quarter, size, counts, stocks, counted_at) VALUES ('2012-Q1', 1, '{}', '[]', now())",
    "UPDATE selfcare_consent SET agreed_on = '2012-03-02', through = '2012-04-02'",
    "INSERT INTO campaign_unreachablewaiver (line_id, campaign_id, because, waived_by, waived_on) SELECT line_id, uuidv7(), 'other', uuidv7(), '2012-03-02' FROM lines_line",
)  # fmt: skip


@pytest.mark.parametrize("role", ["worker", "console"])
@pytest.mark.parametrize("statement", CHANGES)
def test_a_worker_changes_none_of_this_without_its_entry(as_role, line, role, statement):
    with as_role(role):
        assert "without_its_ledger_entry" in refused_at_commit(lambda: run(statement))


@pytest.mark.parametrize(
    "change",
    [
        "held_at = '15:00'", "held_at = NULL", "held_on = '2012-03-03'", "number_mark = 'other'", "instrument_mark = 'other'",
        "file_mark = 'other'", "file_id = uuidv7()", "person_id = NULL", "line_id = NULL", "instrument_mark = NULL",
    ],
)  # fmt: skip
def test_a_worker_makes_no_disclosure_request_ask_for_another(as_role, line, change):
    with as_role("worker"):
        assert "disclosures_request_changed" in refused_at_commit(
            lambda: run(f"UPDATE disclosures_request SET {change}")  # noqa: S608 - of the list above
        )


def test_a_worker_erases_no_request_of_which_the_person_is_not_notified(as_role, line):
    def erase(disclosure_id):
        run(
            "UPDATE disclosures_request SET erased_on = %s, closed_on = coalesce(closed_on, %s), person_id = NULL, line_id = NULL"
            " WHERE disclosure_id = %s",
            [ON, ON, disclosure_id],
        )
        for verb in (Verb.DISCLOSURE_ERASED, Verb.DISCLOSURE_EXPIRED):
            append_entry(worker_authority(), verb=verb, role="worker", on=ON, facts={"disclosure": str(disclosure_id)})  # fmt: skip

    with as_role("worker"):
        assert "disclosures_request_changed" in refused_at_commit(lambda: erase(ONE))
        assert refused_at_commit(lambda: erase(OTHER)) == ""


def test_a_worker_changes_what_its_entry_names_and_no_other(as_role, line):
    def notified(entered):
        run("UPDATE disclosures_request SET notified_on = %s WHERE disclosure_id = %s", [ON, ONE])
        facts = {"disclosure": str(entered), "reached": True}
        append_entry(worker_authority(), verb=Verb.PERSON_NOTIFIED, role="worker", on=ON, facts=facts)

    with as_role("worker"):
        assert refused_at_commit(lambda: notified(OTHER))
        assert refused_at_commit(lambda: notified(ONE)) == ""
