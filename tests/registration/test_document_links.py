"""Several documents of one person: joined and parted at a counter alone, and one person for every limit meanwhile."""

import pytest
from django.db import connection

from rollkeeper.access.authority import Authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import EntryId, StaffId, new_uuid
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.registration.document_links import link_document, undo_document_link
from rollkeeper.registration.errors import (
    DOCUMENT_ALREADY_LINKED,
    DOCUMENT_DOUBTFUL,
    DOCUMENT_NOT_LINKED,
    DOCUMENT_REPLACED,
    DOCUMENTS_INCOMPATIBLE,
    LIMIT_REACHED,
    NOT_THE_SUBSCRIBER,
    InvalidDocumentNumber,
)
from rollkeeper.registration.services import (
    change_record,
    register_subscriber,
    replace_sim,
    terminate_line,
    transfer_line,
)
from rollkeeper.registration.submissions import Receipt
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.subscribers.errors import DocumentOfAnother
from rollkeeper.subscribers.queries import principals
from rollkeeper.subscribers.services import link_persons, set_protection, unlink_person
from tests.entries import entries
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")

TWO = "what: lines, group: person, scope: operator, kind: stock, n: 2, over: refuse"
OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "d0" * 32)


def passport(number: str, **changes: str) -> dict[str, str]:
    return person(document_type="passport-npl", document_number=number, **changes)


def paper(who: dict[str, str]) -> tuple[str, str]:
    return who["document_type"], who["document_number"]


def registered(clerk, who: dict[str, str], **changes: object) -> str:
    number = fresh_number()
    register_subscriber(clerk, submission(number, who, **changes), on=ON)
    return number


def joined(clerk, number: str, document, further, *, double_checked: bool = False, key: str = "") -> Receipt:
    return link_document(
        clerk, submission_key=key or str(new_uuid()), number=number, document=document, further=further,
        double_checked=double_checked, on=ON,
    )  # fmt: skip


def parted(who, number: str, document) -> Receipt:
    return undo_document_link(who, submission_key=str(new_uuid()), number=number, document=document, on=ON)


def subscriber_of(number: str):
    return current_tenure(find_line(number).line_id).person_id


def notified(number: str) -> list[str]:
    found = rows(
        "SELECT kind FROM notices_notice WHERE line_id = %s ORDER BY notice_id", [find_line(number).line_id]
    )
    return [row.kind for row in found]


def test_a_second_document_leads_to_the_same_person(clerk):
    card, abroad = person(), passport("N1000001")
    first = registered(clerk, card)

    joined(clerk, first, paper(card), paper(abroad))
    second = registered(clerk, abroad)

    assert subscriber_of(second) == subscriber_of(first)


def test_each_document_says_from_when_it_is_theirs(clerk):
    card, abroad = person(), passport("N1000002")
    first = registered(clerk, card)

    joined(clerk, first, paper(card), paper(abroad))

    found = rows("SELECT since, until FROM subscribers_document WHERE person_id = %s", [subscriber_of(first)])
    assert [(row.since, row.until) for row in found] == [(ON, None)] * 2


def test_two_people_whom_nobody_joined_stay_two_though_one_has_both_documents(clerk):
    same = {"name": "Tenzin", "address": "Invented Road 1"}

    first, second = registered(clerk, person(**same)), registered(clerk, passport("N1000003", **same))

    assert subscriber_of(first) != subscriber_of(second)
    assert rows("SELECT FROM subscribers_personlink") == []


def test_a_subscriber_known_twice_is_one_after_both_papers_were_shown(clerk):
    card, abroad = person(), passport("N1000004")
    first, second = registered(clerk, card), registered(clerk, abroad)

    receipt = joined(clerk, first, paper(card), paper(abroad))

    assert receipt.verb == "line:document:linked"
    assert len(set(principals({subscriber_of(first), subscriber_of(second)}).values())) == 1
    # Either document now proves to be the subscriber of either line.
    assert replace_sim(clerk, submission_key=str(new_uuid()), number=second, document=paper(card), on=ON)
    assert terminate_line(clerk, submission_key=str(new_uuid()), number=first, document=paper(abroad), on=ON)


