# SPDX-License-Identifier: EUPL-1.2
"""Which lines come is decided by the auditor's text and the published ledger, and who has its evidence draws the same ones again."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import STAFF_ROLES, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.ledger import publication
from rollkeeper.ledger.publication import publish
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.reporting.audit_samples import queries, services
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.reporting.audit_samples.errors import (
    AUDIT_SAMPLE_NOT_FOUND,
    INVALID_QUARTER,
    SAMPLE_ALREADY_DRAWN,
    SEED_TEXT_TOO_SHORT,
)
from rollkeeper.reporting.audit_samples.redraw import redraw
from rollkeeper.reporting.audit_samples.rules import MAX_LINES, first_of_each, is_long_enough
from rollkeeper.reporting.errors import REPORT_NOT_FOUND
from rollkeeper.reporting.evidence import write_evidence
from rollkeeper.reporting.periods import quarters_of
from rollkeeper.reporting.services import make_report
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.reporting.entries import ZEROS, write_year

AFTER = dt.date(2013, 1, 2)
Q1, Q2, *_ = quarters_of(2012)
DICE = "6 2 5 5 1 3 4 4 6 1"


def employed(name, role=StaffRole.AUDITOR):
    clock.set_demo_date(AFTER)
    return employ(role, username=name)


@pytest.fixture(scope="module")
def lived(data_dir, empty_everything, tmp_path_factory):
    """A year of entries, published, and the report of its first quarter; entries of that quarter come later."""
    empty_everything()
    publication.last_checkpoint_file().unlink(missing_ok=True)
    folder = tmp_path_factory.mktemp("samples")
    write_year(random.Random(7), most=120)  # noqa: S311 - entries to be drawn, no secret
    publish(folder)
    make_report(console_authority(), Q1, on=AFTER)
    write_year(random.Random(8), most=60)  # noqa: S311 - likewise
    publish(folder)
    to = employed("auditor-3").staff_id
    write_evidence(console_authority(), Q1, folder / "evidence", given_to=to, on=AFTER)
    yield folder
    empty_everything()
    publication.last_checkpoint_file().unlink(missing_ok=True)


@pytest.fixture
def auditor(lived, register):
    return employed("auditor-7")


def kind_with_many(size):
    """The kind of which there are most, so that a sample is full."""
    found = {
        row.verb: row.lines
        for row in rows(
            "SELECT verb, count(DISTINCT line_id) AS lines FROM ledger_entry JOIN ledger_leaf USING (entry_id)"
            " WHERE ledger_entry.day BETWEEN %s AND %s AND leaf_index < %s GROUP BY verb",
            [Q1.first, Q1.last, size],
        )
    }
    return max(SampledAction, key=lambda kind: found.get(kind.verb.value, 0))


def sizes():
    (row,) = rows("SELECT (report::jsonb #>> '{quarters,2012-Q1}')::bigint AS size FROM reporting_report")
    (all_,) = rows("SELECT count(*) AS n FROM ledger_leaf")
    return row.size, all_.n


def test_an_outsider_draws_the_same_lines_out_of_the_published_ledger(lived, auditor):
    size, published = sizes()
    kind = kind_with_many(size)

    drawn = queries.sample(
        auditor, services.draw_sample(auditor, "2012-Q1", kind, text=DICE, on=AFTER), on=AFTER
    )
    evidence = lived / "evidence"
    again = redraw(lived, evidence, Q1, kind, text=f" {DICE}\n", size=size, head_size=published)
    other = redraw(lived, evidence, Q1, kind, text=f"{DICE} 2", size=size, head_size=published)

    assert [one.leaf_index for one in drawn.items] == again[
        : len(drawn.items)
    ]  # each entry concerns a different line
    assert 0 < len(drawn.items) <= MAX_LINES
    assert other != again
    assert size < published
    assert all(one.leaf_index < size and Q1.first <= one.day <= Q1.last for one in drawn.items)


def test_every_kind_is_drawn_among_the_entries_that_it_names(lived, auditor):
    size, published = sizes()
    for kind in SampledAction:
        drawn = queries.sample(
            auditor, services.draw_sample(auditor, "2012-Q1", kind, text=DICE, on=AFTER), on=AFTER
        )

        assert [one.leaf_index for one in drawn.items] == redraw(
            lived, lived / "evidence", Q1, kind, text=DICE, size=size, head_size=published
        )[: len(drawn.items)]
        for one in drawn.items:
            assert (one.leaf_index, kind.verb.value) in [(said.leaf_index, said.verb) for said in one.entries]


def test_a_sample_of_a_kind_is_drawn_once_by_each_auditor(auditor):
    first = services.draw_sample(auditor, "2012-Q1", SampledAction.SUSPENDED, text=DICE, on=AFTER)

    with refusing(SAMPLE_ALREADY_DRAWN):
        services.draw_sample(auditor, "2012-Q1", SampledAction.SUSPENDED, text=DICE + " 9", on=AFTER)
    other = services.draw_sample(
        employed("auditor-8"), "2012-Q1", SampledAction.SUSPENDED, text=DICE, on=AFTER
    )

    assert first != other


def test_an_audit_sample_is_seen_only_by_the_auditor_who_drew_it(auditor):
    drawn = services.draw_sample(auditor, "2012-Q1", SampledAction.SUSPENDED, text=DICE, on=AFTER)

    with refusing(AUDIT_SAMPLE_NOT_FOUND):
        queries.sample(employed("auditor-8"), drawn, on=AFTER)
    for role in STAFF_ROLES - {StaffRole.AUDITOR}:
        with refusing(NOT_ALLOWED):
            queries.sample(employed(f"some-{role.value}", role), drawn, on=AFTER)


@pytest.mark.parametrize(
    ("quarter", "refusal"),
    [("2012-Q2", REPORT_NOT_FOUND), ("2012", INVALID_QUARTER), ("Q1", INVALID_QUARTER), ("2012-Q5", INVALID_QUARTER),
     ("²-Q1", INVALID_QUARTER), ("99999-Q1", INVALID_QUARTER), ("", INVALID_QUARTER)],
)  # fmt: skip
def test_a_sample_is_of_a_quarter_of_which_there_is_a_report(auditor, quarter, refusal):
    with refusing(refusal):
        services.draw_sample(auditor, quarter, SampledAction.TERMINATED, text=DICE, on=AFTER)


def test_staff_of_the_operator_cannot_draw(auditor):
    for role in set(StaffRole) - {StaffRole.AUDITOR}:
        with refusing(NOT_ALLOWED):
            services.draw_sample(
                Authority(frozenset({role}), None, "0a" * 32),
                "2012-Q1",
                SampledAction.TERMINATED,
                text=DICE,
                on=AFTER,
            )


@pytest.mark.parametrize(("text", "enough"), [("a" * 15, False), ("a" * 15 + " ", False), ("a" * 16, True), ("a" * 17, True)])  # fmt: skip
def test_a_text_that_could_be_guessed_is_not_taken(auditor, text, enough):
    assert is_long_enough(text) is enough
    if not enough:
        with refusing(SEED_TEXT_TOO_SHORT):
            services.draw_sample(auditor, "2012-Q1", SampledAction.TERMINATED, text=text, on=AFTER)


@given(st.lists(st.integers(0, 9)), st.integers(1, 5))
def test_the_first_of_each_line_counts_until_there_are_enough(lines, most):
    taken = first_of_each(((line, at) for at, line in enumerate(lines)), most=most)

    assert len(taken) == min(most, len(set(lines)))
    assert taken == sorted(taken)
    assert [lines[at] for at in taken] == list(dict.fromkeys(lines))[:most]


OTHER_ACTS = {
    Verb.SUBSCRIBER_PROTECTED: {"protected": True},
    Verb.LEGAL_HOLD_ADDED: {"first": "2012-02-01", "last": "2012-03-01", "review_on": "2012-02-20"},
    Verb.CASE_OPENED: {"case": ZEROS, "due_on": "2012-03-01", "kind": "inherit"},
    Verb.LINE_LOOKED_UP: {},
    Verb.SEALED_OPENED: {"field": "name", "purpose": "legal_disclosure", "disclosure": ZEROS},
}
SENT = {"attempt": ZEROS, "channel": "sms", "notice": ZEROS, "outcome": "delivered"}
OF_THE_DUTY = {
    NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED, NoticeKind.RESTORED, NoticeKind.TERMINATED,
    NoticeKind.DOCUMENT_BY, NoticeKind.GOOD_THROUGH,
}  # fmt: skip


def told_after(drawn, done):
    """Return the verbs that an auditor is told of a sample before, and after these entries of its first line are published."""
    (item,) = rows("SELECT line_id FROM reporting_auditsampleline WHERE sample_id = %s AND nth = 1", [drawn])
    asked = "SELECT verb FROM reporting_entries_of_sample(%s, 1000000)"
    before = [row.verb for row in rows(asked, [drawn])]
    for nth, (verb, facts) in enumerate(done):
        entry = append_entry(
            console_authority(), verb=verb, role="console", on=AFTER, line_id=item.line_id, facts=facts
        )
        run(
            "INSERT INTO ledger_leaf (leaf_index, entry_id, leaf_class, day, root, leaf_hash) VALUES (%s, %s, 'change', %s, %s, %s)",
            [900_000 + nth, entry, AFTER, bytes(32), bytes(32)],
        )
    return before, [row.verb for row in rows(asked, [drawn])]


def test_an_auditor_is_not_told_of_protection_or_holds_or_cases_on_a_line(auditor):
    drawn = services.draw_sample(auditor, "2012-Q1", kind_with_many(sizes()[0]), text=DICE, on=AFTER)

    before, after = told_after(drawn, OTHER_ACTS.items())

    assert before
    assert after == before


@pytest.mark.parametrize("verb", [Verb.NOTICE_DELIVERED, Verb.NOTICE_BOUNCED])
def test_an_auditor_is_told_of_no_notice_but_those_of_the_duty(auditor, verb):
    """A protected subscriber gets no notice that an auditor asks: who gets one would show who does not."""
    drawn = services.draw_sample(auditor, "2012-Q1", kind_with_many(sizes()[0]), text=DICE, on=AFTER)
    sent = [(verb, SENT | {"kind": kind.value}) for kind in NoticeKind]

    before, after = told_after(drawn, sent)

    assert after.count(verb) - before.count(verb) == len(OF_THE_DUTY)
