# SPDX-License-Identifier: EUPL-1.2
"""What somebody who proved who they are may do to which line, and what a verdict does to it."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, subscriber_authority, sweep_authority
from rollkeeper.enrolment.acts import change_record, end_line, transfer_line
from rollkeeper.enrolment.submissions import Submission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.changes import activate_line, begin_suspension
from rollkeeper.lines.counting import count_held
from rollkeeper.lines.queries import present_holding, view_line
from rollkeeper.lines.states import LineState, Service, SuspensionReason
from rollkeeper.rights import door, porter, proving
from rollkeeper.rights.deciding import settle_case
from rollkeeper.rights.kinds import AskKind
from rollkeeper.rights.proving import MOST_A_DAY
from rollkeeper.rights.queries import open_cases
from rollkeeper.subscribers.kinds import Part, PartyKind
from tests.enrolment.people import given_by
from tests.rights.people import NUMBER, ON, PERSON, ask, enrol, visit

OTHER = "+8613908915678"
SOMEBODY_ELSE = PERSON | {"document_number": "X7654321", "name": "Somebody Else"}


def proved_visit(telephone):
    """Come in and let the visit count as proved; that the proof is needed is shown at the portal."""
    token = visit(telephone)
    run("UPDATE rights_visit SET proved_at = clock_timestamp()")
    return token


def held_by(person):
    return count_held([person], party_kinds=["individual"], services=["mobile"]).get(person, 0)


def give_away(number, to):
    transfer_line(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=number, kind=PartyKind.INDIVIDUAL, parts={Part.HOLDER: to},
            language="en", looked_twice=True, giver=given_by(PERSON),
        ),
        on=ON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (AskKind.END, {}), (AskKind.DISPUTE, {}), (AskKind.APPEAL, {}), (AskKind.NOT_MINE, {}),
        (AskKind.PAUSE, {"reason": "hospital", "first": ON.isoformat()}), (AskKind.CORRECT, {"about": "name"}),
    ],
)  # fmt: skip
def test_a_line_that_was_given_away_is_no_longer_theirs_to_act_on(at_door, kind, more):
    enrol()
    given = enrol(OTHER)
    give_away(OTHER, SOMEBODY_ELSE)
    token = proved_visit(at_door)

    answer = ask(token, kind, line=str(given), **more)

    assert answer["refused"] == "not_among_yours"
    assert not view_line(given).is_over
    assert not view_line(given).is_disputed
    assert rows("SELECT FROM lines_pause") == []


@pytest.mark.parametrize(("kind", "more"), [(AskKind.DISPUTE, {}), (AskKind.CORRECT, {"about": "name"})])
def test_a_case_is_about_the_holding_of_its_own_line_and_is_shown_with_it(at_door, kind, more):
    enrol()
    other = enrol(OTHER)
    token = proved_visit(at_door)

    assert "done" in ask(token, kind, line=str(other), **more)
    shown = door.ask(token, AskKind.SHOW, language="en")["done"]["lines"]

    (case,) = rows("SELECT holding_id FROM rights_case")
    assert case.holding_id == present_holding(other).holding_id
    assert {one["line"]: len(one["cases"]) for one in shown}[str(other)] == 1


def test_who_looked_at_a_line_after_it_ended_is_told_to_whoever_held_it(at_door):
    enrol()
    ended = enrol(OTHER)
    end_line(console_authority(), submission_key=str(new_uuid()), number=OTHER,
             document=(PERSON["document_type"], PERSON["document_number"]), on=ON)  # fmt: skip
    append_entry(console_authority(), verb=Verb.LINE_LOOKED_UP, role="auditor", on=ON, line_id=ended)
    token = proved_visit(at_door)

    shown = door.ask(token, AskKind.SHOW, language="en")["done"]["looks"]

    assert "auditor" in {one["role"] for one in shown}


def test_over_a_line_that_is_said_not_to_be_theirs_nobody_hears_of_their_new_ones(at_door):
    here, strange = enrol(), enrol(OTHER)
    ask(proved_visit(at_door), AskKind.NOT_MINE, line=str(strange))
    run("DELETE FROM notices_notice")

    enrol("+8613908917777")

    told = rows("SELECT line_id FROM notices_notice WHERE kind = 'new_line_in_your_name'")
    assert [row.line_id for row in told] == [here]


@pytest.mark.parametrize("upheld", [True, False])
def test_a_line_that_is_not_theirs_is_unlinked_for_good_or_stays_as_it_was(at_door, upheld):
    line = enrol()
    holding = present_holding(line)
    token = proved_visit(at_door)
    assert "done" in ask(token, AskKind.NOT_MINE)
    assert held_by(holding.person_id) == 0

    settle_case(console_authority(), open_cases()[0].case_id, upheld=upheld, on=ON)

    assert (present_holding(line) is None) is upheld
    assert view_line(line).is_registered is not upheld
    assert not view_line(line).is_disputed
    assert held_by(holding.person_id) == (0 if upheld else 1)
    assert door.ask(token, AskKind.SHOW, language="en").get("refused") == ("visit_over" if upheld else None)


@pytest.mark.parametrize("upheld", [True, False])
def test_a_correction_in_between_is_no_way_round_a_verdict(at_door, upheld):
    line = enrol()
    ask(proved_visit(at_door), AskKind.NOT_MINE)
    contested = present_holding(line)
    change_record(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=NUMBER, kind=PartyKind.INDIVIDUAL,
            parts={Part.HOLDER: PERSON | {"address": "Another Road 2"}}, language="en", looked_twice=True,
        ),
        on=ON,
    )  # fmt: skip
    corrected = present_holding(line)

    settle_case(console_authority(), open_cases()[0].case_id, upheld=upheld, on=ON)

    assert corrected.holding_id != contested.holding_id
    assert (present_holding(line) is None) is upheld
    assert view_line(line).is_registered is not upheld


def test_a_verdict_does_not_unlink_whoever_was_registered_meanwhile(at_door):
    line = enrol()
    ask(proved_visit(at_door), AskKind.NOT_MINE)
    run("UPDATE lines_line SET is_disputed = false")
    give_away(NUMBER, SOMEBODY_ELSE)

    settle_case(console_authority(), open_cases()[0].case_id, upheld=True, on=ON)

    assert present_holding(line) is not None
    assert view_line(line).is_registered


@pytest.mark.parametrize(
    ("failed", "ago", "is_let"),
    [
        (MOST_A_DAY - 1, dt.timedelta(), True), (MOST_A_DAY, dt.timedelta(), False),
        (MOST_A_DAY, dt.timedelta(hours=24, seconds=-30), False), (MOST_A_DAY, dt.timedelta(hours=24, seconds=30), True),
    ],
)  # fmt: skip
def test_after_ten_proofs_that_failed_for_a_line_none_is_right_for_a_day(
    at_door, monkeypatch, failed, ago, is_let
):
    line = enrol()
    then = clock.now() - ago
    with monkeypatch.context() as earlier:
        earlier.setattr(clock, "now", lambda: then)
        for _ in range(failed):
            append_entry(
                subscriber_authority("0d" * 32), verb=Verb.VISIT_NOT_PROVED, role="subscriber", on=ON, line_id=line
            )  # fmt: skip
    monkeypatch.setattr(proving, "_is_right", lambda *_, **__: True)

    answer = door.ask(visit(at_door), AskKind.PROVE, language="en")

    assert answer["done"]["proved"] is is_let


YESTERDAY = ON - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "more"),
    [(AskKind.PAUSE, {"reason": "hospital", "first": YESTERDAY.isoformat()}), (AskKind.DISPUTE, {})],
)
@pytest.mark.parametrize(("made", "said_on", "stands"), [
    (1, YESTERDAY, LineState.ACTIVE), (0, ON, LineState.SUSPENDED),
])  # fmt: skip
def test_what_was_asked_before_midnight_and_carried_out_after_it_was_said_on_the_day_before(
    at_door, monkeypatch, kind, more, made, said_on, stands
):
    line = activate_line(OTHER, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    token = visit(at_door, OTHER)
    begin_suspension(line, reason=SuspensionReason.REGISTRATION, on=YESTERDAY)

    def come_late():
        run("UPDATE rights_ask SET made_at = made_at - %s", [dt.timedelta(days=made)])
        porter.carry_all(sweep_authority())

    monkeypatch.setattr(door, "_call_porter", come_late)

    answer = ask(token, kind, **more)

    assert answer["done"]["day"] == said_on.isoformat()
    assert view_line(line).state is stands
