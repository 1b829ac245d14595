# SPDX-License-Identifier: EUPL-1.2
"""What a person must be told reaches that person, and not who has the line by the time the notice goes out."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import EntryId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import number_index_of
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice
from rollkeeper.selfcare.services import protect_subscriber
from rollkeeper.subscribers.services import link_persons
from tests.selfcare.people import NUMBER, ON, PERSON, register_line
from tests.selfcare.test_case_notices import OTHER, give_away, sent

ABOUT_A_PERSON = [
    NoticeKind.NEW_LINE_IN_YOUR_NAME, NoticeKind.RECORD_CHANGED, NoticeKind.SIM_REPLACED, NoticeKind.DATA_EXPOSED, NoticeKind.CONFIRM_RECORD,
    NoticeKind.GOOD_THROUGH, NoticeKind.DISCLOSED, NoticeKind.AUDIT_ASKED,
]  # fmt: skip


def owe(line, kind):
    enqueue_notice(
        line, kind=kind, language="en", promised_on=ON + dt.timedelta(days=30),
        pack_hash=load_pack(instance().pack).hash, on=ON,
    )  # fmt: skip
    if kind is NoticeKind.DATA_EXPOSED:
        run("UPDATE notices_notice SET exposed = '{name}' WHERE kind = 'data_exposed'")


def owed():
    return {(row.line_id, row.state) for row in rows("SELECT line_id, state FROM notices_notice")}


@pytest.mark.parametrize("kind", ABOUT_A_PERSON)
@pytest.mark.parametrize("is_given_away", [False, True])
def test_a_notice_about_a_person_is_not_sent_to_who_has_the_line_later(at_portal, kind, is_given_away):
    line = register_line()
    owe(line, kind)
    if is_given_away:
        give_away(line)

    assert len(sent()) == (not is_given_away)
    assert owed() == {(line, "withdrawn" if is_given_away else "sent")}


@pytest.mark.parametrize("kind", [NoticeKind.DISCLOSED, NoticeKind.DATA_EXPOSED])
def test_what_was_disclosed_or_exposed_follows_its_person_to_another_line(at_portal, kind):
    line, other = register_line(), register_line(OTHER)
    run("DELETE FROM notices_notice")
    owe(line, kind)
    give_away(line)

    first, later = sent(), sent()

    assert [one.address.reveal() for one in [*first, *later]] == [OTHER]
    assert owed() == {(line, "withdrawn"), (other, "sent")}


def test_it_follows_to_a_line_under_another_document_that_was_joined(at_portal):
    line, other = register_line(), register_line(OTHER, PERSON | {"document_number": "X7654321"})
    people = [row.person_id for row in rows("SELECT person_id FROM lines_tenure ORDER BY line_id")]
    link_persons(people[0], people[1], on=ON, entry_id=EntryId(1))
    run("DELETE FROM notices_notice")
    owe(line, NoticeKind.DISCLOSED)
    give_away(line)

    sent(), sent()

    assert owed() == {(line, "withdrawn"), (other, "sent")}


def test_a_line_that_its_person_disowned_is_not_told_what_was_disclosed_of_them(at_portal):
    line = register_line()
    owe(line, NoticeKind.DISCLOSED)
    run("UPDATE lines_tenure SET contested_on = %s", [ON])

    assert sent() == []


def test_a_protected_subscriber_is_still_told_what_was_disclosed(at_portal):
    line = register_line()
    owe(line, NoticeKind.DISCLOSED)
    protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)

    assert len(sent()) == 1
