# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a counter: no one becomes one person with another, or gets a document, without theirs and unseen."""

import pytest

from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.operations.bootstrap import set_limits
from rollkeeper.registration.document_links import link_document, undo_document_link
from rollkeeper.registration.services import change_record, register_subscriber
from rollkeeper.subscribers.queries import index_of_document
from tests.operations.test_people_not_told import NOTICE, refusal_at_commit
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON, person, submission
from tests.registration.test_document_links import OFFICER, paper, passport

pytestmark = pytest.mark.usefixtures("vaulted")

JOINED = "SELECT subscribers_link(%(stays)s, %(goes)s, '2012-03-02', %(entry)s, %(shown)s)"
ADDED = "SELECT subscribers_add_documents(ARRAY[sha256('a made-up document')], ARRAY[%s]::uuid[], ARRAY['other'], %s)"
PLAIN = {"assurance": "sighted", "party_kind": "individual"}


@pytest.fixture
def two(vaulted, clerk, new_line):  # noqa: F811
    """A subscriber who works with the attacker, and another: each with the line's reference, the number, the person, the document."""

    def subscriber():
        number, who = new_line(), person()
        register_subscriber(clerk, submission(number, who), on=ON)
        line_id = find_line(number).line_id
        return line_id, number, tenures(line_id)[0], paper(who)

    found = subscriber(), subscriber()
    run("DELETE FROM notices_notice")
    # In a transaction of before.
    for statement in (
        "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED", "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
        "UPDATE ledger_entry SET xid = '3'::xid8", "ALTER TABLE ledger_entry ENABLE TRIGGER USER",
    ):  # fmt: skip
        run(statement)
    return found


def enter(clerk, line_id, tenure, *, verb=Verb.DOCUMENT_LINKED, **facts):  # noqa: F811
    pack = {"pack": "a1" * 32} if "party_kind" in facts else {}
    return append_entry(
        clerk, verb=verb, role="clerk", on=ON, line_id=line_id, person_id=tenure.person_id, commitment=tenure.commitment,
        facts=facts, **pack,
    )  # fmt: skip


def join(clerk, *, by, first, second, shown, tell):  # noqa: F811
    """Join two subscribers by statements alone: with an entry about one, having shown some documents, telling some lines."""

    def do():
        lines = dict.fromkeys([by[0], *tell])
        entry, *_ = [enter(clerk, one, by[2], already_known=True, assurance="sighted") for one in lines]
        indexes = [index_of_document(document, on=ON) for document in shown]
        rows(
            JOINED,
            {"stays": first[2].person_id, "goes": second[2].person_id, "entry": entry, "shown": indexes},
        )
        for one in tell:
            run(NOTICE, [one, "record_changed", ON])

    return do


@pytest.mark.parametrize("entered_for", [0, 1])
@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("papers", [(), (0,), (1,)])
def test_no_counter_joins_people_without_a_document_of_each(
    two,
    clerk,  # noqa: F811
    as_role,
    entered_for,
    direction,
    papers,
):
    first, second = two[::direction]

    with as_role("counter"):
        said = refusal_at_commit(join(
            clerk, by=two[entered_for], first=first, second=second, shown=[two[one][3] for one in papers],
            tell=[one[0] for one in two],
        ))  # fmt: skip

    assert "subscribers_joined_without_their_documents" in said


@pytest.mark.parametrize("told", [(), (0,), (1,)])
def test_no_counter_joins_people_unless_each_line_of_either_is_told(two, clerk, as_role, told):  # noqa: F811
    with as_role("counter"):
        said = refusal_at_commit(join(
            clerk, by=two[0], first=two[0], second=two[1], shown=[one[3] for one in two], tell=[two[one][0] for one in told],
        ))  # fmt: skip

    assert "subscribers_joined_or_parted_unnotified" in said


def test_a_counter_joins_two_whose_documents_it_saw_and_whose_lines_are_told(two, clerk, as_role):  # noqa: F811
    with as_role("counter"):
        said = refusal_at_commit(join(
            clerk, by=two[0], first=two[0], second=two[1], shown=[one[3] for one in two], tell=[one[0] for one in two],
        ))  # fmt: skip

    assert said == ""


def test_documents_that_are_tried_by_joining_are_counted(two, clerk, as_role):  # noqa: F811
    set_limits(lookups_per_day=3)
    run("SELECT setval('access_lookups_counter', 0)")
    tried = join(clerk, by=two[0], first=two[0], second=two[1], shown=[two[0][3], paper(person())], tell=())

    with as_role("counter"):
        said = [refusal_at_commit(tried) for _ in range(2)]

    assert ["lookup_limit" in one for one in said] == [False, True]


def test_no_counter_parts_what_was_joined_unless_each_line_is_told(two, clerk, as_role):  # noqa: F811
    link_document(
        clerk, submission_key=str(new_uuid()), number=two[0][1], document=two[0][3], further=two[1][3], double_checked=False, on=ON
    )  # fmt: skip
    run("DELETE FROM notices_notice")

    def part():
        entry = enter(clerk, two[0][0], two[0][2], verb=Verb.DOCUMENT_UNLINKED)
        rows("SELECT subscribers_unlink(%s, %s)", [two[1][2].person_id, entry])
        run(NOTICE, [two[0][0], "record_changed", ON])

    with as_role("counter"):
        said = refusal_at_commit(part)

    assert "subscribers_joined_or_parted_unnotified" in said


@pytest.mark.parametrize(
    ("verb", "facts", "is_told", "refused_by"),
    [
        (Verb.LINE_LOOKED_UP, {}, True, "without_its_ledger_entry"),
        (Verb.DOCUMENT_LINKED, {"already_known": False, "assurance": "sighted"}, False, "subscribers_document_of_a_person_who_is_not_told"),
        (Verb.TENURE_CORRECTED, PLAIN, False, "subscribers_document_of_a_person_who_is_not_told"),
        (Verb.DOCUMENT_LINKED, {"already_known": False, "assurance": "sighted"}, True, ""),
    ],
)  # fmt: skip
def test_no_counter_gives_a_subscriber_a_document_unseen(
    two,
    clerk,  # noqa: F811
    as_role,
    verb,
    facts,
    is_told,
    refused_by,
):
    line_id, _, tenure, _ = two[1]

    def add():
        if verb is Verb.LINE_LOOKED_UP:
            append_entry(clerk, verb=verb, role="clerk", on=ON, line_id=line_id)
        else:
            enter(clerk, line_id, tenure, verb=verb, **facts)
        rows(ADDED, [tenure.person_id, ON])
        if is_told:
            run(NOTICE, [line_id, "record_changed" if facts else "restored", ON])

    with as_role("counter"):
        said = refusal_at_commit(add)

    assert refused_by in said if refused_by else said == ""


def test_the_counters_role_suffices_for_what_its_pages_do(two, clerk, as_role):  # noqa: F811
    (_, first, _, card), (_, second, _, abroad) = two
    further, renewed = passport("N1000901"), passport("N1000902")

    def all_of_it():
        link_document(
            clerk, submission_key=str(new_uuid()), number=first, document=card, further=abroad, double_checked=False, on=ON
        )  # fmt: skip
        link_document(
            clerk, submission_key=str(new_uuid()), number=first, document=abroad, further=paper(further), double_checked=False, on=ON
        )  # fmt: skip
        change_record(clerk, submission(second, renewed, former_document=abroad), on=ON)
        undo_document_link(
            OFFICER, submission_key=str(new_uuid()), number=first, document=paper(renewed), on=ON
        )

    with as_role("counter"):
        said = refusal_at_commit(all_of_it)

    assert said == ""
