# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the back office's database session: the word of a state that a worker acts on goes only where the page's own acts take it."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid

pytestmark = pytest.mark.usefixtures("register")
ON = dt.date(2012, 3, 2)
AGENT = (
    "INSERT INTO agents_agent (agent_id, code, state, daily_limit, entered_on, suspended_on, suspended_because, closed_accounts)"
    " VALUES (%s, 'agent-1', %s, 10, %s, %s, %s, ARRAY[uuidv7()])"
)


def refused(statement, parameters):
    try:
        with transaction.atomic():
            run(statement, parameters)
    except DatabaseError as fault:
        return "by_an_app" in str(fault)
    return False


def an_agent(state):
    agent, is_suspended = new_uuid(), state == "suspended"
    run(AGENT, [agent, state, ON, ON if is_suspended else None, "fraud" if is_suspended else None])
    return agent


@pytest.mark.parametrize(
    ("state", "change", "is_refused"),
    [
        (
            "suspended",
            "UPDATE agents_agent SET state = 'approved', suspended_on = NULL, suspended_because = NULL WHERE agent_id = %s",
            True,
        ),
        ("terminated", "UPDATE agents_agent SET state = 'approved' WHERE agent_id = %s", True),
        ("candidate", "UPDATE agents_agent SET state = 'approved' WHERE agent_id = %s", True),
        (
            "terminated",
            "UPDATE agents_agent SET state = 'suspended', suspended_on = '2012-03-02', suspended_because = 'fraud' WHERE agent_id = %s",
            True,
        ),
        ("suspended", "UPDATE agents_agent SET closed_accounts = '{}' WHERE agent_id = %s", True),
        ("suspended", "UPDATE agents_agent SET suspended_on = '2013-01-01' WHERE agent_id = %s", True),
        (
            "approved",
            "UPDATE agents_agent SET state = 'suspended', suspended_on = '2012-03-02', suspended_because = 'fraud' WHERE agent_id = %s",
            False,
        ),
        (
            "suspended",
            "UPDATE agents_agent SET closed_accounts = closed_accounts || uuidv7() WHERE agent_id = %s",
            False,
        ),
    ],
)
def test_the_back_office_suspends_an_agent_and_lets_none_go_on(as_role, state, change, is_refused):
    agent = an_agent(state)

    with as_role("backoffice"):
        assert refused(change, [agent]) is is_refused


@pytest.mark.parametrize(
    ("state", "ended", "change", "is_refused"),
    [
        (
            "pending",
            False,
            "UPDATE incidents_step SET state = 'done', ended_at = now() WHERE incident_id = %s",
            True,
        ),
        (
            "failed",
            True,
            "UPDATE incidents_step SET state = 'approved', ended_at = NULL WHERE incident_id = %s",
            True,
        ),
        ("pending", False, "UPDATE incidents_step SET state = 'approved' WHERE incident_id = %s", False),
        (
            "pending",
            False,
            "UPDATE incidents_step SET state = 'withdrawn', ended_at = now() WHERE incident_id = %s",
            False,
        ),
    ],
)
def test_the_back_office_says_of_no_step_that_it_was_done(as_role, state, ended, change, is_refused):
    incident = new_uuid()
    run(
        "INSERT INTO incidents_step (incident_id, step_id, step, state, requested_at, ended_at) VALUES (%s, uuidv7(), 'scope', %s, now(),"
        " CASE WHEN %s THEN now() END)",
        [incident, state, ended],
    )

    with as_role("backoffice"):
        assert refused(change, [incident]) is is_refused
