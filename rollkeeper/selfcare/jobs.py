# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: the portal worker's (send and print codes, answer the portal, delete old rows), and mail about due cases."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.notices.settings import settings as notices_settings
from rollkeeper.selfcare.portal_client import CHANNEL, offers_letters

_MOST = 100


def send_codes() -> int:
    """Send the codes that were asked for; return how many requests there were."""
    from rollkeeper.selfcare.portal_worker import send_codes as send_all

    return send_all(worker_authority(), limit=_MOST)


def answer() -> int:
    """Carry out the requests that wait; return how many there were."""
    from rollkeeper.selfcare.portal_worker import answer_requests

    return answer_requests(worker_authority(), limit=_MOST)


def forget() -> int:
    """Delete rows that are a day old, and settle corrections that were made and applications that lapsed; return how many were settled."""
    from rollkeeper.selfcare.portal_worker import forget_expired

    return forget_expired(worker_authority(), on=clock.today())


def print_letters() -> int:
    """Print the letters with codes that were asked for; return how many requests there were."""
    from rollkeeper.selfcare.posted_codes import print_letters as print_all

    return print_all(worker_authority())


def remind() -> int:
    """Mail the operator's contacts about cases that are due; return how many."""
    from rollkeeper.selfcare.case_reminders import mail_due_cases

    return mail_due_cases(on=clock.today())


JOBS = (
    PeriodicJob(
        "mail-due-cases",
        remind,
        interval_s=lambda: 3600.0,
        needs_keys=lambda: False,
        is_enabled=lambda: (
            notices_settings().alarms_to is not None and notices_settings().smtp_url is not None
        ),
    ),
    PeriodicJob(
        "answer-portal",
        answer,
        interval_s=lambda: 2.0,
        batch_size=_MOST,
        wakes_on=CHANNEL,
        for_apps=True,
        needs_keys=lambda: False,
    ),
    PeriodicJob(
        "send-portal-codes",
        send_codes,
        interval_s=lambda: 2.0,
        batch_size=_MOST,
        wakes_on=CHANNEL,
        for_apps=True,
        needs_keys=lambda: False,
    ),
    PeriodicJob(
        "print-portal-letters",
        print_letters,
        interval_s=lambda: 120.0,
        for_apps=True,
        needs_keys=lambda: False,
        is_enabled=offers_letters,
    ),
    PeriodicJob("forget-portal", forget, interval_s=lambda: 600.0, for_apps=True, needs_keys=lambda: False),
)
