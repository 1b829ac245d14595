# SPDX-License-Identifier: EUPL-1.2
"""Why a case was decided as it was: read by the person who proved to be its subscriber, and by no one who has the telephone or a letter."""

import pytest

from rollkeeper.access.authority import subscriber_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import EntryId
from rollkeeper.ledger.publication import prepare_receipts
from rollkeeper.ledger.receipts import code_of, verify_receipt
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import CaseKind, DecisionReason, PortalRequestKind
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_dispute_case
from tests.builders.staff import employ
from tests.selfcare.people import NUMBER, ON, ask, register_line, session
from tests.selfcare.test_case_notices import give_away

SUBSCRIBER = subscriber_authority("0d" * 32)
WAYS = {
    "telephone": (False, False),
    "letter": (True, False),
    "proven": (False, True),
    "letter and passkey": (True, True),
}
"""Whether a code was handed over, and whether the second proof was given."""


def decided(line, kind=CaseKind.INHERIT, because=DecisionReason.DEATH_SHOWN):
    tenure = current_tenure(line)
    open_dispute_case(SUBSCRIBER, line, kind, tenure_id=tenure and tenure.tenure_id, on=ON)
    settle_case(
        employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=because.is_for_upheld, because=because, on=ON
    )  # fmt: skip


def come_in(telephone, way, number=NUMBER):
    token = session(telephone, number=number)
    run(
        "UPDATE selfcare_portalsession SET is_limited = %s, verified_at = CASE WHEN %s THEN clock_timestamp() END",
        WAYS[way],
    )
    return token


def reasons(token):
    """Return the reasons that a session is shown, and whether it is told that one waits for a proof."""
    shown = ask(token, PortalRequestKind.DASHBOARD)["done"]
    return [one["because"] for line in shown["lines"] for one in line["cases"]], shown["reasons_wait"]


def receipt_of_decision(token):
    prepare_receipts()
    (entry,) = rows("SELECT entry_id, body FROM ledger_entry WHERE verb = %s", [Verb.CASE_SETTLED.value])
    return ask(token, PortalRequestKind.RECEIPT, code=code_of(EntryId(entry.entry_id), entry.body.encode()))


@pytest.mark.parametrize(
    ("way", "reason"),
    [("telephone", None), ("letter", None), ("proven", "death_shown"), ("letter and passkey", "death_shown")],
)
def test_the_reason_of_a_decision_is_shown_after_the_second_proof_alone(at_portal, way, reason):
    decided(register_line())

    assert reasons(come_in(at_portal, way)) == ([reason], reason is None)


@pytest.mark.parametrize("way", ["telephone", "letter"])
def test_the_receipt_of_a_decision_tells_its_reason_after_the_second_proof_alone(at_portal, way):
    decided(register_line())

    assert receipt_of_decision(come_in(at_portal, way))["refused"] == "verification_needed"
    text = receipt_of_decision(come_in(at_portal, "proven"))["done"]["text"]
    assert verify_receipt(text).facts["because"] == "death_shown"


def test_the_receipt_of_what_a_person_took_back_is_theirs_without_a_proof(at_portal):
    decided(register_line(), CaseKind.DISPUTE, DecisionReason.TAKEN_BACK)

    assert "done" in receipt_of_decision(come_in(at_portal, "telephone"))


@pytest.mark.parametrize(("way", "reason"), [("telephone", "record_right"), ("letter", None)])
def test_who_uses_a_line_that_never_had_a_subscriber_reads_the_reason_there(at_portal, new_line, way, reason):
    number = new_line()
    decided(find_line(number).line_id, CaseKind.DISPUTE, DecisionReason.RECORD_RIGHT)

    assert reasons(come_in(at_portal, way, number=number)) == ([reason], reason is None)


def test_a_decision_without_a_reason_waits_for_no_proof(at_portal):
    decided(register_line(), CaseKind.DISPUTE, DecisionReason.TAKEN_BACK)

    assert reasons(come_in(at_portal, "telephone")) == (["taken_back"], False)


def test_who_uses_the_line_after_a_subscriber_reads_no_reason_of_one_before(at_portal, new_line):
    number = new_line()
    line_id = find_line(number).line_id
    decided(line_id, CaseKind.DISPUTE, DecisionReason.RECORD_RIGHT)
    give_away(line_id)
    run("UPDATE lines_tenure SET held = tstzrange(lower(held), clock_timestamp())")

    assert reasons(come_in(at_portal, "telephone", number=number)) == ([None], True)


def test_the_receipt_of_a_decision_tells_who_has_the_line_next_no_reason(at_portal):
    line = register_line()
    decided(line)
    give_away(line)

    assert receipt_of_decision(come_in(at_portal, "proven"))["refused"] == "receipt_not_found"
