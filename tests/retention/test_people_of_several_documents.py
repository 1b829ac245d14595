# SPDX-License-Identifier: EUPL-1.2
"""Who was one person under several documents: of a record that is erased nothing leads to the person whose other records stay."""

import datetime as dt
from itertools import count, permutations

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.registration.document_links import link_document
from rollkeeper.registration.services import register_subscriber
from rollkeeper.retention import services
from rollkeeper.subscribers.queries import principals
from rollkeeper.subscribers.services import set_protection
from tests.builders.lines import terminate_line
from tests.builders.staff import employ
from tests.operations.test_app_roles import refused
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("committed")
NUMBERS = count(2_000_000)
ENDED = ON + dt.timedelta(days=30)
ERASED = ENDED.replace(year=ENDED.year + 1) + dt.timedelta(days=1)


def papers(how_many):
    return [
        person(document_type="passport-npl", document_number=f"N{next(NUMBERS)}") for _ in range(how_many)
    ]


def one_person(how_many):
    """Lines under as many documents, which were all shown at one counter."""
    clerk, of, made = employ(StaffRole.CLERK), papers(how_many), []
    clock.set_demo_date(ON)
    for who in of:
        number = fresh_number()
        made.append((number, register_subscriber(clerk, submission(number, who), on=ON).line_id))
    shown = [(one["document_type"], one["document_number"]) for one in of]
    for further in shown[1:]:
        link_document(
            clerk, submission_key=str(new_uuid()), number=made[0][0], document=shown[0], further=further, double_checked=False,
            on=ON,
        )  # fmt: skip
    return [line for _, line in made]


def person_of(line):
    (found,) = rows("SELECT person_id FROM lines_tenure WHERE line_id = %s", [line])
    return found.person_id


def end(lines):
    clock.set_demo_date(ENDED)
    for line in lines:
        terminate_line(line, quarantined_until=ENDED + dt.timedelta(days=90), on=ENDED)


def erase():
    clock.set_demo_date(ERASED)
    return services.erase_due(worker_authority(), on=ERASED, after_gap=True).lines


def named():
    found = rows("SELECT person_id, principal_id FROM subscribers_personlink")
    return {one for row in found for one in row}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_three_documents_the_others_stay_one_whichever_is_erased_first(order):
    lines = one_person(3)
    who = {line: person_of(line) for line in lines}
    assert named() == set(who.values())
    first, *others = (lines[nth] for nth in order)
    end([first])

    assert erase() == 1

    assert named() == {who[line] for line in others}
    assert len(set(principals([who[line] for line in others]).values())) == 1
    entered = "SELECT e.body FROM subscribers_personlink JOIN ledger_entry e USING (entry_id)"
    assert [row for row in rows(entered) if '"erased":true' in row.body] == []


@pytest.mark.parametrize("gone", [(0,), (1,), (0, 1), (0, 1, 2)])
def test_once_one_or_none_is_left_nothing_says_that_there_were_several(gone, as_role):
    lines = one_person(max(2, len(gone)))
    end(lines[nth] for nth in gone)

    with as_role("worker"):
        assert erase() == len(gone)

    assert named() == set()


def test_that_a_person_was_under_threat_goes_with_their_last_record_and_not_before(as_role):
    gone, kept = (one_person(1)[0] for _ in range(2))
    for line in (gone, kept):
        set_protection(person_of(line), protected=True)
    end([gone])

    with as_role("worker"):
        assert erase() == 1
        assert refused(
            "UPDATE subscribers_subscriber SET erased_on = '2013-01-01' WHERE person_id = %s",
            [person_of(kept)],
        )

    found = rows("SELECT person_id FROM subscribers_subscriber WHERE is_protected")
    assert [row.person_id for row in found] == [person_of(kept)]
