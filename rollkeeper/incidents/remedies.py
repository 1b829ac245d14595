# SPDX-License-Identifier: EUPL-1.2
"""What is done at once: accounts closed, everybody signed out, keys renewed and everything sealed anew.

Each is an act of the room that it belongs to; here it is done for an incident and noted with it. A drill notes the
remedy and touches nothing.
"""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from rollkeeper.access.acts import close_accounts
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.access.signing_out import sign_out_everyone
from rollkeeper.incidents.acts import locked_incident, meet_duties
from rollkeeper.incidents.errors import NothingToSuspend
from rollkeeper.incidents.kinds import Remedy
from rollkeeper.incidents.models import Incident, RemedyTaken
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import canaries, rotation


def remedy_incident(
    authority: Authority,
    incident_id: UUID,
    remedy: Remedy,
    *,
    on: dt.date,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Take one remedy and note it; return how many accounts, sessions or values it touched. May be taken again.

    Ledger: incidents:remedy:taken, incidents:duty:met towards oneself, and whatever the remedy itself leaves.
    Refuses: NotAllowed, IncidentUnknown, IncidentClosed, NothingToSuspend, OnlySeals, RotationCannotFinish.
    """
    role = demand(authority, Power.MANAGE_INCIDENT)
    with act():
        incident = locked_incident(incident_id)
    if remedy is Remedy.SUSPEND_ACCOUNTS and not incident.accounts:
        raise NothingToSuspend
    touched = 0 if incident.is_drill else _take(authority, incident, remedy, on=on, tell=tell)
    with act():
        incident = locked_incident(incident_id)
        RemedyTaken.objects.create(
            incident_id=incident_id, remedy=remedy.value, touched=touched, taken_at=clock.now()
        )
        append_entry(
            authority, verb=Verb.REMEDY_TAKEN, role=role.value, on=on,
            facts={"incident": str(incident_id), "remedy": remedy.value, "touched": touched},
        )  # fmt: skip
        meet_duties(authority, incident, to="self", on=on)
    return touched


def _take(
    authority: Authority, incident: Incident, remedy: Remedy, *, on: dt.date, tell: Callable[[int], None]
) -> int:
    match remedy:
        case Remedy.SUSPEND_ACCOUNTS:
            accounts = [StaffId(one) for one in incident.accounts]
            with act():
                return len(close_accounts(authority, accounts, power=Power.MANAGE_INCIDENT, on=on))
        case Remedy.SIGN_OUT_EVERYONE:
            return sign_out_everyone()
        case Remedy.ROTATE_KEYS | Remedy.RESEAL:
            done = rotation.rotate(authority, on=on, tell=tell)
            canaries.ensure_canary(authority, on=on)
            return done.people + done.line_values
