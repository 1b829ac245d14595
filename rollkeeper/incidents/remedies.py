# SPDX-License-Identifier: EUPL-1.2
"""The immediate remedies: accounts closed, everyone signed out, keys renewed and everything resealed.

Another package does each of them; here it is done for an incident and noted with it. A drill notes the remedy and changes nothing.
"""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import close_accounts, sign_out_everyone
from rollkeeper.incidents.choices import Remedy
from rollkeeper.incidents.errors import NOTHING_TO_SUSPEND
from rollkeeper.incidents.models import AppliedRemedy, Incident
from rollkeeper.incidents.services import locked_incident, meet_duties
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import canaries, rotation


def remedy_incident(
    authority: Authority,
    incident_id: UUID,
    remedy: Remedy,
    *,
    on: dt.date,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Take one remedy and note it; return how many accounts, sessions or values it touched. May be taken again.

    Ledger: incidents:remedy:applied, incidents:duty:met towards oneself, and the entries of the remedy itself. Refuses:
    NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED, NOTHING_TO_SUSPEND, SEAL_ONLY_PROCESS, ROTATION_CANNOT_FINISH.
    """
    role = require(authority, Permission.MANAGE_INCIDENT)
    with action():
        incident = locked_incident(incident_id)
    if remedy is Remedy.SUSPEND_ACCOUNTS and not incident.accounts:
        raise NOTHING_TO_SUSPEND()
    touched = 0 if incident.is_drill else _take(authority, incident, remedy, on=on, progress=progress)
    with action():
        incident = locked_incident(incident_id)
        AppliedRemedy.objects.create(
            incident_id=incident_id, remedy=remedy.value, touched=touched, applied_at=clock.now()
        )
        append_entry(
            authority, verb=Verb.REMEDY_APPLIED, role=role.value, on=on,
            facts={"incident": str(incident_id), "remedy": remedy.value, "touched": touched},
        )  # fmt: skip
        meet_duties(authority, incident, to="self", on=on)
    return touched


def _take(
    authority: Authority, incident: Incident, remedy: Remedy, *, on: dt.date, progress: Callable[[int], None]
) -> int:
    match remedy:
        case Remedy.SUSPEND_ACCOUNTS:
            accounts = [StaffId(one) for one in incident.accounts]
            with action():
                return len(close_accounts(authority, accounts, permission=Permission.MANAGE_INCIDENT, on=on))
        case Remedy.SIGN_OUT_EVERYONE:
            return sign_out_everyone()
        case Remedy.ROTATE_KEYS | Remedy.RESEAL:
            done = rotation.rotate(authority, on=on, on_progress=progress)
            canaries.ensure_canary(authority, on=on)
            return done.people + done.line_values
