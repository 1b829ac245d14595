# SPDX-License-Identifier: EUPL-1.2
"""Records how each attempt to sign in to an account ended, and shows the failed ones to its owner.

The ledger has the account's mark, the app, the outcome and whether the source was one from which the account signed in lately;
never the source itself, nor a user name that does not exist. A try of such a name is entered too, with a random mark: else the
number of published leaves would tell a stranger which names exist.
"""

import datetime as dt
import os
import secrets
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, staff_commitment
from rollkeeper.access.choices import SignInOutcome, SignInSource
from rollkeeper.access.models import Staff
from rollkeeper.access.queries import roles_on
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

COMMAND = "command"
_MOST = 1000
"""Entries that are read to tell a person what failed."""


@dataclass(frozen=True, slots=True)
class LastSignIn:
    """When an account signed in last, at which app, and how many attempts failed since."""

    at: dt.datetime | None
    app: str
    failed: int


def record_sign_in(staff: Staff | None, outcome: SignInOutcome, *, source: SignInSource) -> None:
    """Record how an attempt to sign in to this account, or (None) to an unknown one, ended. Ledger: access:sign_in:attempted."""
    # An app's role may enter nothing without an account: so an unknown account gets a random reference for this try.
    staff_id, today = StaffId(staff.staff_id if staff else new_uuid()), clock.today()
    mark = staff_commitment(bytes(staff.salt) if staff else secrets.token_bytes(32), staff_id)
    roles = sorted(roles_on(today, staff_id=staff_id)) if outcome is SignInOutcome.SUCCEEDED else []
    actor = Authority(frozenset(), staff_id, mark if roles else secrets.token_hex(32))
    facts = {
        "app": os.environ.get("ROLLKEEPER_APP", COMMAND),
        "outcome": outcome.value,
        "source": source.value,
        "staff": mark,
    }
    with action():
        append_entry(
            actor,
            verb=Verb.SIGN_IN_ATTEMPTED,
            role=roles[0] if roles else StaffRole.VISITOR,
            on=today,
            facts=facts,
        )


def last_sign_in(staff_id: StaffId) -> LastSignIn:
    """Return when this account signed in last, and what failed since."""
    failed = 0
    for row in rows("SELECT at, app, outcome FROM access_sign_ins_of(%s, %s)", [staff_id, _MOST]):
        if row.outcome == SignInOutcome.SUCCEEDED:
            return LastSignIn(row.at, row.app, failed)
        failed += 1
    return LastSignIn(None, "", failed)
