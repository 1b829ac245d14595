# SPDX-License-Identifier: EUPL-1.2
"""A drill: an incident from start to end, with real lists and real deadlines, without effect on anyone."""

import datetime as dt

from rollkeeper.access.authority import Authority
from rollkeeper.incidents import queries, services
from rollkeeper.incidents.choices import About, Remedy, Severity
from rollkeeper.incidents.drafts import draft
from rollkeeper.incidents.remedies import remedy_incident
from rollkeeper.kernel import clock

WINDOW = dt.timedelta(hours=24)
REMEDIES = (Remedy.SIGN_OUT_EVERYONE, Remedy.ROTATE_KEYS)


def run_drill(authority: Authority, *, on: dt.date) -> tuple[queries.IncidentView, dict[str, int]]:
    """Open, scope, remedy, draft, notify, report and close, as a drill; return the closed incident and its people by field.

    Ledger: as for an incident, each entry marked. Refuses: NOT_ALLOWED, and the errors of a real one.
    """
    now = clock.now()
    made = services.open_incident(
        authority, about=About.WINDOW, severity=Severity.SERIOUS, noticed_at=now, on=on, since=now - WINDOW,
        until=now, is_drill=True,
    )  # fmt: skip
    services.scope_incident(authority, made, on=on)
    for remedy in REMEDIES:
        remedy_incident(authority, made, remedy, on=on)
    draft(authority, made)
    services.notify_affected(authority, made, on=on)
    while any(duty.to in {"regulator", "police"} and not duty.met_at and not duty.exempt_because
              for duty in queries.incident(authority, made, now=clock.now()).duties):  # fmt: skip
        services.note_report_sent(authority, made, on=on)
    services.close_incident(authority, made, on=on)
    return queries.incident(authority, made, now=clock.now()), queries.people_by_field(made)