def test_what_was_recorded_under_either_document_is_not_touched(clerk):
    card, abroad = person(), passport("N1000005")
    first, second = registered(clerk, card), registered(clerk, abroad)
    before = subscriber_of(first), subscriber_of(second)
    sealed = rows("SELECT * FROM vault_sealed ORDER BY person_id, tenure_id, field")

    joined(clerk, first, paper(card), paper(abroad))

    assert (subscriber_of(first), subscriber_of(second)) == before
    assert rows("SELECT * FROM vault_sealed ORDER BY person_id, tenure_id, field") == sealed


def test_an_entry_says_so_for_every_line_of_theirs_and_each_hears_of_it(clerk):
    card, abroad = person(), passport("N1000006")
    first, second = registered(clerk, card), registered(clerk, abroad)

    joined(clerk, first, paper(card), paper(abroad))

    marks = entries("line:document:linked")
    assert {mark.line_id for mark in marks} == {find_line(first).line_id, find_line(second).line_id}
    assert all('"already_known":true' in mark.text for mark in marks)
    assert "N1000006" not in "".join(mark.text for mark in marks)
    assert "record_changed" in notified(first)
    assert "record_changed" in notified(second)


def test_a_new_line_under_one_document_is_notified_to_the_lines_under_the_other(clerk):
    card, abroad = person(), passport("N1000007")
    first = registered(clerk, card)
    second = registered(clerk, abroad)
    joined(clerk, first, paper(card), paper(abroad))

    registered(clerk, abroad)

    assert "new_line_in_your_name" in notified(first)
    assert "new_line_in_your_name" in notified(second)


@pytest.mark.parametrize("shown", [0, 1])
def test_a_limit_counts_the_lines_under_all_documents_of_one_person(clerk, limited, shown):
    limited(TWO)
    papers = person(), passport("N1000008")
    first, _ = (registered(clerk, one) for one in papers)
    joined(clerk, first, paper(papers[0]), paper(papers[1]))

    with refusing(LIMIT_REACHED):
        registered(clerk, papers[shown])


def test_a_subscriber_over_a_limit_by_joining_loses_no_line(clerk, limited):
    limited(TWO)
    card, abroad = person(), passport("N1000009")
    numbers = [
        registered(clerk, card),
        registered(clerk, card),
        registered(clerk, abroad),
        registered(clerk, abroad),
    ]

    joined(clerk, numbers[0], paper(card), paper(abroad))

    assert {find_line(number).state.value for number in numbers} == {"active"}


def test_a_line_cannot_be_transferred_to_its_own_subscriber_under_another_document(clerk):
    card, abroad = person(), passport("N1000010")
    first = registered(clerk, card)
    registered(clerk, abroad)
    joined(clerk, first, paper(card), paper(abroad))

    with pytest.raises(Exception, match="one of the present subscriber"):
        transfer_line(clerk, submission(first, abroad, transferor=given_by(card)), on=ON)


def test_only_the_subscribers_document_lets_another_be_added(clerk):
    first = registered(clerk, person())

    with refusing(NOT_THE_SUBSCRIBER):
        joined(clerk, first, paper(person()), paper(passport("N1000011")))

    assert entries("line:document:linked") == []


def test_a_further_document_is_checked_like_any_other(clerk):
    card = person()
    first = registered(clerk, card)

    with refusing(DOCUMENT_DOUBTFUL):
        joined(clerk, first, paper(card), ("passport-npl", "NOFIGURES"))
    with pytest.raises(InvalidDocumentNumber):
        joined(clerk, first, paper(card), ("cn-resident-card", "12"))

    assert joined(clerk, first, paper(card), ("passport-npl", "NOFIGURES"), double_checked=True)


