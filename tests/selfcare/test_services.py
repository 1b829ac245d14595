# SPDX-License-Identifier: EUPL-1.2
"""What a verified subscriber may do to which line, and what a decision does to it."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, subscriber_authority, worker_authority
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.line_counts import count_current_lines
from rollkeeper.lines.models import Line
from rollkeeper.lines.queries import current_tenure, view_line
from rollkeeper.lines.services import mark_disputed
from rollkeeper.registration.services import change_record, terminate_line, transfer_line
from rollkeeper.registration.submissions import Submission
from rollkeeper.selfcare import portal_client, verification
from rollkeeper.selfcare.case_decisions import close_case, settle_case, settle_done_corrections
from rollkeeper.selfcare.choices import CaseKind, PortalRequestKind
from rollkeeper.selfcare.models import PortalRequest
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_case
from rollkeeper.selfcare.verification import MOST_A_DAY
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.lines import activate_line, suspend_line
from tests.builders.past import make_older
from tests.registration.people import given_by
from tests.selfcare.people import NUMBER, ON, PERSON, ask, register_line, session, work_off

OTHER = "+8613908915678"
SOMEBODY_ELSE = PERSON | {"document_number": "X7654321", "name": "Somebody Else"}


def proved_session(telephone, number=NUMBER):
    """Come in and let the session count as proved; that the proof is needed is shown at the portal."""
    token = session(telephone, number)
    run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")
    return token


def held_by(person):
    return count_current_lines(
        [person], party_kinds=["individual"], services=["mobile"], payments=Payment.values
    ).get(person, 0)


def give_away(number, to):
    transfer_line(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=number, kind=PartyKind.INDIVIDUAL, parts={PartyRole.SUBSCRIBER: to},
            language="en", double_checked=True, transferor=given_by(PERSON),
        ),
        on=ON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (PortalRequestKind.TERMINATE, {}), (PortalRequestKind.DISPUTE, {}), (PortalRequestKind.APPEAL, {}), (PortalRequestKind.NOT_MINE, {}),
        (PortalRequestKind.PAUSE, {"reason": "hospital", "first": ON.isoformat()}), (PortalRequestKind.CORRECT, {"about": "name"}),
    ],
)  # fmt: skip
def test_a_line_that_was_given_away_is_no_longer_theirs_to_act_on(at_portal, kind, more):
    register_line()
    given = register_line(OTHER)
    give_away(OTHER, SOMEBODY_ELSE)
    token = proved_session(at_portal)

    answer = ask(token, kind, line=str(given), **more)

    assert answer["refused"] == "not_your_line"
    assert not view_line(given).is_over
    assert not view_line(given).is_disputed
    assert rows("SELECT FROM lines_pause") == []


def test_of_a_line_that_was_given_away_they_see_nothing_that_happens_to_it_now(at_portal):
    register_line()
    given = register_line(OTHER)
    give_away(OTHER, SOMEBODY_ELSE)
    token = proved_session(at_portal)
    shown = [one for one in ask(token, PortalRequestKind.DASHBOARD)["done"]["lines"] if not one["here"]]
    for reason in (SuspensionReason.UNPAID, SuspensionReason.REGISTRATION):
        suspend_line(given, reason=reason, on=ON)
    mark_disputed(console_authority(), given, ON)
    run(
        "INSERT INTO lines_reconnection (line_id, reconnected_at, ends_at) VALUES (%s, %s, %s)",
        [given, clock.now(), clock.now() + dt.timedelta(1)],
    )

    after = [one for one in ask(token, PortalRequestKind.DASHBOARD)["done"]["lines"] if not one["here"]]

    assert [one["line"] for one in shown] == [str(given)]
    assert after == shown


def test_a_line_that_ended_in_their_hands_is_shown_as_ended(at_portal):
    register_line()
    ended = register_line(OTHER)
    terminate_line(
        console_authority(), submission_key=str(new_uuid()), number=OTHER,
        document=(PERSON["document_type"], PERSON["document_number"]), on=ON,
    )  # fmt: skip

    shown = ask(proved_session(at_portal), PortalRequestKind.DASHBOARD)["done"]["lines"]

    assert [one["state"] for one in shown if one["line"] == str(ended)] == ["terminated"]


def test_a_case_of_the_former_subscriber_stops_none_of_the_present_one(at_portal):
    given = register_line(OTHER)
    ask(proved_session(at_portal, OTHER), PortalRequestKind.CORRECT, about="name")
    give_away(OTHER, SOMEBODY_ELSE)
    token = proved_session(at_portal, OTHER)

    answer = ask(token, PortalRequestKind.CORRECT, about="address")
    again = ask(token, PortalRequestKind.CORRECT, about="address")

    assert "refused" not in answer
    assert again["refused"] == "case_already_open"
    assert (
        len(
            {one.tenure_id for one in rows("SELECT tenure_id FROM selfcare_case WHERE line_id = %s", [given])}
        )
        == 2
    )


def test_a_decided_appeal_of_the_former_subscriber_starts_no_clock_of_the_present(at_portal):
    given = register_line(OTHER)
    with database.action():
        open_case(
            console_authority(), given, CaseKind.APPEAL, tenure_id=current_tenure(given).tenure_id, on=ON
        )
    give_away(OTHER, SOMEBODY_ELSE)
    token = session(at_portal, OTHER)
    suspend_line(given, reason=SuspensionReason.REGISTRATION, on=ON)
    asked = ask(token, PortalRequestKind.APPEAL)
    older, newer = rows("SELECT * FROM selfcare_case WHERE line_id = %s ORDER BY case_id", [given])

    running = []
    for case in (older, newer):
        with database.action():
            close_case(console_authority(), case, role="console", upheld=False, on=ON)
        running.append(len(rows("SELECT FROM lines_pause WHERE line_id = %s AND upper_inf(days)", [given])))

    assert "refused" not in asked
    assert running == [1, 0]


def test_a_change_of_the_present_record_answers_no_correction_of_the_former(at_portal):
    register_line(OTHER)
    ask(proved_session(at_portal, OTHER), PortalRequestKind.CORRECT, about="name")
    give_away(OTHER, SOMEBODY_ELSE)
    change_record(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=OTHER, kind=PartyKind.INDIVIDUAL, double_checked=True, language="en",
            parts={PartyRole.SUBSCRIBER: SOMEBODY_ELSE | {"name": "Another Spelling"}},
        ),
        on=ON,
    )  # fmt: skip

    assert settle_done_corrections(worker_authority(), on=ON) == 0
    assert [case.kind for case in open_cases()] == [CaseKind.CORRECT]


def test_an_upheld_appeal_of_the_former_subscriber_changes_no_service_of_the_present(at_portal):
    given = register_line(OTHER)
    suspend_line(given, reason=SuspensionReason.REGISTRATION, on=ON)
    with database.action():
        open_case(
            console_authority(), given, CaseKind.APPEAL, tenure_id=current_tenure(given).tenure_id, on=ON
        )
    give_away(OTHER, SOMEBODY_ELSE)
    suspend_line(given, reason=SuspensionReason.REGISTRATION, on=ON)

    (case,) = rows("SELECT * FROM selfcare_case WHERE line_id = %s", [given])
    with database.action():
        close_case(console_authority(), case, role="console", upheld=True, on=ON)

    assert view_line(given).state is LineState.SUSPENDED
    suspensions = rows(
        "SELECT was_wrongful FROM lines_suspension WHERE line_id = %s ORDER BY begun_at", [given]
    )
    assert [one.was_wrongful for one in suspensions] == [True, False]


def test_what_was_asked_for_one_line_is_not_said_to_be_done_for_another(at_portal):
    register_line()
    other = register_line(OTHER)
    token, key = proved_session(at_portal), str(new_uuid())
    pause = {"key": key, "reason": "hospital", "first": ON.isoformat()}
    assert "done" in ask(token, PortalRequestKind.PAUSE, **pause)

    answer = ask(token, PortalRequestKind.PAUSE, line=str(other), **pause)

    assert answer["refused"] == "submission_key_used"
    assert rows("SELECT FROM lines_pause WHERE line_id = %s", [other]) == []


def test_no_visitor_learns_whether_a_customers_number_is_the_key_of_a_row(at_portal):
    register_line()
    register_line(OTHER, SOMEBODY_ELSE, key="13900001234")
    token = session(at_portal)
    pause = {"reason": "hospital", "first": ON.isoformat()}

    answers = [
        ask(token, PortalRequestKind.PAUSE, key=key, **pause) for key in ("13900001234", "13900005678")
    ]

    assert [one["refused"] for one in answers] == ["invalid_submission_key"] * 2


@pytest.mark.parametrize(
    ("kind", "more"), [(PortalRequestKind.DISPUTE, {}), (PortalRequestKind.CORRECT, {"about": "name"})]
)
def test_a_case_is_about_the_tenure_of_its_own_line_and_is_shown_with_it(at_portal, kind, more):
    register_line()
    other = register_line(OTHER)
    token = proved_session(at_portal)

    assert "done" in ask(token, kind, line=str(other), **more)
    shown = portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")["done"]["lines"]

    (case,) = rows("SELECT tenure_id FROM selfcare_case")
    assert case.tenure_id == current_tenure(other).tenure_id
    assert {one["line"]: len(one["cases"]) for one in shown}[str(other)] == 1


def test_an_access_after_the_end_is_notified_to_the_former_subscriber(at_portal):
    register_line()
    ended = register_line(OTHER)
    terminate_line(console_authority(), submission_key=str(new_uuid()), number=OTHER,
             document=(PERSON["document_type"], PERSON["document_number"]), on=ON)  # fmt: skip
    append_entry(console_authority(), verb=Verb.LINE_LOOKED_UP, role="auditor", on=ON, line_id=ended)
    token = proved_session(at_portal)

    shown = portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")["done"]["accesses"]

    assert "auditor" in {one["role"] for one in shown}


def test_over_a_line_that_is_said_not_to_be_theirs_nobody_hears_of_their_new_ones(at_portal):
    here, strange = register_line(), register_line(OTHER)
    ask(proved_session(at_portal), PortalRequestKind.NOT_MINE, line=str(strange))
    run("DELETE FROM notices_notice")

    register_line("+8613908917777")

    notified = rows("SELECT line_id FROM notices_notice WHERE kind = 'new_line_in_your_name'")
    assert [row.line_id for row in notified] == [here]


@pytest.mark.parametrize("upheld", [True, False])
def test_a_line_that_is_not_theirs_is_unlinked_for_good_or_stays_as_it_was(at_portal, upheld):
    line = register_line()
    tenure = current_tenure(line)
    token = proved_session(at_portal)
    assert "done" in ask(token, PortalRequestKind.NOT_MINE)
    assert held_by(tenure.person_id) == 0

    settle_case(console_authority(), open_cases()[0].case_id, upheld=upheld, on=ON)

    assert (current_tenure(line) is None) is upheld
    assert view_line(line).is_registered is not upheld
    assert not view_line(line).is_disputed
    assert held_by(tenure.person_id) == (0 if upheld else 1)
    assert portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en").get("refused") == (
        "session_expired" if upheld else None
    )


@pytest.mark.parametrize("upheld", [True, False])
def test_a_correction_in_between_is_no_way_round_a_verdict(at_portal, upheld):
    line = register_line()
    ask(proved_session(at_portal), PortalRequestKind.NOT_MINE)
    contested = current_tenure(line)
    change_record(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=NUMBER, kind=PartyKind.INDIVIDUAL,
            parts={PartyRole.SUBSCRIBER: PERSON | {"address": "Another Road 2"}}, language="en", double_checked=True,
        ),
        on=ON,
    )  # fmt: skip
    corrected = current_tenure(line)

    settle_case(console_authority(), open_cases()[0].case_id, upheld=upheld, on=ON)

    assert corrected.tenure_id != contested.tenure_id
    assert (current_tenure(line) is None) is upheld
    assert view_line(line).is_registered is not upheld


def test_a_verdict_does_not_unlink_a_subscriber_registered_meanwhile(at_portal):
    line = register_line()
    ask(proved_session(at_portal), PortalRequestKind.NOT_MINE)
    Line.objects.update(is_disputed=False)
    give_away(NUMBER, SOMEBODY_ELSE)

    settle_case(console_authority(), open_cases()[0].case_id, upheld=True, on=ON)

    assert current_tenure(line) is not None
    assert view_line(line).is_registered


@pytest.mark.parametrize(
    ("failed", "ago", "is_let"),
    [
        (MOST_A_DAY - 1, dt.timedelta(), True), (MOST_A_DAY, dt.timedelta(), False),
        (MOST_A_DAY, dt.timedelta(hours=24, seconds=-30), False), (MOST_A_DAY, dt.timedelta(hours=24, seconds=30), True),
    ],
)  # fmt: skip
def test_after_ten_proofs_that_failed_for_a_line_none_is_right_for_a_day(
    at_portal, monkeypatch, failed, ago, is_let
):
    line = register_line()
    then = clock.now() - ago
    with monkeypatch.context() as earlier:
        earlier.setattr(clock, "now", lambda: then)
        for _ in range(failed):
            append_entry(
                subscriber_authority("0d" * 32), verb=Verb.SESSION_NOT_VERIFIED, role="subscriber", on=ON, line_id=line
            )  # fmt: skip
    monkeypatch.setattr(verification, "_is_right", lambda *_, **__: True)

    answer = portal_client.send_request(session(at_portal), PortalRequestKind.VERIFY, language="en")

    assert answer["done"]["verified"] is is_let


YESTERDAY = ON - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (PortalRequestKind.PAUSE, {"reason": "hospital", "first": YESTERDAY.isoformat()}),
        (PortalRequestKind.DISPUTE, {}),
    ],
)
@pytest.mark.parametrize(("made", "said_on", "stands"), [
    (1, YESTERDAY, LineState.ACTIVE), (0, ON, LineState.SUSPENDED),
])  # fmt: skip
def test_a_request_made_before_midnight_counts_for_that_day(
    at_portal, monkeypatch, kind, more, made, said_on, stands
):
    line = activate_line(OTHER, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    token = session(at_portal, OTHER)
    suspend_line(line, reason=SuspensionReason.REGISTRATION, on=YESTERDAY)

    def come_late():
        make_older(PortalRequest, dt.timedelta(days=made), "made_at")
        work_off()

    monkeypatch.setattr(portal_client, "_wake_worker", come_late)

    answer = ask(token, kind, **more)

    assert answer["done"]["day"] == said_on.isoformat()
    assert view_line(line).state is stands
