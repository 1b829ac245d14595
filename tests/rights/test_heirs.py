# SPDX-License-Identifier: EUPL-1.2
"""Whom a holder names is a secret of theirs; a line whose holder is said to have died waits for a person's decision."""

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.enrolment.acts import end_line
from rollkeeper.enrolment.errors import LineInDispute
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.queries import present_holding, view_line
from rollkeeper.rights.deciding import settle_case
from rollkeeper.rights.heirs import check_named
from rollkeeper.rights.kinds import AskKind, NamedPart
from rollkeeper.rights.queries import open_cases
from rollkeeper.subscribers.queries import document_index
from tests.rights.people import NUMBER, ON, PERSON, enrol, visit
from tests.rights.test_acts import OTHER, SOMEBODY_ELSE, ask, proved_visit

CLERK = Authority(frozenset({StaffRole.CLERK}), None, "0f" * 32)
HEIR = ("passport-npl", "H1234567")


def marked(document=HEIR):
    return document_index([document])[0].hex()


def name(token, document=HEIR, part="heir"):
    return ask(token, AskKind.NAME, part=part, document=marked(document))


def test_naming_answers_the_same_whoever_it_is_and_tells_nobody(at_door):
    enrol(OTHER, SOMEBODY_ELSE)
    enrol()
    token = proved_visit(at_door)
    run("DELETE FROM notices_notice")

    known = name(token, ("passport-npl", SOMEBODY_ELSE["document_number"]))
    stranger = name(token)

    assert known == stranger
    assert rows("SELECT FROM notices_notice") == []
    assert len(rows("SELECT FROM rights_named")) == 1


def test_what_is_kept_of_somebody_named_leads_to_nobody(at_door):
    """It is no document's index, and of one document it is another thing for another holder and another part."""
    enrol()
    enrol(OTHER, SOMEBODY_ELSE)
    for number in (NUMBER, OTHER):
        token = visit(at_door, number)
        run("UPDATE rights_visit SET proved_at = clock_timestamp()")
        for part in NamedPart:
            name(token, part=part.value)

    marks = {bytes(row.document_mark).hex() for row in rows("SELECT document_mark FROM rights_named")}

    assert len(marks) == 4
    assert not [mark for mark in marks if marked() in mark or mark in marked()]


def test_nobody_is_named_without_the_second_proof(at_door):
    enrol()

    assert name(visit(at_door))["refused"] == "proof_needed"


def test_a_clerk_learns_of_the_document_before_them_alone_whether_it_is_the_one(at_door):
    enrol()
    token = proved_visit(at_door)
    name(token)

    asked = [
        (NamedPart.HEIR, HEIR),
        (NamedPart.REPRESENTATIVE, HEIR),
        (NamedPart.HEIR, ("passport-npl", "H7654321")),
    ]
    found = [check_named(CLERK, NUMBER, part, document, on=ON) for part, document in asked]
    ask(token, AskKind.UNNAME, part="heir")

    assert found == [True, False, False]
    assert not check_named(CLERK, NUMBER, NamedPart.HEIR, HEIR, on=ON)
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'rights:party:checked'")) == 4


@pytest.mark.parametrize(
    ("claims_with", "is_named"),
    [(HEIR, True), (("passport-npl", "H7654321"), False), (None, None)],
)
def test_a_claim_answers_the_same_and_whoever_decides_sees_whether_the_claimant_is_named(
    at_door, claims_with, is_named
):
    line = enrol()
    name(proved_visit(at_door))
    more = {"document": marked(claims_with)} if claims_with else {}

    answer = ask(visit(at_door), AskKind.DECEASED, **more)

    (case,) = open_cases()
    assert answer["done"]["verb"] == "line:line:disputed"
    assert case.claimant_is_named is is_named
    assert view_line(line).is_disputed


def test_nobody_ends_or_moves_a_line_while_its_holder_is_said_to_have_died(at_door):
    line = enrol()
    ask(visit(at_door), AskKind.DECEASED)

    with pytest.raises(LineInDispute):
        end_line(console_authority(), submission_key=str(new_uuid()), number=NUMBER,
                 document=("passport-npl", PERSON["document_number"]), on=ON)  # fmt: skip
    settle_case(console_authority(), open_cases()[0].case_id, upheld=True, on=ON)

    assert not view_line(line).is_disputed
    assert present_holding(line) is not None


def test_whoever_is_said_to_have_died_dismisses_it_by_showing_up_and_needs_the_second_proof(at_door):
    line = enrol()
    ask(visit(at_door), AskKind.DECEASED)
    in_hand = visit(at_door)

    before = ask(in_hand, AskKind.HERE)
    run("UPDATE rights_visit SET proved_at = clock_timestamp()")
    after = ask(in_hand, AskKind.HERE)

    assert before["refused"] == "proof_needed"
    assert "done" in after
    assert open_cases() == []
    assert not view_line(line).is_disputed
    assert ask(in_hand, AskKind.HERE)["refused"] == "nobody_claims"


def test_the_mark_of_a_claimant_goes_with_the_verdict_and_of_whoever_was_named_with_the_holder(at_door):
    line = enrol()
    name(proved_visit(at_door))
    ask(visit(at_door), AskKind.DECEASED, document=marked())
    settle_case(console_authority(), open_cases()[0].case_id, upheld=False, on=ON)
    run(
        "UPDATE subscribers_subscriber SET erased_on = %s WHERE person_id = %s",
        [ON, present_holding(line).person_id],
    )

    run(sql("rights", "forget"))

    assert rows("SELECT FROM rights_case WHERE claimant_mark IS NOT NULL") == []
    assert rows("SELECT FROM rights_named") == []