def test_joining_again_is_refused_and_sent_twice_it_is_one_receipt(clerk):
    card, abroad = person(), passport("N1000012")
    first = registered(clerk, card)

    once = joined(clerk, first, paper(card), paper(abroad), key="joined-once")
    again = joined(clerk, first, paper(card), paper(abroad), key="joined-once")
    with refusing(DOCUMENT_ALREADY_LINKED):
        joined(clerk, first, paper(card), paper(abroad))

    assert (again, again.is_repeat) == (once, True)


def test_a_company_and_a_person_are_never_one(clerk):
    card = person()
    first = registered(clerk, card)
    firm = person(document_type="cn-business-licence", document_number="91110000600037341L")
    parts = {PartyRole.SUBSCRIBER: firm, PartyRole.USER: person(), PartyRole.BEARER: without_address()}
    register_subscriber(clerk, submission(fresh_number(), kind=PartyKind.COMPANY, parts=parts), on=ON)

    with refusing(DOCUMENTS_INCOMPATIBLE):
        joined(clerk, first, paper(card), paper(firm))


def test_somebody_protected_is_joined_by_nobody_at_a_counter(clerk):
    card, abroad = person(), passport("N1000013")
    first, second = registered(clerk, card), registered(clerk, abroad)
    set_protection(subscriber_of(second), protected=True)

    with refusing(LineNotFound):
        joined(clerk, first, paper(card), paper(abroad))

    assert joined(OFFICER, first, paper(card), paper(abroad))


def test_protection_follows_every_linked_document(clerk):
    card, abroad, other = person(), passport("N1000033"), person()
    first, second = registered(clerk, card), registered(clerk, abroad)
    set_protection(subscriber_of(second), protected=True)
    joined(OFFICER, first, paper(card), paper(abroad))

    with refusing(LineNotFound):
        joined(clerk, first, paper(card), paper(other))

    parted(OFFICER, first, paper(abroad))
    with refusing(LineNotFound):
        joined(clerk, first, paper(card), paper(other))


def test_an_officer_parts_what_was_joined_and_each_has_what_they_had(clerk):
    card, abroad = person(), passport("N1000014")
    first, second = registered(clerk, card), registered(clerk, abroad)
    joined(clerk, first, paper(card), paper(abroad))

    receipt = parted(OFFICER, first, paper(abroad))

    assert receipt.verb == "line:document:unlinked"
    assert len(entries("line:document:unlinked")) == 2
    with refusing(NOT_THE_SUBSCRIBER):
        terminate_line(clerk, submission_key=str(new_uuid()), number=first, document=paper(abroad), on=ON)
    assert terminate_line(clerk, submission_key=str(new_uuid()), number=second, document=paper(abroad), on=ON)


def test_a_document_that_was_only_added_leads_to_nobody_once_it_is_parted(clerk):
    card, abroad = person(), passport("N1000015")
    first = registered(clerk, card)
    joined(clerk, first, paper(card), paper(abroad))

    parted(OFFICER, first, paper(abroad))

    assert subscriber_of(registered(clerk, abroad)) != subscriber_of(first)


def test_the_last_document_is_not_parted(clerk):
    card = person()
    first = registered(clerk, card)

    with refusing(DOCUMENT_NOT_LINKED):
        parted(OFFICER, first, paper(card))

    assert entries("line:document:unlinked") == []


def test_no_clerk_parts_anything(clerk):
    card = person()
    first = registered(clerk, card)

    with refusing(NOT_ALLOWED):
        parted(clerk, first, paper(card))


def test_of_three_that_are_one_any_may_be_parted_and_the_others_stay_one(register):
    for taken_out in range(3):
        people = [new_uuid() for _ in range(3)]
        link_persons(people[0], people[1], on=ON, entry_id=EntryId(1))
        link_persons(people[1], people[2], on=ON, entry_id=EntryId(1))
        assert len(set(principals(set(people)).values())) == 1

        assert unlink_person(people[taken_out], entry_id=EntryId(1))

        others = [one for place, one in enumerate(people) if place != taken_out]
        whole = principals(set(people))
        assert whole[others[0]] == whole[others[1]] != whole[people[taken_out]]


