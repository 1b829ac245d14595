# SPDX-License-Identifier: EUPL-1.2
"""A law that lets one person have so many lines: who has more is asked which to keep, and loses only what is too many."""

import datetime as dt
import uuid

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign import batch_execution, batch_planning, nightly, planning, queries
from rollkeeper.campaign.register_histories import write_histories
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import Term
from rollkeeper.law.packs import load_pack
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.stage_facts import stage_facts
from rollkeeper.notices.texts import write_notice
from tests.builders.lines import change_line, enter, make_line, make_tenure
from tests.builders.packs import use_pack
from tests.builders.stages import asking_again
from tests.campaign.population import (
    approved_batches,
    day,
    end,
    member,
    night,
    nights,
    plan,
    register,
    state,
    tell,
)

ON, NOTIFIED, DUE, END_DUE = map(day, ("2011-12-19", "2011-12-20", "2012-03-02", "2012-04-05"))
AFTER = END_DUE + dt.timedelta(days=1)


@pytest.fixture
def two_each(people, law_put_back):
    """Let the law of this instance allow two lines a person."""
    use_pack(asking_again(before="", lines_over=2))
    return people


def lines_of(count, *, person=None, newest="2011-06-01", **fields):
    """Let a person have so many lines, the first in the list the newest."""
    person = person or uuid.uuid4()
    return [
        one_line(person, activated_on=day(newest) - dt.timedelta(days=30 * older), **fields)
        for older in range(count)
    ]


def one_line(person, *, kind="individual", contested_on=None, **fields):
    line_id = make_line(is_registered=True, **fields)
    since = dt.datetime.combine(day("2011-06-29"), dt.time(12), clock.zone())
    make_tenure(line_id, since, person_id=person, party_kind=kind, contested_on=contested_on)
    return line_id


def join(person, other):
    """Let two references be one person, as a counter joins their documents."""
    run(
        "INSERT INTO subscribers_subscriber (person_id, kind, is_protected, made_on) VALUES (%s, 'individual', false, %s), (%s, 'individual',"
        " false, %s) ON CONFLICT DO NOTHING",
        [person, ON, other, ON],
    )
    entry = enter(make_line())
    run(
        "INSERT INTO subscribers_personlink (person_id, principal_id, since, entry_id) VALUES (%s, %s, %s, %s)",
        [other, person, ON, entry],
    )


def planned(on=ON):
    return plan(on, instance().pack)


def told(lines, on=NOTIFIED):
    planned()
    for line_id in lines:
        tell(line_id, on)
    night(on, ())
    return lines


def asked(lines):
    return [
        rows("SELECT must_reverify FROM lines_line WHERE line_id = %s", [one])[0].must_reverify
        for one in lines
    ]


def states(lines):
    return [state(one) for one in lines]


@pytest.mark.parametrize(("count", "taken"), [(1, 0), (2, 0), (3, 3), (7, 7)])
def test_only_who_has_more_lines_than_the_law_allows_is_asked(two_each, count, taken):
    others, lines = lines_of(2), lines_of(count)

    assert planned().members_added == taken

    assert (asked(lines), asked(others)) == ([bool(taken)] * count, [False, False])


@pytest.mark.parametrize(
    "fields",
    [
        {"contested_on": ON},
        {"state": "terminated", "terminated_on": ON, "terminated_by": "subscriber"},
        {"service": "domain"},
    ],
)
def test_a_line_that_does_not_count_makes_no_one_have_too_many(two_each, fields):
    person = uuid.uuid4()
    lines = [*lines_of(2, person=person), one_line(person, **fields)]

    assert planned().members_added == 0
    assert asked(lines) == [False] * 3


def test_a_suspended_line_counts_and_one_that_came_later_counts_and_is_not_asked(two_each):
    person = uuid.uuid4()
    lines = [
        *lines_of(1, person=person),
        one_line(person, state="suspended"),
        one_line(person, activated_on=day("2012-01-01")),
    ]

    planned()

    assert asked(lines) == [True, True, False]


