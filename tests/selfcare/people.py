# SPDX-License-Identifier: EUPL-1.2
"""An invented person, their line, and a telephone that keeps what it got."""

import datetime as dt

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.notices.gateways.base import Answer, SubmissionResult
from rollkeeper.registration.services import register_subscriber
from rollkeeper.registration.submissions import Submission
from rollkeeper.selfcare import portal_client, portal_worker
from rollkeeper.subscribers.choices import PartyKind, PartyRole

ON = dt.date(2012, 3, 2)
NUMBER = "+8613908911234"
PERSON = {
    "name": "Invented Person",
    "address": "1 Invented Street",
    "document_type": "passport-npl",
    "document_number": "X1234567",
}


class Telephone:
    """A gateway that keeps what it got."""

    rings, at_once = True, 200

    def __init__(self):
        self.messages = []

    def send(self, messages):
        self.messages += [(one.address.reveal(), one.text) for one in messages]
        return [SubmissionResult(Answer.ACCEPTED) for _ in messages]

    @property
    def newest_code(self):
        return next(
            word
            for word in self.messages[-1][1].replace(".", " ").split()
            if len(word) == 8 and word.isdigit()
        )


def register_line(number=NUMBER, person=None, on=ON, service=Service.MOBILE, copies=(), check=None, key=None):
    return register_subscriber(
        console_authority(),
        Submission(
            submission_key=key or str(new_uuid()), number=number, kind=PartyKind.INDIVIDUAL,
            parts={PartyRole.SUBSCRIBER: person or PERSON}, service=service, language="en", double_checked=True, identity_check=check,
            copies={PartyRole.SUBSCRIBER: copies},
        ),
        on=on,
    ).line_id  # fmt: skip


def session(telephone, number=NUMBER):
    code_request_id = portal_client.request_code(number, source="203.0.113.9", language="en")
    return portal_client.redeem_code(code_request_id, telephone.newest_code)


def ask(token, kind, **asked):
    """Ask for something through the portal, once."""
    return portal_client.send_request(token, kind, language="en", payload={"key": str(new_uuid()), **asked})


def work_off():
    """Be the portal worker's jobs for what waits, and return how much it was. A job looks until it finds nothing; this asks both at once."""
    (waiting,) = rows(
        "SELECT (SELECT count(*) FROM selfcare_coderequest WHERE processed_at IS NULL) AS codes,"
        " (SELECT count(*) FROM selfcare_portalrequest WHERE answered_at IS NULL) AS requests"
    )
    sent = waiting.codes and portal_worker.send_codes(worker_authority(), limit=waiting.codes)
    return sent + (
        waiting.requests and portal_worker.answer_requests(worker_authority(), limit=waiting.requests)
    )
