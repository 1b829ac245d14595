# SPDX-License-Identifier: EUPL-1.2
"""Disputes opened at the counter: each opens a case for a decision; a receipt outranks a missing record."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import transaction
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import data_dir as data_folder
from rollkeeper.ledger import auditor, notes, receipts, signed_entry_timestamps, tree
from rollkeeper.ledger.errors import RECEIPT_NOT_FOUND, RECEIPT_NOT_GENUINE
from rollkeeper.ledger.leaves import disclose, leaf_bytes, root_of
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import LineState, PauseReason, SuspensionReason
from rollkeeper.lines.errors import LINE_TERMINATED, LineNotFound
from rollkeeper.lines.queries import find_line, line_history
from rollkeeper.operations.cli import make_app
from rollkeeper.registration.errors import (
    NOT_A_REGISTRATION_RECEIPT,
    RECEIPT_LINE_MISMATCH,
    RECORD_ALREADY_CORRECT,
)
from rollkeeper.registration.services import change_record, register_subscriber, replace_sim, terminate_line
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.disputes import accept_receipt, dispute_line
from rollkeeper.selfcare.errors import CASE_ALREADY_OPEN
from rollkeeper.selfcare.queries import open_cases
from tests.entries import entries
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission


@pytest.fixture(autouse=True)
def ready(vaulted):
    """An instance that can promise."""
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())


def handed(clerk, number, **changes):
    """Register a person and return the text of their receipt."""
    given = register_subscriber(clerk, submission(number, **changes), on=ON)
    return receipts.receipt_of(given.entry_id).text


def handed_and_lost(clerk, number):
    """Register a person, then reset the register to before, as a restore of an older backup does."""
    with transaction.atomic():
        text = handed(clerk, number)
        transaction.set_rollback(True)
    return text


def as_proof(text):
    """The receipt of the same entry once it was published: in a ledger of two, signed by this instance's key."""
    entry = base64.b64decode(text.split("\n")[1].removeprefix("entry "))
    known = {"secret": bytes(range(32)), "entry_id": 1}
    leaf = leaf_bytes("registration", "2012-03-02", root_of(entry.decode(), **known))
    shown = disclose(entry.decode(), leaf_class="registration", day="2012-03-02", **known)
    other = tree.leaf_hash(b"another")
    head = notes.Head(notes.origin(), 2, tree.node_hash(other, tree.leaf_hash(leaf)))
    lines = [
        auditor.PROOF,
        "extra " + base64.b64encode(shown).decode(),
        "index 1",
        base64.b64encode(other).decode(),
    ]
    return "\n".join([*lines, "", notes.sign(head, notes.signing_key())])


def honour(clerk, number, shown, **more):
    return accept_receipt(
        clerk, **{"submission_key": str(new_uuid())} | more, number=number, shown=shown, on=ON
    )


@pytest.mark.parametrize("form", [lambda text: text, as_proof], ids=["promise", "proof"])
def test_a_subscriber_with_a_receipt_the_register_lost_is_disputed(clerk, new_line, form):
    number = new_line()
    lost = handed_and_lost(clerk, number)
    was = find_line(number)

    honour(clerk, number, form(lost))

    line = find_line(number)
    pauses = line_history(line.line_id).pauses
    assert (was.is_registered, was.is_disputed) == (False, False)
    assert (line.is_disputed, line.is_registered) == (True, False)
    assert line.version > was.version
    assert [(one.first, one.last) for one in pauses] == [(ON, None)]
    assert [row.reason for row in rows("SELECT reason FROM lines_pause")] == [PauseReason.DISPUTE]


def test_it_is_entered_which_receipt_was_taken_and_that_the_register_had_lost_it(clerk, new_line):
    number = new_line()
    lost = handed_and_lost(clerk, number)

    honour(clerk, number, lost)

    entry = base64.b64decode(lost.split("\n")[1].removeprefix("entry "))
    taken_up = entries(line_id=find_line(number).line_id)[-1]
    assert taken_up.verb == Verb.RECEIPT_ACCEPTED
    assert taken_up.facts == {
        "day": ON.isoformat(), "done": "tenure_registered", "known": False, "lifted": False,
        "receipt": tree.leaf_hash(entry).hex(),
    }  # fmt: skip


def test_a_registered_line_that_was_suspended_gets_service_back_at_once(clerk, new_line):
    number = new_line(SuspensionReason.REGISTRATION)
    lost = handed_and_lost(clerk, number)

    honour(clerk, number, lost)

    line = find_line(number)
    commands = rows("SELECT kind FROM provisioning_command WHERE line_id = %s", [line.line_id])
    notified = rows("SELECT kind FROM notices_notice WHERE line_id = %s", [line.line_id])
    assert (line.state, line.suspensions) == (LineState.ACTIVE, ())
    assert [row.kind for row in commands] == ["restore"]
    assert [row.kind for row in notified] == ["restored"]
    assert entries(line_id=line.line_id)[-1].facts["lifted"] is True


