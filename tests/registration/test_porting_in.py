# SPDX-License-Identifier: EUPL-1.2
"""A number that a person brings from another operator: a new contract, which says where the number came from."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel.database import rows
from rollkeeper.ledger.labels import action_label
from rollkeeper.ledger.receipts import receipt_of
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.errors import PORTED_NUMBER_QUARANTINED
from rollkeeper.lines.queries import find_line, view_line
from rollkeeper.lines.services import mark_disputed
from rollkeeper.provisioning.services import push_due
from rollkeeper.registration import bulk, errors
from rollkeeper.registration.services import (
    port_in_number,
    register_subscriber,
    terminate_line,
)
from rollkeeper.registration.submissions import RegistrationKind
from tests.builders.lines import mark_terminated
from tests.builders.packs import REFERENCE, use_pack
from tests.provisioning.fakes import Element
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")
DAY = dt.timedelta(days=1)


def said_of(receipt):
    return json.loads(rows("SELECT body FROM ledger_entry WHERE entry_id = %s", [receipt.entry_id])[0].body)


def end(clerk, number, who):
    document = (who["document_type"], who["document_number"]) if who else None
    terminate_line(clerk, submission_key="end-00001", number=number, document=document, on=ON)
    push_due(worker_authority(), on=ON, gateway=Element())
    return find_line(number)


def test_a_ported_number_is_a_line_registered_from_its_first_day(clerk):
    number = fresh_number()

    receipt = port_in_number(clerk, submission(number), on=ON)

    line = find_line(number)
    commands = rows("SELECT kind, reason FROM provisioning_command WHERE line_id = %s", [line.line_id])
    assert (line.line_id, line.activated_on, line.is_registered) == (receipt.line_id, ON, True)
    assert [tuple(one) for one in commands] == [("restore", "new_line")]


def test_its_entry_says_that_the_number_was_ported_in_and_that_of_others_does_not(clerk):
    ported = port_in_number(clerk, submission(fresh_number()), on=ON)
    other = register_subscriber(clerk, submission(fresh_number()), on=ON)

    assert said_of(ported)["facts"]["act"] == "port_in"
    assert "act" not in said_of(other)["facts"]
    assert ported.verb == other.verb


def test_its_receipt_says_that_the_number_came_from_another_operator(clerk):
    receipt = port_in_number(clerk, submission(fresh_number()), on=ON)

    entry = receipt_of(receipt.entry_id).entry
    assert "another operator" in action_label(entry.verb, entry.facts)
    assert "another operator" not in action_label(entry.verb)


@pytest.mark.parametrize(("acts", "article"), [("register, port_in", "2 ¶1"), ("register", None)])
def test_porting_in_is_registered_whether_or_not_the_law_names_it(clerk, law_put_back, acts, article):
    use_pack(
        REFERENCE.replace("acts: [register, transfer, install, relocate, change]", f"acts: [{acts}, change]")
    )

    receipt = port_in_number(clerk, submission(fresh_number()), on=ON)

    entry = said_of(receipt)
    assert entry.get("article") == article
    assert find_line_by(receipt).is_registered


def find_line_by(receipt):
    return view_line(receipt.line_id)


def test_a_number_that_a_line_has_here_is_not_brought_from_elsewhere(clerk, new_line):
    with refusing(errors.NUMBER_IN_USE):
        port_in_number(clerk, submission(new_line()), on=ON)


def test_a_number_that_ended_here_comes_to_another_person_only_after_quarantine(clerk):
    number, who = fresh_number(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    old = end(clerk, number, who)

    for early in (old.quarantined_until - DAY, old.quarantined_until):
        with refusing(PORTED_NUMBER_QUARANTINED, match=str(old.quarantined_until)):
            port_in_number(clerk, submission(number), on=early)
    port_in_number(clerk, submission(number), on=old.quarantined_until + DAY)

    assert find_line(number).line_id != old.line_id
    assert view_line(old.line_id).state is LineState.RELEASED


def test_its_former_subscriber_brings_a_number_back_at_once(clerk):
    number, who = fresh_number(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    old = end(clerk, number, who)

    port_in_number(clerk, submission(number, who), on=ON)

    line = find_line(number)
    assert (line.line_id != old.line_id, line.state, line.is_registered) == (True, LineState.ACTIVE, True)


def test_no_stranger_brings_a_number_back_on_the_day_a_campaign_ended_it(clerk, new_line):
    """Who registers that day is believed to have been there first; a number of this operator is in no other network."""
    number = new_line()
    mark_terminated(find_line(number).line_id, ON, by="campaign")

    with refusing(PORTED_NUMBER_QUARANTINED):
        port_in_number(clerk, submission(number), on=ON)
    register_subscriber(clerk, submission(number), on=ON)

    assert find_line(number).is_registered


def test_a_disputed_number_is_brought_back_by_nobody_else(clerk, new_line):
    number = new_line()
    mark_disputed(clerk, find_line(number).line_id, ON)
    mark_terminated(find_line(number).line_id, ON, is_disputed=True)

    with refusing(errors.LINE_IN_DISPUTE):
        port_in_number(clerk, submission(number), on=ON + dt.timedelta(days=400))


def test_the_other_lines_of_who_brings_a_number_are_told_of_it(clerk):
    who = person()
    first = register_subscriber(clerk, submission(fresh_number(), who), on=ON)

    port_in_number(clerk, submission(fresh_number(), who), on=ON)

    notices = rows("SELECT kind FROM notices_notice WHERE line_id = %s", [first.line_id])
    assert [one.kind for one in notices] == ["new_line_in_your_name"]


def test_a_file_of_numbers_from_another_operator_says_so_of_each(tmp_path):
    number, file = fresh_number(), tmp_path / "ported.jsonl"
    file.write_text(json.dumps({"number": number} | person()), "utf-8")

    tally = bulk.register_file(
        console_authority(), file, on=ON, moved=lambda _: None, action_kind=RegistrationKind.PORT_IN
    )

    (entry,) = rows(
        "SELECT body FROM ledger_entry WHERE verb = 'line:tenure:registered' AND line_id = %s",
        [find_line(number).line_id],
    )
    assert tally.recorded == 1
    assert json.loads(entry.body)["facts"]["act"] == "port_in"
