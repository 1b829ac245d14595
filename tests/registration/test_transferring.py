# SPDX-License-Identifier: EUPL-1.2
"""A line goes to another person only with the document of its registered subscriber, presented by them or a proxy."""

import json

import pytest

from rollkeeper.kernel.database import rows, run
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.registration import errors
from rollkeeper.registration.services import register_subscriber, transfer_line
from rollkeeper.registration.submissions import Presence
from tests.refusals import refusing
from tests.registration.people import ON, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


@pytest.fixture
def held(clerk, new_line):
    """A line and who is registered for it."""
    number, old = new_line(), person()
    register_subscriber(clerk, submission(number, old), on=ON)
    return number, old


def facts_of(receipt):
    (entry,) = rows(
        "SELECT body FROM ledger_entry WHERE line_id = %s AND verb = 'line:tenure:relinquished'",
        [receipt.line_id],
    )
    return json.loads(entry.body)["facts"]


@pytest.mark.parametrize(
    ("transferor", "refused"),
    [(None, errors.TRANSFEROR_DOCUMENT_MISSING), (given_by(person()), errors.TRANSFEROR_NOT_SUBSCRIBER)],
)
def test_nobody_takes_a_line_behind_the_back_of_who_is_registered_for_it(clerk, held, transferor, refused):
    number, _ = held
    before = current_tenure(find_line(number).line_id)

    with refusing(refused) as raised:
        transfer_line(clerk, submission(number, transferor=transferor), on=ON)

    assert current_tenure(find_line(number).line_id) == before
    assert raised.value.facts["article"]


@pytest.mark.parametrize("presence", Presence)
def test_the_ledger_says_who_stood_there_for_each_side_and_how_sure_it_is(clerk, held, presence):
    number, old = held
    given = submission(
        number, transferor=given_by(old, presence=presence), transferee_presence=Presence.PROXY
    )

    facts = facts_of(transfer_line(clerk, given, on=ON))

    assert (facts["transferor_presence"], facts["transferor_assurance"], facts["transferee_presence"]) == (
        presence.value,
        "checked",
        "proxy",
    )


def test_what_is_only_said_of_the_transferor_is_never_called_checked(clerk, held):
    number, old = held

    facts = facts_of(
        transfer_line(clerk, submission(number, transferor=given_by(old), document_seen=False), on=ON)
    )

    assert facts["transferor_assurance"] == "declared"


def test_where_nobody_is_registered_there_is_nobody_to_ask(clerk, new_line):
    facts = facts_of(transfer_line(clerk, submission(new_line()), on=ON))

    assert facts["transferee_presence"] == "self"
    assert "transferor_presence" not in facts


def test_a_subscriber_to_whom_no_document_leads_is_asked_for_none(clerk, held):
    number, _ = held
    run("DELETE FROM subscribers_document")

    assert transfer_line(clerk, submission(number), on=ON)