def test_another_reason_for_suspension_stays(clerk, new_line):
    number = new_line(SuspensionReason.REGISTRATION, SuspensionReason.UNPAID)
    lost = handed_and_lost(clerk, number)

    honour(clerk, number, lost)

    line = find_line(number)
    assert line.state is LineState.SUSPENDED
    assert line.reasons == (SuspensionReason.UNPAID,)
    assert rows("SELECT line_id FROM notices_notice WHERE line_id = %s", [line.line_id]) == []


def test_a_receipt_of_a_line_that_the_register_never_heard_of_still_counts(clerk, new_line):
    number = fresh_number()
    lost = handed_and_lost(clerk, number)
    again = new_line()

    honour(clerk, again, lost)

    assert find_line(number) is None
    assert find_line(again).is_disputed


def forged(text):
    entry = base64.b64decode(text.split("\n")[1].removeprefix("entry "))
    return text.replace(
        base64.b64encode(entry).decode(), base64.b64encode(entry.replace(b"clerk", b"worker")).decode()
    )


def own_key(text):
    mallory = notes.kept_key(data_folder() / "secrets" / f"mallory-{new_uuid()}.key")
    name = f"{notes.origin()}/receipts"
    statement = notes.sign_text(text.split("\n\n")[0] + "\n", name=name, key=mallory)
    grant = f"{auditor.RECEIPT_KEY}\n{notes.vkey(name, mallory.public_key())}\n"
    return f"{statement}\n{notes.sign_text(grant, name=notes.origin(), key=mallory)}"


@pytest.mark.parametrize(
    "forge",
    [
        forged,
        own_key,
        lambda text: as_proof(text).replace("index 1", "index 0"),
        lambda text: text[:200],
        lambda _: "",
    ],
    ids=["changed", "own key", "bent proof", "part", "empty"],
)
def test_a_forged_receipt_changes_nothing(clerk, new_line, forge):
    number = new_line(SuspensionReason.REGISTRATION)
    lost = handed_and_lost(clerk, number)
    before = find_line(number)

    with refusing(RECEIPT_NOT_GENUINE):
        honour(clerk, number, forge(lost))

    assert find_line(number) == before
    assert Verb.RECEIPT_ACCEPTED not in {entry.verb for entry in entries(line_id=before.line_id)}


def test_a_receipt_of_another_line_that_the_register_knows_is_refused(clerk, new_line):
    lost = handed_and_lost(clerk, new_line())

    with refusing(RECEIPT_LINE_MISMATCH):
        honour(clerk, new_line(), lost)


def without(text, hidden):
    """The same proof, which holds as well, with one field of the entry no longer disclosed."""
    extra = text.split("\n")[1].removeprefix("extra ")
    said = json.loads(base64.b64decode(extra))
    for nth, (salt, name, value) in enumerate(said["fields"]):
        if name == hidden:
            digest = sha256(base64.urlsafe_b64decode(salt + "==") + canonical_bytes([name, value])).digest()
            said["fields"][nth] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return text.replace(extra, base64.b64encode(canonical_bytes(said)).decode())


@pytest.mark.parametrize("hidden", ["line", "person", "facts.tenure"])
def test_a_receipt_that_hides_of_which_line_or_record_it_is_restores_no_other(clerk, new_line, hidden):
    lost = without(as_proof(handed_and_lost(clerk, new_line())), hidden)
    key = auditor.read_key(signed_entry_timestamps.vkey())
    assert auditor.check_receipt_text(lost, file=Path("it"), key=key).hidden == 1
    number = new_line(SuspensionReason.REGISTRATION)

    with refusing(RECEIPT_NOT_GENUINE):
        honour(clerk, number, lost)

    assert not find_line(number).is_disputed


def test_a_receipt_that_says_what_the_register_says_is_refused_as_needless(clerk, new_line):
    number = new_line()
    text = handed(clerk, number)

    with refusing(RECORD_ALREADY_CORRECT):
        honour(clerk, number, text)

    assert not find_line(number).is_disputed


def test_a_receipt_of_another_act_is_refused(clerk, new_line):
    number = new_line()
    subscriber = person()
    handed(clerk, number, subscriber=subscriber)
    shown = (subscriber["document_type"], subscriber["document_number"])
    given = replace_sim(clerk, submission_key=str(new_uuid()), number=number, document=shown, on=ON)

    with refusing(NOT_A_REGISTRATION_RECEIPT):
        honour(clerk, number, receipts.receipt_of(given.entry_id).text)


