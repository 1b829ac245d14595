# SPDX-License-Identifier: EUPL-1.2
"""Who exactly was affected: from the ledger's entries about accesses, or from the epochs if a key leaked.

References only. No sealed value is opened, so that the search exposes no one.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.incidents.choices import About
from rollkeeper.incidents.errors import EPOCH_NOT_FOUND
from rollkeeper.incidents.models import Incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault.fields import OPENED
from rollkeeper.vault.keys import STORE
from rollkeeper.vault.services import list_living_keys

EXPOSES = (
    Verb.SEALED_OPENED, Verb.TENURE_REGISTERED, Verb.TENURE_ACCEPTED, Verb.TENURE_TRANSFERRED, Verb.TENURE_CORRECTED,
    Verb.LINE_RELOCATED,
)  # fmt: skip
"""The actions in which staff saw cleartext: opening it, and entering it."""
FIELDS, OTHER = [*OPENED, "record"], "other"
"""The fields that may have been seen. An unknown field is reported as `OTHER`, and never left out."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people and lines were exposed, and of how many people only sealed values leaked."""

    people: int
    unregistered_lines: int
    openings: int
    sealed_people: int


def list_affected(incident: Incident) -> Figures:
    """Rebuild the list of an incident, in the present transaction. Refuses: EPOCH_NOT_FOUND, SEAL_ONLY_PROCESS."""
    run("SET LOCAL work_mem = '256MB'")
    run("DELETE FROM incidents_affectedperson WHERE incident_id = %s", [incident.incident_id])
    sealed = 0
    match About(incident.about):
        case About.TABLE:
            sealed = int(rows(sql("incidents", "table_people"), {"table": incident.table_of})[0].people)
        case About.KEY_EPOCH:
            _list_epoch(incident)
        case _:
            _list_openings(incident)
    (found,) = rows(sql("incidents", "figures"), {"incident": incident.incident_id})
    return Figures(found.people, found.unregistered_lines, found.openings, sealed)


def list_mark(incident_id: UUID) -> int:
    """Return a number that changes with the list of an incident: with who is on it, and with what was seen of each."""
    (found,) = rows(sql("incidents", "list_mark"), {"incident": incident_id})
    return int(found.mark)


def require_epoch(epoch_id: int) -> tuple[dt.datetime, dt.datetime | None]:
    """Return when an epoch began and ended. Refuses: EPOCH_NOT_FOUND."""
    found = rows("SELECT begun_at, ended_at FROM epoch WHERE epoch_id = %s", [epoch_id], using=STORE)
    if not found:
        raise EPOCH_NOT_FOUND(epoch=epoch_id)
    return found[0].begun_at, found[0].ended_at


def _list_epoch(incident: Incident) -> None:
    begun, ended = require_epoch(incident.epoch_id or 0)
    last = min(ended or incident.until, incident.until)
    list_living_keys()
    run(
        sql("incidents", "scope_epoch"),
        {
            "incident": incident.incident_id,
            "ended": max(last, begun),
            "begun_on": clock.local_day(begun),
        },
    )


def _list_openings(incident: Incident) -> None:
    run("DROP TABLE IF EXISTS pg_temp.incident_access")
    run(
        sql("incidents", "scope_openings"),
        {
            "verbs": [verb.value for verb in EXPOSES],
            "opened": Verb.SEALED_OPENED.value,
            "by_account": About(incident.about).is_by_account,
            "accounts": list(incident.accounts),
            "fields": FIELDS,
            "since": incident.since,
            "until": incident.until,
        },
    )
    run(
        sql("incidents", "list_affected"),
        {"incident": incident.incident_id, "fields": FIELDS, "other": OTHER},
    )
