# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a worker: what a person approved on a page is written down as they said it, and nothing else."""

import hashlib

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.staff_requests import ask
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from tests.builders.lines import make_line
from tests.builders.staff import employ
from tests.operations.test_app_entries import refused_at_commit
from tests.registration.people import ON

pytestmark = pytest.mark.usefixtures("register")
CASE, OTHER = new_uuid(), new_uuid()
APPROVED = (
    "INSERT INTO access_approval (permission, subject, content, staff_id, approves, day)"
    " VALUES (%(permission)s, %(subject)s, %(content)s, %(person)s, %(approves)s, '2012-03-02')"
)
PUBLISHED = "UPDATE reporting_report SET published_on = '2012-04-02' WHERE period = '2012-Q1'"


def refusal(statement, values=None):
    """By what the register refuses a statement; nothing where it does not. It is taken back."""
    try:
        with transaction.atomic():
            run(statement, values)
            transaction.set_rollback(True)
    except DatabaseError as fault:
        return str(fault)
    return ""


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def reports():
    for period in ("2011-Q4", "2012-Q1"):
        run(
            "INSERT INTO reporting_report (period, report, made_at) VALUES (%s, %s, now())",
            [period, f"of {period}"],
        )


@pytest.fixture
def person(as_role):
    """Who asked on pages to judge one case and to publish one report."""
    supervisor = employ(StaffRole.SUPERVISOR)
    with as_role("backoffice"):
        ask(
            supervisor,
            "decide-case",
            payload={"case": str(CASE), "upheld": False, "because": "document_forged"},
        )
        ask(supervisor, "publish-report", payload={"period": "2012-Q1"})
    return supervisor.staff_id


@pytest.mark.parametrize(
    ("subject", "content", "approves", "may"),
    [(CASE, "forged", True, True), (CASE, "genuine", True, False), (OTHER, "forged", True, False),
     (CASE, None, True, False), (CASE, "forged", False, False), (CASE, None, False, False)],
)  # fmt: skip
def test_a_worker_judges_no_other_case_and_not_otherwise_than_the_person(
    as_role, person, subject, content, approves, *, may
):
    values = {
        "permission": "decide_forgery", "subject": subject, "content": content, "person": person, "approves": approves,
    }  # fmt: skip

    with as_role("worker"):
        assert (refusal(APPROVED, values) == "") is may


@pytest.mark.parametrize(
    ("period", "approves", "may"),
    [("2012-Q1", True, True), ("2011-Q4", True, False), ("2012-Q1", False, False)],
)
def test_a_worker_approves_no_other_report_and_withdraws_none(
    as_role, reports, person, period, approves, *, may
):
    values = {
        "permission": "publish_report", "subject": new_uuid(), "content": digest(f"of {period}"), "person": person, "approves": approves,
    }  # fmt: skip

    with as_role("worker"):
        assert (refusal(APPROVED, values) == "") is may


@pytest.mark.parametrize(
    "approved", [[], ["of 2012-Q1"], ["of 2012-Q1", "of 2011-Q4"], ["of 2012-Q1", "of 2012-Q1"]]
)
def test_a_worker_publishes_no_report_that_two_people_did_not_read(as_role, reports, approved):
    for text in approved:
        person = employ(StaffRole.SUPERVISOR).staff_id
        run(
            APPROVED,
            {
                "permission": "publish_report",
                "subject": CASE,
                "content": digest(text),
                "person": person,
                "approves": True,
            },
        )

    with as_role("worker"):
        assert (refusal(PUBLISHED) == "") is (approved == ["of 2012-Q1"] * 2)
        assert refusal(
            "INSERT INTO reporting_report (period, report, made_at, published_on) VALUES ('2011', 'x', now(), '2012-04-02')"
        )


def test_who_asked_once_is_good_for_one_approval(as_role, person):
    values = {
        "permission": "decide_forgery",
        "subject": CASE,
        "content": "forged",
        "person": person,
        "approves": True,
    }
    with as_role("worker"):
        run(APPROVED, values)
        assert "given_twice" in refusal(APPROVED, values)
    assert len(rows("SELECT FROM access_approval")) == 1


OPENED = (
    "INSERT INTO selfcare_case (case_id, line_id, kind, opened_on, due_on, settled_on, upheld, settled_by)"
    " VALUES (%(case)s, %(line)s, 'correct', '2012-03-01', '2012-03-16', %(settled)s, %(upheld)s, %(by)s)"
)
DECIDED = "UPDATE selfcare_case SET settled_on = '2012-03-02', upheld = false, because = NULL, settled_by = %(by)s WHERE case_id = %(case)s"


@pytest.fixture
def cases():
    """An open case and a decided one."""
    line_id = make_line()
    run(OPENED, {"case": CASE, "line": line_id, "settled": None, "upheld": None, "by": None})
    run(OPENED, {"case": OTHER, "line": line_id, "settled": "2012-03-02", "upheld": True, "by": "a" * 64})
    return line_id


def settled(line_id, case_id, by, *, upheld=False):
    """Enter that a case was decided."""
    authority = Authority(frozenset(), None, by)
    facts = {"case": str(case_id), "kind": "correct", "upheld": upheld}
    append_entry(authority, verb=Verb.CASE_SETTLED, role="supervisor", on=ON, line_id=line_id, facts=facts)


@pytest.mark.parametrize(
    ("said", "may"),
    [({}, True), (None, False), ({"case_id": OTHER}, False), ({"by": "c" * 64}, False), ({"upheld": True}, False),
     ({"line_id": "another"}, False)],
)  # fmt: skip
def test_a_worker_decides_no_case_but_as_its_entry_says(as_role, cases, said, *, may):
    given = {"line_id": cases, "case_id": CASE, "by": "b" * 64} | (said or {})
    if given["line_id"] == "another":
        given["line_id"] = make_line()

    def decide():
        run(DECIDED, {"case": CASE, "by": "b" * 64})
        if said is not None:
            settled(**given)

    with as_role("worker"):
        assert (refused_at_commit(decide) == "") is may


@pytest.mark.parametrize(
    "change",
    [
        "settled_on = NULL",
        "upheld = false",
        "settled_by = 'another'",
        "because = 'record_corrected'",
        "due_on = '2499-01-01'",
        "opened_on = '2000-01-01'",
        "line_id = uuidv7()",
        "kind = 'appeal'",
        "tenure_id = uuidv7()",
    ],
)
def test_a_worker_opens_no_decided_case_again_and_makes_it_no_other(as_role, cases, change):
    def rewrite():
        run(f"UPDATE selfcare_case SET {change} WHERE case_id = %s", [OTHER])  # noqa: S608 - of the list above
        settled(cases, OTHER, "a" * 64)

    with as_role("worker"):
        assert refused_at_commit(rewrite)
