# SPDX-License-Identifier: EUPL-1.2
"""Whom a subscriber names is a secret of theirs; a line whose subscriber is said to have died waits for a person's decision."""

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.access_history import person_accesses
from rollkeeper.lines.errors import AccessLimitReached
from rollkeeper.lines.queries import current_tenure, view_line
from rollkeeper.operations.bootstrap import set_lookup_limits
from rollkeeper.registration.errors import LINE_IN_DISPUTE
from rollkeeper.registration.services import terminate_line
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import DelegateRole, PortalRequestKind
from rollkeeper.selfcare.delegates import check_delegate
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.subscribers.models import Subscriber
from rollkeeper.subscribers.queries import document_index
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, PERSON, register_line, session
from tests.selfcare.test_services import OTHER, SOMEBODY_ELSE, ask, proved_session

CLERK = Authority(frozenset({StaffRole.CLERK}), None, "0f" * 32)
HEIR = ("passport-npl", "H1234567")


@pytest.fixture
def limited():
    yield set_lookup_limits
    set_lookup_limits()


def marked(document=HEIR):
    return document_index([document])[0].hex()


def name(token, document=HEIR, part="heir"):
    return ask(token, PortalRequestKind.ADD_DELEGATE, part=part, document=marked(document))


def test_naming_answers_the_same_for_everybody_and_tells_nobody(at_portal):
    register_line(OTHER, SOMEBODY_ELSE)
    register_line()
    token = proved_session(at_portal)
    run("DELETE FROM notices_notice")

    known = name(token, ("passport-npl", SOMEBODY_ELSE["document_number"]))
    stranger = name(token)

    assert known == stranger
    assert rows("SELECT FROM notices_notice") == []
    assert len(rows("SELECT FROM selfcare_delegate")) == 1


def test_what_is_kept_of_somebody_named_leads_to_nobody(at_portal):
    """It is no document's index, and of one document it is another thing for another subscriber and another part."""
    register_line()
    register_line(OTHER, SOMEBODY_ELSE)
    for number in (NUMBER, OTHER):
        token = session(at_portal, number)
        run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")
        for part in DelegateRole:
            name(token, part=part.value)

    marks = {bytes(row.document_mark).hex() for row in rows("SELECT document_mark FROM selfcare_delegate")}

    assert len(marks) == 4
    assert not [mark for mark in marks if marked() in mark or mark in marked()]


def test_nobody_is_named_without_the_second_proof(at_portal):
    register_line()

    assert name(session(at_portal))["refused"] == "verification_needed"


def test_a_clerk_learns_of_the_document_before_them_alone_whether_it_is_the_one(at_portal):
    register_line()
    token = proved_session(at_portal)
    name(token)

    asked = [
        (DelegateRole.HEIR, HEIR),
        (DelegateRole.REPRESENTATIVE, HEIR),
        (DelegateRole.HEIR, ("passport-npl", "H7654321")),
    ]
    found = [check_delegate(CLERK, NUMBER, part, document, on=ON) for part, document in asked]
    ask(token, PortalRequestKind.REMOVE_DELEGATE, part="heir")

    assert found == [True, False, False]
    assert not check_delegate(CLERK, NUMBER, DelegateRole.HEIR, HEIR, on=ON)
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'selfcare:delegate:checked'")) == 4


def test_who_was_once_named_without_the_state_of_the_passport_is_found_with_it(at_portal):
    register_line()
    name(proved_session(at_portal), ("passport", HEIR[1]))

    assert check_delegate(CLERK, NUMBER, DelegateRole.HEIR, HEIR, on=ON)
    assert not check_delegate(CLERK, NUMBER, DelegateRole.HEIR, ("identity-card-npl", HEIR[1]), on=ON)


def test_whom_a_subscriber_named_is_guessed_only_so_often_and_the_subscriber_sees_it(at_portal, limited):
    line = register_line()
    name(proved_session(at_portal))
    limited(document_mismatches_per_day=3)
    before = len(person_accesses(console_authority(), current_tenure(line).person_id))

    guesses = [
        check_delegate(CLERK, NUMBER, DelegateRole.HEIR, ("passport-npl", f"H000000{n}"), on=ON)
        for n in range(3)
    ]
    with pytest.raises(AccessLimitReached):
        check_delegate(CLERK, NUMBER, DelegateRole.HEIR, HEIR, on=ON)

    assert guesses == [False] * 3
    seen = person_accesses(console_authority(), current_tenure(line).person_id)
    assert len(seen) - before == 3


@pytest.mark.parametrize(
    ("claims_with", "is_named"),
    [(HEIR, True), (("passport-npl", "H7654321"), False), (None, None)],
)
def test_a_claim_answers_the_same_and_shows_staff_whether_claimant_is_delegate(
    at_portal, claims_with, is_named
):
    line = register_line()
    name(proved_session(at_portal))
    more = {"document": marked(claims_with)} if claims_with else {}

    answer = ask(session(at_portal), PortalRequestKind.REPORT_DEATH, **more)

    (case,) = open_cases()
    assert answer["done"]["verb"] == "line:line:disputed"
    assert case.claimant_is_named is is_named
    assert view_line(line).is_disputed


def test_nobody_ends_or_moves_a_line_while_its_subscriber_is_said_to_have_died(at_portal):
    line = register_line()
    ask(session(at_portal), PortalRequestKind.REPORT_DEATH)

    with refusing(LINE_IN_DISPUTE):
        terminate_line(console_authority(), submission_key=str(new_uuid()), number=NUMBER,
                 document=("passport-npl", PERSON["document_number"]), on=ON)  # fmt: skip
    settle_case(console_authority(), open_cases()[0].case_id, upheld=True, on=ON)

    assert not view_line(line).is_disputed
    assert current_tenure(line) is not None


def test_a_living_subscriber_dismisses_the_claim_after_verification(at_portal):
    line = register_line()
    ask(session(at_portal), PortalRequestKind.REPORT_DEATH)
    in_hand = session(at_portal)

    before = ask(in_hand, PortalRequestKind.DENY_DEATH)
    run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")
    after = ask(in_hand, PortalRequestKind.DENY_DEATH)

    assert before["refused"] == "verification_needed"
    assert "done" in after
    assert open_cases() == []
    assert not view_line(line).is_disputed
    assert ask(in_hand, PortalRequestKind.DENY_DEATH)["refused"] == "no_claim"


def test_marks_of_claimant_and_delegate_are_erased_with_verdict_and_subscriber(at_portal):
    line = register_line()
    name(proved_session(at_portal))
    ask(session(at_portal), PortalRequestKind.REPORT_DEATH, document=marked())
    settle_case(console_authority(), open_cases()[0].case_id, upheld=False, on=ON)
    Subscriber.objects.filter(person_id=current_tenure(line).person_id).update(erased_on=ON)

    run(sql("selfcare", "delete_expired"))

    assert rows("SELECT FROM selfcare_case WHERE claimant_mark IS NOT NULL") == []
    assert rows("SELECT FROM selfcare_delegate") == []
