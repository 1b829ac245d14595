# SPDX-License-Identifier: EUPL-1.2
"""Returned letters, noted on the back office's page in the back office's own role, and believed by Rollkeeper alone."""

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.backoffice.templatetags.backoffice import short_reference
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.notices.gateways.letters import letter_reference, slip_reference
from rollkeeper.notices.jobs import JOBS
from rollkeeper.notices.models import Notice
from rollkeeper.notices.returned_mail import settle_letters
from rollkeeper.notices.verp import return_secret
from tests.backoffice.conftest import DUE, PLANNED
from tests.backoffice.test_pages import signed_in, verbs  # noqa: F401 - a fixture that is shared
from tests.builders.lines import make_line
from tests.campaign.population import plan

UNREACHABLE = "Not reached by letter, as a table"


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
            " SELECT line_id, %s, notice_id, 'post', now(), 'accepted', %s FROM notices_notice WHERE line_id = %s",
            [attempt, references[-1], line],
        )
    Notice.objects.update(state="sent", channel="post", attempts=1)
    return lines, references


def given(client, *references):
    return client("post", "/letters/", {"references": "\n".join(references)})


def an_hour_later():
    run("UPDATE notices_returnedletter SET recorded_at = recorded_at - interval '1 hour'")


def state(line):
    return rows("SELECT state FROM notices_notice WHERE line_id = %s", [line])[0].state


def listed(page):
    return page.split(UNREACHABLE)[1] if UNREACHABLE in page else ""


def test_every_line_that_fits_into_the_form_is_noted(letters, signed_in):  # noqa: F811
    scanned = [letter_reference(new_uuid()) for _ in range(600)]

    given(signed_in(StaffRole.CAMPAIGN_MANAGER), *scanned)

    assert rows("SELECT count(*) AS n FROM notices_returnedletter")[0].n == 600


def test_a_slip_and_an_envelope_are_noted_and_the_register_takes_them_in(letters, signed_in):  # noqa: F811
    (notified, gone, waits), (slip, envelope, _) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    answer = given(manager, slip_reference(slip, secret=return_secret()).lower(), envelope, "", envelope)
    noted = manager("get", "/letters/").text_
    settle = next(one for one in JOBS if one.name == "settle-letters").run
    taken = [settle(), an_hour_later() or settle()]
    page = manager("get", "/letters/").text_

    assert (answer.status_code, taken) == (302, [1, 1])
    assert "a scanner writes there what it reads" in noted
    assert noted.count("Not yet processed") == 2
    assert (state(notified), state(gone), state(waits)) == ("delivered", "queued", "sent")
    assert ("Arrived" in page, "Returned" in page) == (True, True)
    assert [short_reference(line) in listed(page) for line in (notified, gone, waits)] == [False, True, False]
    assert verbs().count("notices:returned_letters:recorded") == 1


def test_the_back_back_office_alone_cannot_notify_and_make_no_slip(letters, signed_in, as_role):  # noqa: F811
    (line, *_), (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, slip_reference(reference, secret=b"guessed"))
    an_hour_later()
    settle_letters(worker_authority(), on=DUE)

    assert state(line) == "sent"
    assert "Not found here" in manager("get", "/letters/").text_
    for statement in (
        "UPDATE notices_notice SET state = 'delivered', delivered_on = now()",
        "UPDATE notices_returnedletter SET verdict = 'arrived', settled_at = now()",
        "INSERT INTO notices_returnedletter (reference, recorded_at, verdict, settled_at) VALUES ('A', now(), 'arrived', now())",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            as_role("backoffice"),
        ):
            run(statement)


@pytest.mark.parametrize(("guesses", "found"), [(4, "delivered"), (5, "sent"), (6, "sent")])
def test_no_slip_is_believed_of_a_letter_for_which_too_many_were_made_up(letters, signed_in, guesses, found):  # noqa: F811
    (line, *_), (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    for guess in range(guesses):
        given(manager, slip_reference(reference, secret=b"%d" % guess))
        an_hour_later()
        settle_letters(worker_authority(), on=DUE)
    given(manager, slip_reference(reference, secret=return_secret()))
    an_hour_later()
    settle_letters(worker_authority(), on=DUE)

    assert state(line) == found


def test_a_slip_that_was_scanned_before_its_envelope_proves_nothing(letters, signed_in):  # noqa: F811
    (line, *_), (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, slip_reference(reference, secret=return_secret()))
    settle_letters(worker_authority(), on=DUE)
    given(manager, reference)
    settle_letters(worker_authority(), on=DUE)
    an_hour_later()
    settle_letters(worker_authority(), on=DUE)

    assert state(line) == "queued"


def test_what_is_no_reference_is_counted_and_kept_nowhere(letters, signed_in):  # noqa: F811
    _, (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, "Tashi of the Invented Road", reference)

    page = manager("get", "/letters/").text_
    assert [row.reference for row in rows("SELECT reference FROM notices_returnedletter")] == [reference]
    assert "1 line is not the reference of a letter" in page
    assert "Tashi" not in page


def test_noted_twice_it_is_one_and_nothing_at_all_is_refused(letters, signed_in):  # noqa: F811
    _, (reference, *_) = letters
    manager = signed_in(StaffRole.CAMPAIGN_MANAGER)

    given(manager, reference)
    given(manager, reference)
    nothing = given(manager)

    assert len(rows("SELECT FROM notices_returnedletter")) == 1
    assert verbs().count("notices:returned_letters:recorded") == 1
    assert nothing.status_code == 422


def test_letters_without_a_slip_are_listed_with_their_waivers(letters, signed_in):  # noqa: F811
    (late, *_), _ = letters
    run("UPDATE notices_attempt SET outcome = 'unproven', outcome_at = now() WHERE line_id = %s", [late])

    page = signed_in(StaffRole.SUPERVISOR)("get", "/letters/").text_

    assert short_reference(late) in listed(page)
    assert "No proof of delivery in time" in listed(page)


def test_who_may_only_look_notes_nothing(letters, signed_in):  # noqa: F811
    _, (reference, *_) = letters

    auditor = signed_in(StaffRole.AUDITOR)

    assert given(auditor, reference).status_code == 403
    assert "Record them" not in auditor("get", "/letters/").text_
    assert rows("SELECT FROM notices_returnedletter") == []
