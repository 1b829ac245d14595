# SPDX-License-Identifier: EUPL-1.2
"""Invented people with documents, their submissions, and numbers that no other test uses."""

import datetime as dt
from itertools import count

from stdnum.iso7064 import mod_11_2

from rollkeeper.kernel.ids import new_uuid
from rollkeeper.registration.submissions import Presence, Submission, Transferor
from rollkeeper.subscribers.choices import PartyKind, PartyRole

ON = dt.date(2012, 3, 2)
_sequence = count(1)


def card(sequence: int) -> str:
    """Return the number of an invented resident card."""
    born = dt.date(1950, 1, 1) + dt.timedelta(days=sequence // 1000)
    body = f"000000{born:%Y%m%d}{sequence % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


def person(**changes: str) -> dict[str, str]:
    """Return the four attributes of an invented person."""
    return {
        "name": "བསོད་ནམས་",
        "address": "拉萨市城关区虚构路 1 号",
        "document_type": "cn-resident-card",
        "document_number": card(next(_sequence)),
    } | changes


def without_address(**changes: str) -> dict[str, str]:
    """Return what is asked of a bearer of papers and of a guardian."""
    return {name: value for name, value in person(**changes).items() if name != "address"}


def submission(number: str, subscriber: dict[str, str] | None = None, **changes: object) -> Submission:
    """Return a registration of an individual."""
    values: dict[str, object] = {
        "submission_key": str(new_uuid()),
        "number": number,
        "kind": PartyKind.INDIVIDUAL,
        "parts": {PartyRole.SUBSCRIBER: subscriber or person()},
    }
    return Submission(**(values | changes))


def given_by(who: dict[str, str], *, presence: Presence = Presence.SELF) -> Transferor:
    """Return a person as the transferor of a line."""
    return Transferor((who["document_type"], who["document_number"]), presence)


def fresh_number() -> str:
    """Return a number that no other test uses."""
    return f"+8613{next(_sequence):09d}"
