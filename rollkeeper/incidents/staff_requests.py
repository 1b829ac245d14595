# SPDX-License-Identifier: EUPL-1.2
"""What a worker does about incidents for staff who asked on a page: open one, word its notice. Its steps have their own requests (`approvals`)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.access.errors import STAFF_REQUEST_UNREADABLE, STAFF_UNKNOWN
from rollkeeper.access.models import Staff
from rollkeeper.access.services import linked_accounts
from rollkeeper.access.staff_requests import text_in
from rollkeeper.incidents.choices import About, Severity, Table
from rollkeeper.incidents.drafts import word_notice
from rollkeeper.incidents.models import Incident
from rollkeeper.incidents.services import open_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import StaffId
from rollkeeper.notices.wordings import is_usable, standard_wordings


def open_by_request(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Open an incident; return its reference. A form that is sent twice opens only one incident.

    Refuses: as `open_incident`, STAFF_UNKNOWN and STAFF_REQUEST_UNREADABLE.
    """
    about = text_in(payload, "about")
    severity = text_in(payload, "severity")
    table, epoch = payload.get("table"), payload.get("epoch")
    if about not in set(About) or severity not in set(Severity) or table not in {None, *map(str, Table)}:
        raise STAFF_REQUEST_UNREADABLE()
    noticed_at = _instant(payload, "noticed_at")
    if noticed_at is None:
        raise STAFF_REQUEST_UNREADABLE()
    accounts, since, is_drill = (
        _accounts(payload),
        _instant(payload, "since"),
        payload.get("is_drill") is True,
    )
    epoch_id = int(epoch) if epoch is not None else None
    made = (
        Incident.objects.filter(
            about=about, severity=severity, noticed_at=noticed_at, accounts=accounts, epoch_id=epoch_id, table_of=table or None,
            since=since, is_drill=is_drill, opened_by=authority.staff_id, closed_at=None,
        ).values_list("incident_id", flat=True).first()
    )  # fmt: skip
    made = made or open_incident(
        authority, about=About(about), severity=Severity(severity), noticed_at=noticed_at, on=on,
        accounts=accounts, epoch_id=epoch_id, table=Table(table) if table else None, since=since,
        until=_instant(payload, "until"), is_drill=is_drill,
    )  # fmt: skip
    return {"incident": str(made)}


def word_by_request(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Keep the text of an incident's notice in one language. Refuses: as `word_notice`, and STAFF_REQUEST_UNREADABLE."""
    try:
        incident_id = UUID(text_in(payload, "incident"))
    except ValueError:
        raise STAFF_REQUEST_UNREADABLE() from None
    language, text = text_in(payload, "language"), text_in(payload, "text")
    if not is_usable(text) or language not in standard_wordings():
        raise STAFF_REQUEST_UNREADABLE()
    word_notice(authority, incident_id, language=language, text=text, on=on)
    return {"incident": str(incident_id)}


def _accounts(payload: Mapping[str, Any]) -> list[StaffId]:
    names = [str(name) for name in payload.get("usernames") or ()]
    known = dict(Staff.objects.filter(username__in=names).values_list("username", "staff_id"))
    if len(known) < len(set(names)):
        raise STAFF_UNKNOWN()
    agent = payload.get("agent")
    return [
        *(StaffId(one) for one in known.values()),
        *(linked_accounts("agent", str(agent)) if agent else ()),
    ]


def _instant(payload: Mapping[str, Any], name: str) -> dt.datetime | None:
    given = payload.get(name)
    if given is None:
        return None
    try:
        read = dt.datetime.fromisoformat(str(given))
    except ValueError:
        raise STAFF_REQUEST_UNREADABLE() from None
    if read.tzinfo is None or read.year < clock.YEARS[0]:
        raise STAFF_REQUEST_UNREADABLE()
    return read