def test_lines_under_all_documents_of_a_person_count_together(two_each):
    person, other = uuid.uuid4(), uuid.uuid4()
    lines = [*lines_of(2, person=person), *lines_of(1, person=other)]
    before = planned().members_added
    join(person, other)

    assert (before, planned().members_added, asked(lines)) == (0, 3, [True] * 3)


@pytest.mark.parametrize(("kinds", "taken"), [("company", 0), ("individual", 3), ("individual, minor", 3)])
def test_only_lines_of_the_kinds_that_the_law_names_count(people, law_put_back, kinds, taken):
    use_pack(asking_again(before="", lines_over=2, kinds=kinds))
    lines_of(3)

    assert planned().members_added == taken


def test_who_never_answers_loses_the_newest_lines_alone_and_only_what_is_too_many(two_each):
    lines = told(lines_of(5))

    night(DUE, two_each)
    barred = states(lines)
    nights(DUE + dt.timedelta(days=1), AFTER, two_each)

    assert barred == ["suspended"] * 3 + ["active"] * 2
    assert states(lines) == ["terminated"] * 3 + ["active"] * 2
    assert asked(lines)[3:] == [False, False]
    assert [member(one).out_of_scope_reason for one in lines[3:]] == ["not_concerned"] * 2


def test_who_chose_by_verifying_keeps_just_these_lines(two_each):
    lines = told(lines_of(4))
    for line_id in lines[:2]:
        register(line_id, NOTIFIED + dt.timedelta(days=1))

    nights(DUE, AFTER, two_each)

    assert states(lines) == ["active", "active", "terminated", "terminated"]


def test_one_who_chose_one_line_loses_no_more_than_what_is_too_many(two_each):
    lines = told(lines_of(4))
    register(lines[0], NOTIFIED + dt.timedelta(days=1))

    nights(DUE, AFTER, two_each)

    assert states(lines) == ["active", "terminated", "terminated", "active"]


def test_a_barred_line_that_is_verified_works_again_and_another_takes_its_place(two_each):
    lines = told(lines_of(3))
    night(DUE, two_each)
    before = states(lines)

    register(lines[0], DUE)
    night(DUE + dt.timedelta(days=3), two_each)

    assert before == ["suspended", "active", "active"]
    assert states(lines) == ["active", "suspended", "active"]


def test_a_line_given_back_between_approval_and_run_keeps_the_rest(two_each):
    lines = told(lines_of(3))
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE)
    (batch,) = approved_batches(DUE, two_each)
    end(lines[2], DUE)

    found = batch_execution.run_batch(worker_authority(), batch, on=DUE)

    assert (found.done, found.skipped, queries.batch(batch).reasons) == (
        0,
        1,
        {"within_number": 3},
    )  # two of them were not in it
    assert states(lines) == ["active", "active", "terminated"]


def test_an_end_that_was_approved_takes_no_line_of_who_is_at_the_number_by_then(two_each):
    lines = told(lines_of(3))
    nights(DUE, END_DUE - dt.timedelta(days=1), two_each)
    clock.set_demo_date(END_DUE)
    nightly.run_nightly(worker_authority(), on=END_DUE)
    (batch,) = approved_batches(END_DUE, two_each)
    end(lines[1], END_DUE)

    found = batch_execution.run_batch(worker_authority(), batch, on=END_DUE)
    night(END_DUE, two_each)

    assert (found.done, found.skipped) == (0, 1)
    assert states(lines) == ["active", "terminated", "active"]


def test_one_batch_takes_no_more_of_a_person_than_is_too_many(two_each):
    lines = told(lines_of(6))
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE)
    (due,) = [
        one for one in batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE) if one.count
    ]

    assert (due.count, dict(due.excluded)) == (4, {"within_number": 2})
    assert states(lines) == ["active"] * 6