def test_the_receipt_of_a_correction_counts_as_well(clerk, new_line):
    number, subscriber = new_line(), person()
    with transaction.atomic():
        register_subscriber(clerk, submission(number, subscriber), on=ON)
        given = change_record(clerk, submission(number, subscriber | {"name": "另一名字"}), on=ON)
        text = receipts.receipt_of(given.entry_id).text
        transaction.set_rollback(True)

    honour(clerk, number, text)

    assert find_line(number).is_disputed


def test_a_line_that_is_over_or_unknown_is_refused_as_such(clerk, new_line):
    number = new_line()
    lost = handed_and_lost(clerk, number)
    terminate_line(clerk, submission_key=str(new_uuid()), number=number, document=None, on=ON)

    with refusing(LINE_TERMINATED):
        honour(clerk, number, lost)
    with pytest.raises(LineNotFound):
        honour(clerk, fresh_number(), lost)


def test_a_code_that_the_register_lost_asks_for_the_whole_receipt(clerk, new_line):
    number = new_line()
    with transaction.atomic():
        given = register_subscriber(clerk, submission(number), on=ON)
        code = receipts.receipt_of(given.entry_id).code
        transaction.set_rollback(True)

    with refusing(RECEIPT_NOT_FOUND) as raised:
        honour(clerk, number, code)

    assert "take the whole receipt" in raised.value.advice


def test_taking_it_up_twice_is_done_once(clerk, new_line):
    number = new_line()
    lost = handed_and_lost(clerk, number)

    first = honour(clerk, number, lost, submission_key="honour-0001")
    again = honour(clerk, number, lost, submission_key="honour-0001")

    line_id = find_line(number).line_id
    assert (first, again.is_repeat) == (again, True)
    assert [entry.verb for entry in entries(line_id=line_id)].count(Verb.RECEIPT_ACCEPTED) == 1


def test_the_counter_may_do_it_in_its_own_role(clerk, new_line, as_role):
    number = new_line(SuspensionReason.REGISTRATION)
    lost = handed_and_lost(clerk, number)

    with as_role("counter"):
        honour(clerk, number, lost)

    assert find_line(number).is_disputed


def test_the_command_takes_a_file_and_says_no_to_a_forged_one(clerk, new_line, tmp_path):
    number = new_line()
    lost = handed_and_lost(clerk, number)
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("My receipt:\n" + lost)
    bad.write_text(forged(lost))

    refused = CliRunner().invoke(make_app(), ["disputes", "accept-receipt", number, str(bad)])
    taken = CliRunner().invoke(make_app(), ["disputes", "accept-receipt", number, str(good)])

    assert refused.exception.code == RECEIPT_NOT_GENUINE.code
    assert taken.exit_code == 0
    assert "the line cannot be suspended" in taken.stdout


def dispute(clerk, number, **more):
    return dispute_line(clerk, **{"submission_key": str(new_uuid())} | more, number=number, on=ON)


def test_a_dispute_at_the_counter_opens_a_case_that_somebody_can_decide(clerk, new_line, as_role):
    number = new_line()

    with as_role("counter"):
        dispute(clerk, number)
    (case,) = open_cases()
    was_disputed = find_line(number).is_disputed
    settle_case(console_authority(), case.case_id, upheld=False, on=ON)

    assert (case.kind, case.line_id) == (CaseKind.DISPUTE, find_line(number).line_id)
    assert was_disputed
    assert not find_line(number).is_disputed
    assert line_history(case.line_id).pauses[0].last == ON


def test_a_dispute_that_is_open_already_says_until_when_it_is_decided(clerk, new_line):
    number = new_line()
    dispute(clerk, number)

    with refusing(CASE_ALREADY_OPEN, match=str(open_cases()[0].due_on)):
        dispute(clerk, number)


def test_a_dispute_sent_twice_opens_one_case_and_gives_the_first_receipt(clerk, new_line):
    number = new_line()

    first = dispute(clerk, number, submission_key="dispute-0001")
    again = dispute(clerk, number, submission_key="dispute-0001")

    assert (again, again.is_repeat) == (first, True)
    assert len(open_cases()) == 1


def test_a_receipt_opens_a_case_and_is_taken_up_beside_one_that_is_open(clerk, new_line, as_role):
    plain, disputed = new_line(), new_line()
    receipts_lost = [handed_and_lost(clerk, number) for number in (plain, disputed)]
    dispute(clerk, disputed)

    with as_role("counter"):
        for number, lost in zip((plain, disputed), receipts_lost, strict=True):
            honour(clerk, number, lost)

    assert sorted(c.line_id for c in open_cases()) == sorted(find_line(n).line_id for n in (plain, disputed))
