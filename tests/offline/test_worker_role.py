# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of the worker that does what counters recorded: nothing else is done in their names."""

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from tests.operations.test_app_entries import refused_at_commit
from tests.registration.people import ON

pytestmark = pytest.mark.usefixtures("register")
TICKET, OTHER = new_uuid(), new_uuid()
KEYS = {"waits": TICKET, "is held": OTHER}


@pytest.fixture
def rows_of_counters(register):
    """Two tickets, one submission that waits for its turn and one that waits for an approver."""
    for key, ticket in KEYS.items():
        run("INSERT INTO offline_ticket (ticket_id, staff_id, key_id) VALUES (%s, uuidv7(), 1)", [ticket])
        run(
            "INSERT INTO offline_registration (submission_key, ticket_id, submitted_by, language, sealed, action_kind, needs_approval)"
            " VALUES (%s, %s, uuidv7(), 'en', 'as it came', %s, %s)",
            [key, ticket, "pause" if key == "is held" else None, key == "is held"],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO offline_ticket (ticket_id, staff_id, key_id) VALUES (uuidv7(), uuidv7(), 1)",
        "INSERT INTO offline_registration (submission_key, ticket_id, submitted_by, language, sealed) VALUES ('x', uuidv7(), uuidv7(), 'en', 'x')",
        "UPDATE offline_registration SET sealed = 'another'",
        "UPDATE offline_registration SET sealed = NULL",
        "UPDATE offline_registration SET submitted_by = uuidv7()",
        "UPDATE offline_registration SET ticket_id = uuidv7()",
        "UPDATE offline_registration SET by_counter = true",
        "UPDATE offline_registration SET registration_id = uuidv7()",
        "UPDATE offline_registration SET received_at = '2012-03-01 12:00Z'",
        "UPDATE offline_registration SET action_kind = 'terminate' WHERE needs_approval",
        "UPDATE offline_registration SET needs_approval = false WHERE needs_approval",
        "UPDATE offline_registration SET outcome = 'done', sealed = NULL",
        "DELETE FROM offline_registration",
    ],
)
def test_a_worker_makes_up_changes_and_drops_nothing_that_a_counter_handed_in(
    as_role, rows_of_counters, statement
):
    with as_role("worker"):
        assert refused_at_commit(lambda: run(statement))


def test_a_worker_notes_what_came_of_it_with_its_entry_and_drops_it_later(as_role, rows_of_counters):
    def note(ticket):
        run(
            "UPDATE offline_registration SET outcome = 'refused', sealed = NULL, said = '[]' WHERE submission_key = 'waits'"
        )
        append_entry(
            worker_authority(), verb=Verb.OFFLINE_REGISTRATION_PROCESSED, role="worker", on=ON,
            facts={"clock": "none", "effective_at": "2012-03-02T09:00:00+00:00", "outcome": "refused",
                   "received_at": "2012-03-02T09:00:00+00:00", "ticket": str(ticket)},
        )  # fmt: skip
        run("DELETE FROM offline_registration WHERE outcome = 'refused'")

    with as_role("worker"):
        assert refused_at_commit(lambda: note(OTHER))
        assert refused_at_commit(lambda: note(TICKET)) == ""
        assert (
            refused_at_commit(
                lambda: run(
                    "UPDATE offline_registration SET needs_approval = true, action_kind = 'terminate', tries = 1, processed_at = now()"
                    " WHERE submission_key = 'waits'"
                )
            )
            == ""
        )