@pytest.mark.parametrize("how", ["gives one back", "contests one", "is parted from one"])
def test_who_comes_down_to_the_number_is_asked_no_more_and_has_service_again(two_each, how):
    person, other = uuid.uuid4(), uuid.uuid4()
    lines = [*lines_of(2, person=person), *lines_of(1, person=other, newest="2011-01-01")]
    join(person, other)
    told(lines)
    night(DUE, two_each)
    before = states(lines)

    if how == "gives one back":
        end(lines[2], DUE)
    elif how == "contests one":
        run("UPDATE lines_tenure SET contested_on = %s WHERE line_id = %s", [DUE, lines[2]])
    else:
        run("DELETE FROM subscribers_personlink")
    night(DUE + dt.timedelta(days=3), two_each)

    assert before == ["suspended", "active", "active"]
    assert states(lines)[:2] == ["active", "active"]
    assert asked(lines)[:2] == [False, False]
    assert [
        one.kind
        for one in rows("SELECT kind FROM notices_notice WHERE line_id = %s AND state = 'queued'", [lines[0]])
    ] == ["restored"]


def test_who_is_over_the_number_again_is_asked_again_with_the_whole_time(two_each):
    person = uuid.uuid4()
    lines = told(lines_of(3, person=person))
    end(lines[2], NOTIFIED)
    night(NOTIFIED + dt.timedelta(days=1), two_each)
    between = asked(lines)[:2]
    lines.append(one_line(person, activated_on=day("2011-12-01")))

    planned(DUE)

    assert (between, asked(lines)) == ([False, False], [True, True, False, True])
    night(DUE, two_each)
    assert [member(one).stage for one in (lines[0], lines[1])] == ["not_notified", "not_notified"]


def test_a_second_campaign_cuts_nothing_of_what_the_first_already_took(two_each):
    lines = told(lines_of(4))
    night(DUE, two_each)

    night(DUE + dt.timedelta(days=3), two_each)

    assert states(lines) == ["suspended", "suspended", "active", "active"]


def test_the_worker_s_role_does_it_all(two_each, as_role):
    lines = told(lines_of(3))
    clock.set_demo_date(DUE)
    made = rows("SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'")
    run(
        f"DROP TABLE {', '.join(f'pg_temp.{one.relname}' for one in made)}"
    )  # the owner's, of the night above
    with as_role("worker"):
        nightly.run_nightly(worker_authority(), on=DUE)
        batch_planning.prepare_batches(worker_authority(), due_on=DUE, on=DUE)
        planning.check_plans(console_authority(), pack_id=instance().pack, on=DUE)

    assert asked(lines) == [True] * 3


def test_a_person_reads_the_number_and_none_of_the_other_lines(two_each):
    lines = told(lines_of(3))

    said = " ".join(one.text for one in queries.explain_line(lines[0], on=NOTIFIED).sentences)

    assert "has more than 2 lines that count" in said
    assert not any(str(one) in said for one in lines)
    change_line(lines[0], must_reverify=False)


def test_a_file_from_the_register_says_who_has_too_many_and_not_how_many(two_each, tmp_path):
    lines, others = lines_of(5), lines_of(2)
    file = tmp_path / "lines.csv"

    write_histories(file, [load_pack(instance().pack)], NOTIFIED)

    said = [row.split(",") for row in file.read_text("utf-8").splitlines() if ",lines:" in row]
    assert sorted((line, event) for line, _, event, _ in said) == sorted(
        (str(one), "lines:3") for one in lines
    )
    assert not {str(one) for one in others} & {line for line, *_ in said}


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
@pytest.mark.parametrize(
    "kind", [NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED, NoticeKind.TERMINATED]
)
def test_notices_say_how_many_lines_are_kept(two_each, kind, language):
    for brief in (True, False):
        said = write_notice(
            kind, language=language, brief=brief, promised_on=DUE, suspension=Term(30), code="1", operator="Invented",
            care="10000", stage=stage_facts(load_pack(instance().pack), kind, step=1), named={"law": "Law"},
        ).text  # fmt: skip

        assert (
            "more lines than the law lets one person have" in said or "beyond the number of lines" in said
        ) == (language != "zh-hans")
        assert ("法律允许" in said) == (language != "en")
        assert "2" in said
