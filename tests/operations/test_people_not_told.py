# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app: no one gets a line, a document or a false notice of which they, or the ledger, learn nothing."""

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.operations.bootstrap import set_limits
from rollkeeper.registration import services
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")

REGISTERED = (
    "SELECT * FROM lines_register(ARRAY[%(line)s]::uuid[], ARRAY[uuidv7()], ARRAY['individual'], ARRAY[%(person)s]::uuid[],"
    " ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY[%(assurance)s], ARRAY[NULL]::text[], ARRAY[NULL]::text[],"
    " ARRAY[NULL]::date[], ARRAY[%(entry)s]::bigint[], ARRAY['en'], ARRAY[true])"
)
NOTICE = "INSERT INTO notices_notice (line_id, notice_id, kind, language, pack_hash, queued_on) VALUES (%s, uuidv7(), %s, 'en', '00', %s)"


@pytest.fixture
def held(vaulted, clerk, new_line):  # noqa: F811
    """A line with a subscriber: its reference, and theirs."""
    number = new_line()
    services.register_subscriber(clerk, submission(number, person()), on=ON)
    run("DELETE FROM notices_notice")
    line_id = find_line(number).line_id
    return line_id, tenures(line_id)[0]


def refusal_at_commit(do):
    """By what the register refuses it, at the latest when the transaction ends; nothing where it does not."""
    try:
        with transaction.atomic():
            do()
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as fault:
        return str(fault)
    finally:
        run("SET CONSTRAINTS ALL DEFERRED")
    return ""


@pytest.fixture
def register_in(clerk, new_line):  # noqa: F811
    """Register a line in a person's name by statements alone, and tell these lines of it."""
    another = find_line(new_line()).line_id

    def registered(tenure, *, on_line=None, tell=(), kind="new_line_in_your_name", assurance="sighted"):
        line_id = on_line or another

        def do():
            entry = append_entry(
                clerk, verb=Verb.TENURE_REGISTERED, role="clerk", on=ON, line_id=line_id, person_id=tenure.person_id,
                commitment=tenure.commitment, pack="a1" * 32, facts={"assurance": assurance, "party_kind": "individual"},
            )  # fmt: skip
            rows(
                REGISTERED,
                {"line": line_id, "person": tenure.person_id, "entry": entry, "assurance": assurance},
            )
            for one in tell:
                run(NOTICE, [one, kind, ON])

        return do

    return registered


@pytest.mark.parametrize("assurance", ["sighted", "declared"])
@pytest.mark.parametrize("told", ["no one", "of another thing", "another line"])
def test_a_counter_registers_no_line_for_a_person_whose_other_lines_are_not_told(
    held, register_in, as_role, assurance, told
):
    line_id, tenure = held
    tell, kind = (
        ([line_id], "record_changed") if told == "of another thing" else ([], "new_line_in_your_name")
    )
    if told == "another line":
        tell = [new_uuid()]

    with as_role("counter"):
        said = refusal_at_commit(register_in(tenure, tell=tell, kind=kind, assurance=assurance))

    assert "lines_tenure_of_a_person_who_is_not_told" in said


def test_a_counter_registers_a_line_for_a_person_who_is_told_of_it(held, register_in, as_role):
    line_id, tenure = held

    with as_role("counter"):
        said = refusal_at_commit(register_in(tenure, tell=[line_id]))

    assert said == ""


@pytest.mark.parametrize(("is_told", "is_refused"), [(False, True), (True, False)])
def test_a_counter_changes_no_record_of_which_its_line_is_not_told(
    held, register_in, as_role, is_told, is_refused
):
    line_id, tenure = held

    with as_role("counter"):
        said = refusal_at_commit(
            register_in(tenure, on_line=line_id, tell=[line_id] if is_told else [], kind="record_changed")
        )

    assert ("lines_tenure_of_a_person_who_is_not_told" in said) is is_refused, said


def test_a_counter_records_no_document_without_an_entry_about_its_person(held, clerk, as_role):  # noqa: F811
    line_id, _ = held
    someone = new_uuid()

    def add():
        rows(
            "SELECT subscribers_add_documents(ARRAY[sha256('a made-up document')], ARRAY[%s]::uuid[], ARRAY['other'], %s)",
            [someone, ON],
        )

    def add_on_record():
        append_entry(
            clerk, verb=Verb.DOCUMENT_LINKED, role="clerk", on=ON, line_id=line_id, person_id=someone, commitment="a1" * 32,
            facts={"already_known": False, "assurance": "sighted"},
        )  # fmt: skip
        add()

    with as_role("counter"):
        said, on_record = refusal_at_commit(add), refusal_at_commit(add_on_record)

    assert "subscribers_document_changed_without_its_ledger_entry" in said
    assert on_record == ""


