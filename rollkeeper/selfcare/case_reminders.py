# SPDX-License-Identifier: EUPL-1.2
"""Mails to the operator's contacts about cases that are due or overdue: counts and a day, no references.

The register has no addresses of staff; the contacts are the same as for alarms.
"""

import datetime as dt
from typing import Final

from rollkeeper.kernel.database import action, rows, run
from rollkeeper.notices.alarms import mail_contacts
from rollkeeper.selfcare.queries import SOON_DAYS

_SUBJECT: Final = "The register: cases must be decided"
_TEXT: Final = """\
{overdue} cases of subscribers are overdue, and {soon} must be decided within {days} days, the first by {first}.

They are in the back office under Cases, the overdue ones first. A supervisor or the data protection officer decides them.\
"""


def mail_due_cases(*, on: dt.date) -> int:
    """Mail once when a case has a week left, and daily from the day before its last day; return the number of cases mailed about."""
    with action():
        due = rows(
            "SELECT case_id, due_on FROM selfcare_case WHERE settled_on IS NULL AND due_on <= %(on)s::date + %(soon)s"
            " AND (reminded_on IS NULL OR (reminded_on < %(on)s AND due_on <= %(on)s::date + 1)) ORDER BY due_on FOR UPDATE",
            {"on": on, "soon": SOON_DAYS},
        )
        overdue = sum(one.due_on < on for one in due)
        if not due or not mail_contacts(
            _SUBJECT,
            _TEXT.format(overdue=overdue, soon=len(due) - overdue, days=SOON_DAYS, first=due[0].due_on),
        ):
            return 0
        run(
            "UPDATE selfcare_case SET reminded_on = %s WHERE case_id = ANY (%s)",
            [on, [one.case_id for one in due]],
        )
    return len(due)
