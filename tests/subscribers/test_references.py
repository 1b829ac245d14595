"""A person is found again by the document that was shown, exactly, and by nothing else."""

import datetime as dt

import pytest

from rollkeeper.documents.rules import check_number
from rollkeeper.kernel.database import rows
from rollkeeper.law.rules import Allowed, Refused
from rollkeeper.registration.rules import may_hold_another
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.subscribers.errors import DocumentOfAnother
from rollkeeper.subscribers.services import PresentedPerson, add_document, find_or_create_persons

ON = dt.date(2012, 2, 1)


def shown(number: str | None, document_type: str = "passport") -> PresentedPerson:
    document = None if number is None else (document_type, number)
    return PresentedPerson(kind=PartyKind.INDIVIDUAL, language="bo", document=document)


def test_the_same_document_gives_the_same_reference(register):
    (first,) = find_or_create_persons([shown("X00000001")], on=ON)

    assert find_or_create_persons([shown("x 0000 0001")], on=ON) == [first]


def test_another_document_is_another_person_and_nobody_is_merged(register):
    first, second = find_or_create_persons([shown("X00000001"), shown("X00000002")], on=ON)

    assert first != second


def test_who_shows_no_document_is_never_found_again(register):
    (first,) = find_or_create_persons([shown(None)], on=ON)

    assert find_or_create_persons([shown(None)], on=ON) != [first]


def test_the_old_and_the_new_number_of_a_resident_card_are_one_person(register):
    old, new = (
        check_number("cn-resident-card", text, on=ON).normalised
        for text in ("110105491231002", "11010519491231002Ⅹ")
    )
    (first,) = find_or_create_persons([shown(old, "cn-resident-card")], on=ON)

    assert find_or_create_persons([shown(new, "cn-resident-card")], on=ON) == [first]


def test_a_renewed_document_leads_to_the_same_person(register):
    (person,) = find_or_create_persons([shown("X00000001")], on=ON)

    add_document(person, document=("passport", "X00000009"), on=ON)

    assert find_or_create_persons([shown("X00000009")], on=ON) == [person]


def test_a_document_that_is_somebody_elses_is_not_added(register):
    first, _ = find_or_create_persons([shown("X00000001"), shown("X00000002")], on=ON)

    with pytest.raises(DocumentOfAnother):
        add_document(first, document=("passport", "X00000002"), on=ON)


def test_no_number_of_a_document_stands_in_clear(register):
    find_or_create_persons([shown("X00000001")], on=ON)

    (row,) = rows("SELECT document_index, document_type FROM subscribers_document")

    assert b"X00000001" not in bytes(row.document_index)
    assert row.document_type == "passport"


@pytest.mark.parametrize(
    ("held", "limit", "verdict"), [(4, 5, Allowed), (5, 5, Refused), (6, 5, Refused), (99, None, Allowed)]
)
def test_a_limit_counts_the_line_that_is_asked_for(held, limit, verdict):
    assert isinstance(may_hold_another(held=held, limit=limit, article="1"), verdict)
