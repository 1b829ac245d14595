# SPDX-License-Identifier: EUPL-1.2
"""Which lines come is decided by the auditor's text and the published ledger, and anybody draws the same ones again."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.access.acts import authority_of
from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NotAllowed
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import PEOPLES_ROLES, StaffRole
from rollkeeper.evidence.acts import make_report
from rollkeeper.evidence.errors import ReportNotThere
from rollkeeper.evidence.periods import quarters_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.ledger import publishing
from rollkeeper.ledger.publishing import publish
from rollkeeper.samples import acts, queries
from rollkeeper.samples.errors import DrawnAlready, NamedNoQuarter, SampleUnknown, TextTooShort
from rollkeeper.samples.kinds import Kind
from rollkeeper.samples.redrawing import redraw
from rollkeeper.samples.rules import MOST_LINES, first_of_each, is_long_enough
from tests.evidence.entries import write_year

AFTER = dt.date(2013, 1, 2)
Q1, Q2, *_ = quarters_of(2012)
DICE = "6 2 5 5 1 3 4 4 6 1"


def employed(name, role=StaffRole.AUDITOR):
    staff = Staff.objects.create(username=name, salt=b"s" * 32, password="!")
    RoleGrant.objects.create(staff=staff, role=role.value, since=dt.date(2012, 1, 1))
    clock.give_day(AFTER)
    return authority_of(staff)


@pytest.fixture(scope="module")
def lived(home, empty_everything, tmp_path_factory):
    """A year of entries, published, and the report of its first quarter; entries of that quarter come later."""
    empty_everything()
    publishing.remembered_file().unlink(missing_ok=True)
    folder = tmp_path_factory.mktemp("samples")
    write_year(random.Random(7), most=120)  # noqa: S311 - entries to be drawn, no secret
    publish(folder)
    make_report(console_authority(), Q1, on=AFTER)
    write_year(random.Random(8), most=60)  # noqa: S311 - likewise
    publish(folder)
    yield folder
    empty_everything()
    publishing.remembered_file().unlink(missing_ok=True)


@pytest.fixture
def auditor(lived, register):
    return employed("auditor-7")


def kind_with_many(size):
    """The kind of which there are most, so that a sample is full."""
    found = {
        row.verb: row.lines
        for row in rows(
            "SELECT verb, count(DISTINCT line_id) AS lines FROM ledger_entry JOIN ledger_leaf USING (entry_id)"
            " WHERE day BETWEEN %s AND %s AND leaf_index < %s GROUP BY verb",
            [Q1.first, Q1.last, size],
        )
    }
    return max(Kind, key=lambda kind: found.get(kind.verb.value, 0))


def sizes():
    (row,) = rows("SELECT (report::jsonb #>> '{quarters,2012-Q1}')::bigint AS size FROM evidence_report")
    (all_,) = rows("SELECT count(*) AS n FROM ledger_leaf")
    return row.size, all_.n


def test_an_outsider_draws_the_same_lines_out_of_the_published_ledger(lived, auditor):
    size, published = sizes()
    kind = kind_with_many(size)

    drawn = queries.sample(auditor, acts.draw_sample(auditor, "2012-Q1", kind, text=DICE, on=AFTER), on=AFTER)
    again = redraw(lived, Q1, kind, text=f" {DICE}\n", size=size, head_size=published)
    other = redraw(lived, Q1, kind, text=f"{DICE} 2", size=size, head_size=published)

    assert [(one.leaf_index, one.line_id) for one in drawn.items] == again
    assert 0 < len(again) <= MOST_LINES
    assert other != again
    assert size < published
    assert all(one.leaf_index < size and Q1.first <= one.day <= Q1.last for one in drawn.items)


def test_every_kind_is_drawn_among_the_entries_that_it_names(lived, auditor):
    size, published = sizes()
    for kind in Kind:
        drawn = queries.sample(
            auditor, acts.draw_sample(auditor, "2012-Q1", kind, text=DICE, on=AFTER), on=AFTER
        )

        assert [(one.leaf_index, one.line_id) for one in drawn.items] == redraw(
            lived, Q1, kind, text=DICE, size=size, head_size=published
        )
        for one in drawn.items:
            assert (one.leaf_index, kind.verb.value) in [(said.leaf_index, said.verb) for said in one.entries]


def test_a_sample_of_a_kind_is_drawn_once_by_each_auditor(auditor):
    first = acts.draw_sample(auditor, "2012-Q1", Kind.SUSPENDED, text=DICE, on=AFTER)

    with pytest.raises(DrawnAlready):
        acts.draw_sample(auditor, "2012-Q1", Kind.SUSPENDED, text=DICE + " 9", on=AFTER)
    other = acts.draw_sample(employed("auditor-8"), "2012-Q1", Kind.SUSPENDED, text=DICE, on=AFTER)

    assert first != other


def test_a_sample_is_seen_by_nobody_but_whoever_drew_it(auditor):
    drawn = acts.draw_sample(auditor, "2012-Q1", Kind.SUSPENDED, text=DICE, on=AFTER)

    with pytest.raises(SampleUnknown):
        queries.sample(employed("auditor-8"), drawn, on=AFTER)
    for role in PEOPLES_ROLES - {StaffRole.AUDITOR}:
        with pytest.raises(NotAllowed):
            queries.sample(employed(f"some-{role.value}", role), drawn, on=AFTER)


@pytest.mark.parametrize(
    ("quarter", "refusal"),
    [("2012-Q2", ReportNotThere), ("2012", NamedNoQuarter), ("Q1", NamedNoQuarter), ("2012-Q5", NamedNoQuarter),
     ("²-Q1", NamedNoQuarter), ("99999-Q1", NamedNoQuarter), ("", NamedNoQuarter)],
)  # fmt: skip
def test_a_sample_is_of_a_quarter_of_which_there_is_a_report(auditor, quarter, refusal):
    with pytest.raises(refusal):
        acts.draw_sample(auditor, quarter, Kind.ENDED, text=DICE, on=AFTER)


def test_nobody_of_the_operator_draws(auditor):
    for role in set(StaffRole) - {StaffRole.AUDITOR}:
        with pytest.raises(NotAllowed):
            acts.draw_sample(
                Authority(frozenset({role}), None, "0a" * 32), "2012-Q1", Kind.ENDED, text=DICE, on=AFTER
            )


@pytest.mark.parametrize(("text", "enough"), [("a" * 15, False), ("a" * 15 + " ", False), ("a" * 16, True), ("a" * 17, True)])  # fmt: skip
def test_a_text_that_could_be_guessed_is_not_taken(auditor, text, enough):
    assert is_long_enough(text) is enough
    if not enough:
        with pytest.raises(TextTooShort):
            acts.draw_sample(auditor, "2012-Q1", Kind.ENDED, text=text, on=AFTER)


@given(st.lists(st.integers(0, 9)), st.integers(1, 5))
def test_the_first_of_each_line_counts_until_there_are_enough(lines, most):
    taken = first_of_each(((line, at) for at, line in enumerate(lines)), most=most)

    assert len(taken) == min(most, len(set(lines)))
    assert taken == sorted(taken)
    assert [lines[at] for at in taken] == list(dict.fromkeys(lines))[:most]
