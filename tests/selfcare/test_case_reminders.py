# SPDX-License-Identifier: EUPL-1.2
"""The operator's contacts are mailed about cases that are due: at a week, and daily from the day before the last."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.lines.queries import current_tenure
from rollkeeper.selfcare import case_reminders
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.case_reminders import mail_due_cases
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_dispute_case
from tests.selfcare.people import ON, register_line

DAY = dt.timedelta(days=1)
LAST = ON + 30 * DAY


@pytest.fixture
def mails(at_portal, monkeypatch):
    sent = []
    monkeypatch.setattr(case_reminders, "mail_contacts", lambda _, text: sent.append(text) or True)
    line_id = register_line()
    open_dispute_case(
        console_authority(), line_id, CaseKind.DISPUTE, tenure_id=current_tenure(line_id).tenure_id, on=ON
    )
    return sent


@pytest.mark.parametrize(
    ("day", "count"), [(LAST - 8 * DAY, 0), (LAST - 7 * DAY, 1), (LAST, 1), (LAST + DAY, 1)]
)
def test_a_case_is_mailed_from_a_week_before_its_last_day(mails, day, count):
    assert mail_due_cases(on=day) == count
    assert len(mails) == count


def test_it_is_mailed_once_at_a_week_and_daily_at_the_end_until_it_is_decided(mails):
    days = [LAST - 7 * DAY, LAST - 6 * DAY, LAST - 2 * DAY, LAST - DAY, LAST - DAY, LAST, LAST + DAY]

    assert [mail_due_cases(on=day) for day in days] == [1, 0, 0, 1, 0, 1, 1]
    assert "1 cases of subscribers are overdue" in mails[-1]

    settle_case(console_authority(), open_cases()[0].case_id, upheld=True, on=LAST + DAY)
    assert mail_due_cases(on=LAST + 2 * DAY) == 0


def test_a_mail_says_nothing_of_a_line_or_a_case(mails):
    mail_due_cases(on=LAST)
    (case,) = open_cases()

    assert not [one for one in (str(case.case_id), str(case.line_id)) if one in mails[0]]


def test_what_could_not_be_mailed_is_mailed_the_next_time(mails, monkeypatch):
    monkeypatch.setattr(case_reminders, "mail_contacts", lambda *_: False)
    assert mail_due_cases(on=LAST - 7 * DAY) == 0
    monkeypatch.setattr(case_reminders, "mail_contacts", lambda *_: True)
    assert mail_due_cases(on=LAST - 7 * DAY) == 1