def test_a_renewed_document_takes_the_place_of_the_former(clerk):
    old, new = passport("N1000016"), passport("N1000017")
    number = registered(clerk, old)

    change_record(clerk, submission(number, new, former_document=paper(old)), on=ON)

    with refusing(DOCUMENT_REPLACED):
        replace_sim(clerk, submission_key=str(new_uuid()), number=number, document=paper(old), on=ON)
    assert replace_sim(clerk, submission_key=str(new_uuid()), number=number, document=paper(new), on=ON)


def test_a_line_is_not_given_away_with_a_document_that_was_replaced(clerk):
    old, new = passport("N1000018"), passport("N1000019")
    number = registered(clerk, old)
    change_record(clerk, submission(number, new, former_document=paper(old)), on=ON)

    with refusing(DOCUMENT_REPLACED):
        transfer_line(clerk, submission(number, person(), transferor=given_by(old)), on=ON)


def test_a_replaced_document_still_counts_for_its_person(clerk, limited):
    limited(TWO)
    old, new = passport("N1000020"), passport("N1000021")
    number = registered(clerk, old)
    change_record(clerk, submission(number, new, former_document=paper(old)), on=ON)
    registered(clerk, new)

    with refusing(LIMIT_REACHED):
        registered(clerk, old)


def test_a_number_that_was_recorded_wrongly_leads_to_whose_it_is(clerk):
    mistyped, right = person(), person()
    number = registered(clerk, mistyped)

    change_record(
        clerk, submission(number, right, former_document=paper(mistyped), former_was_wrong=True), on=ON
    )

    assert subscriber_of(registered(clerk, mistyped)) != subscriber_of(number)
    assert subscriber_of(registered(clerk, right)) == subscriber_of(number)


@pytest.mark.parametrize("was_wrong", [True, False])
def test_the_counters_role_suffices_for_a_document_that_takes_anothers_place(clerk, as_role, was_wrong):
    former, right = person(), person()
    number = registered(clerk, former)

    with as_role("counter"):
        change_record(
            clerk, submission(number, right, former_document=paper(former), former_was_wrong=was_wrong), on=ON
        )

    assert (subscriber_of(registered(clerk, former)) == subscriber_of(number)) is not was_wrong
    assert len(entries("line:document:unlinked", line_id=find_line(number).line_id)) == was_wrong


def test_a_renewal_that_was_a_slip_gives_the_former_document_back(clerk):
    right, slip = person(), person()
    number = registered(clerk, right)
    change_record(clerk, submission(number, slip, former_document=paper(right)), on=ON)

    change_record(clerk, submission(number, right, former_document=paper(slip), former_was_wrong=True), on=ON)

    assert replace_sim(clerk, submission_key=str(new_uuid()), number=number, document=paper(right), on=ON)


def test_a_renewed_document_that_is_somebody_elses_asks_for_both_to_be_joined(clerk):
    card, abroad = person(), passport("N1000022")
    number = registered(clerk, card)
    registered(clerk, abroad)

    with pytest.raises(DocumentOfAnother) as refused:
        change_record(clerk, submission(number, abroad, former_document=paper(card)), on=ON)

    assert "A further document of one person" in refused.value.advice
    joined(clerk, number, paper(card), paper(abroad))
    assert change_record(clerk, submission(number, abroad, former_document=paper(card)), on=ON)


def test_the_counters_role_suffices_to_join_to_part_and_to_replace(clerk):
    card, abroad, renewed = person(), passport("N1000023"), passport("N1000024")
    first, second = registered(clerk, card), registered(clerk, abroad)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE counter")

    joined(clerk, first, paper(card), paper(abroad))
    change_record(clerk, submission(second, renewed, former_document=paper(abroad)), on=ON)
    parted(OFFICER, first, paper(renewed))

    assert rows("SELECT FROM subscribers_personlink") == []