def test_access_histories_that_are_read_and_rolled_back_are_counted(held, clerk, as_role):  # noqa: F811
    line_id, _ = held
    set_limits(lookups_per_day=25)
    run("SELECT setval('access_lookups_backoffice', 0)")
    refusals = []

    with as_role("backoffice"):
        for _ in range(4):
            try:
                with transaction.atomic():
                    append_entry(clerk, verb=Verb.LINE_LOOKED_UP, role="clerk", on=ON, line_id=line_id)
                    rows(
                        "SELECT * FROM lines_accesses_of(%s, ARRAY['line:line:looked_up'], %s)", [line_id, ON]
                    )
                    transaction.set_rollback(True)
            except DatabaseError as fault:
                refusals.append("lookup_limit" in str(fault))

    assert refusals == [True, True]


def test_asking_whose_number_was_typed_at_the_portal_counts_as_a_lookup(held, as_role):
    line_id, _ = held
    set_limits(lookups_per_day=2)
    run("SELECT setval('access_lookups_counter', 0)")

    with as_role("counter"):
        said = [
            refusal_at_commit(lambda: rows("SELECT * FROM selfcare_pages_of(%s)", [line_id]))
            for _ in range(3)
        ]

    assert ["lookup_limit" in one for one in said] == [False, False, True]


@pytest.fixture
def at_two_lines(clerk, new_line):  # noqa: F811
    """A clerk, and two lines without a subscriber."""
    return clerk, find_line(new_line()).line_id, find_line(new_line()).line_id


@pytest.mark.parametrize(
    ("role", "kind", "verb", "is_refused"),
    [
        ("counter", "sim_replaced", Verb.LINE_LOOKED_UP, True),
        ("counter", "terminated", Verb.LINE_LOOKED_UP, True),
        ("counter", "restored", None, True),
        ("counter", "restored", Verb.LINE_LOOKED_UP, False),
        ("counter", "new_line_in_your_name", Verb.LINE_LOOKED_UP, True),
        ("backoffice", "confirm_record", Verb.LINE_LOOKED_UP, True),
        ("backoffice", "audit_asked", Verb.LINE_LOOKED_UP, True),
    ],
)
def test_no_app_has_a_notice_sent_of_what_no_entry_says(at_two_lines, as_role, role, kind, verb, is_refused):
    who, line_id, other = at_two_lines

    def owe():
        append_entry(who, verb=Verb.LINE_LOOKED_UP, role="clerk", on=ON, line_id=line_id if verb else other)
        run(NOTICE, [line_id, kind, ON])

    with as_role(role):
        said = refusal_at_commit(owe)

    assert ("notices_notice_changed_without_its_ledger_entry" in said) is is_refused, said


@pytest.mark.parametrize("kind", ["terminated", "record_changed", "restored"])
def test_no_counter_tells_a_nation_of_what_was_not_done(at_two_lines, as_role, kind):
    who, line_id, _ = at_two_lines
    set_limits(lookups_per_day=3)
    run("SELECT setval('access_lookups_counter', 0)")

    def owe():
        if kind == "record_changed":
            append_entry(who, verb=Verb.DOCUMENT_UNLINKED, role="clerk", on=ON, line_id=line_id)
        else:
            append_entry(who, verb=Verb.LINE_TERMINATED, role="clerk", on=ON, line_id=line_id, pack="a1" * 32)
        run(NOTICE, [line_id, kind, ON])

    with as_role("counter"):
        said = [refusal_at_commit(owe) for _ in range(5)]

    assert ["lookup_limit" in one for one in said] == [False] * 3 + [True] * 2, said


def test_a_counter_ends_no_suspension_without_an_entry(new_line, as_role):  # noqa: F811
    line_id = find_line(new_line(SuspensionReason.REGISTRATION)).line_id
    restored = "SELECT lines_restore(%s, 'registration', '2012-03-02', now())"

    with as_role("counter"):
        said = refusal_at_commit(lambda: rows(restored, [line_id]))

    assert "lines_suspension_changed_without_its_ledger_entry" in said
