# SPDX-License-Identifier: EUPL-1.2
"""Letters that came back, noted on the office's page in the office's own role, and believed by the house alone."""

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from rollkeeper.access.authority import sweep_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.notices.gateways.letters import letter_reference, slip_reference
from rollkeeper.notices.lanes import LANES
from rollkeeper.notices.letters_back import settle_letters
from rollkeeper.notices.return_address import return_secret
from tests.campaign.population import make_line, plan
from tests.office.test_pages import DUE, PLANNED, signed_in, verbs  # noqa: F401 - a fixture that is shared

UNREACHED = "Whom no letter reached, as a table"


@pytest.fixture
def letters(register):
    """Three lines of a campaign, to each of which a letter went; returns lines and the letters' references."""
    lines = [make_line(region="Lhasa") for _ in range(3)]
    plan(PLANNED)
    references = []
    for line in lines:
        attempt = new_uuid()
        references.append(letter_reference(attempt))
        run(
            "INSERT INTO notices_attempt (line_id, attempt_id, notice_id, channel, sent_at, outcome, gateway_reference)"
            " SELECT line_id, %s, notice_id, 'post', now(), 'handed', %s FROM notices_notice WHERE line_id = %s",
            [attempt, references[-1], line],
        )
    run("UPDATE notices_notice SET state = 'sent', channel = 'post', attempts = 1")
    return lines, references


def given(client, *references):
    return client("post", "/letters/", {"references": "\n".join(references)})


def an_hour_later():
    run("UPDATE notices_letterback SET noted_at = noted_at - interval '1 hour'")


def state(line):
    return rows("SELECT state FROM notices_notice WHERE line_id = %s", [line])[0].state


def listed(page):
    return page.split(UNREACHED)[1] if UNREACHED in page else ""


def test_a_slip_and_an_envelope_are_noted_and_the_house_takes_them_in(letters, signed_in):  # noqa: F811
    (told, gone, waits), (slip, envelope, _) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    answer = given(manager, slip_reference(slip, secret=return_secret()).lower(), envelope, "", envelope)
    noted = manager("get", "/letters/").text_
    settle = next(one for one in LANES if one.name == "settle-letters").turn
    taken = [settle(), an_hour_later() or settle()]
    page = manager("get", "/letters/").text_

    assert (answer.status_code, taken) == (302, [1, 1])
    assert noted.count("Not yet looked at") == 2
    assert (state(told), state(gone), state(waits)) == ("delivered", "owed", "sent")
    assert ("Arrived" in page, "Came back" in page) == (True, True)
    assert [str(line) in listed(page) for line in (told, gone, waits)] == [False, True, False]
    assert verbs().count("notices:letters:noted") == 1


def test_the_office_alone_can_tell_nobody_and_make_no_slip(letters, signed_in, as_role):  # noqa: F811
    (line, *_), (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, slip_reference(reference, secret=b"guessed"))
    an_hour_later()
    settle_letters(sweep_authority(), on=DUE)

    assert state(line) == "sent"
    assert "None of ours" in manager("get", "/letters/").text_
    for statement in (
        "UPDATE notices_notice SET state = 'delivered', delivered_on = now()",
        "UPDATE notices_letterback SET verdict = 'arrived', settled_at = now()",
        "INSERT INTO notices_letterback (reference, noted_at, verdict, settled_at) VALUES ('A', now(), 'arrived', now())",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            as_role("office"),
        ):
            run(statement)


@pytest.mark.parametrize(("guesses", "found"), [(4, "delivered"), (5, "sent"), (6, "sent")])
def test_no_slip_is_believed_of_a_letter_for_which_too_many_were_made_up(letters, signed_in, guesses, found):  # noqa: F811
    (line, *_), (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    for guess in range(guesses):
        given(manager, slip_reference(reference, secret=b"%d" % guess))
        an_hour_later()
        settle_letters(sweep_authority(), on=DUE)
    given(manager, slip_reference(reference, secret=return_secret()))
    an_hour_later()
    settle_letters(sweep_authority(), on=DUE)

    assert state(line) == found


def test_a_slip_that_was_scanned_before_its_envelope_proves_nothing(letters, signed_in):  # noqa: F811
    (line, *_), (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, slip_reference(reference, secret=return_secret()))
    settle_letters(sweep_authority(), on=DUE)
    given(manager, reference)
    settle_letters(sweep_authority(), on=DUE)
    an_hour_later()
    settle_letters(sweep_authority(), on=DUE)

    assert state(line) == "owed"


def test_what_is_no_reference_is_counted_and_kept_nowhere(letters, signed_in):  # noqa: F811
    _, (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, "Tashi of the Invented Road", reference)

    page = manager("get", "/letters/").text_
    assert [row.reference for row in rows("SELECT reference FROM notices_letterback")] == [reference]
    assert "1 line is no reference of a letter" in page
    assert "Tashi" not in page


def test_noted_twice_it_is_one_and_nothing_at_all_is_refused(letters, signed_in):  # noqa: F811
    _, (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, reference)
    given(manager, reference)
    nothing = given(manager)

    assert len(rows("SELECT FROM notices_letterback")) == 1
    assert verbs().count("notices:letters:noted") == 1
    assert nothing.status_code == 422


def test_a_letter_without_a_slip_in_time_stands_there_too_and_who_is_answered_for_is_said(letters, signed_in):  # noqa: F811
    (late, *_), _ = letters
    run("UPDATE notices_attempt SET outcome = 'unproven', outcome_at = now() WHERE line_id = %s", [late])

    page = signed_in(StaffRole.SUPERVISOR)("get", "/letters/").text_

    assert str(late) in listed(page)
    assert "No slip came in time" in listed(page)


def test_whoever_may_only_look_notes_nothing(letters, signed_in):  # noqa: F811
    _, (reference, *_) = letters

    auditor = signed_in(StaffRole.AUDITOR)

    assert given(auditor, reference).status_code == 403
    assert "Note them" not in auditor("get", "/letters/").text_
    assert rows("SELECT FROM notices_letterback") == []
