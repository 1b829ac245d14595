# SPDX-License-Identifier: EUPL-1.2
"""An invented person, their line, and a telephone that keeps what it got."""

import datetime as dt

from rollkeeper.access.authority import console_authority
from rollkeeper.enrolment.acts import register_subscriber
from rollkeeper.enrolment.submissions import Submission
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.states import Service
from rollkeeper.notices.gateways.base import Answer, Handing
from rollkeeper.rights import door
from rollkeeper.subscribers.kinds import Part, PartyKind

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
        return [Handing(Answer.TAKEN) for _ in messages]

    @property
    def newest_code(self):
        return next(
            word
            for word in self.messages[-1][1].replace(".", " ").split()
            if len(word) == 8 and word.isdigit()
        )


def enrol(number=NUMBER, person=None, on=ON, service=Service.MOBILE, copies=()):
    return register_subscriber(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=number, kind=PartyKind.INDIVIDUAL,
            parts={Part.HOLDER: person or PERSON}, service=service, language="en", looked_twice=True,
            copies={Part.HOLDER: copies},
        ),
        on=on,
    ).line_id  # fmt: skip


def visit(telephone, number=NUMBER):
    knock_id = door.knock(number, source="203.0.113.9", language="en")
    return door.show_code(knock_id, telephone.newest_code)


def ask(token, kind, **asked):
    """Ask for something through the portal, once."""
    return door.ask(token, kind, language="en", asked={"key": str(new_uuid()), **asked})
