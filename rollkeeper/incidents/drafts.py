# SPDX-License-Identifier: EUPL-1.2
"""Draft the notices before they are sent: counts by language, the text in each, and the operator's own text in its place."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.incidents.choices import Step
from rollkeeper.incidents.errors import INCIDENT_NOT_SCOPED, NOTICE_BEING_APPROVED, PEOPLE_ALREADY_NOTIFIED
from rollkeeper.incidents.models import StepRequest
from rollkeeper.incidents.queries import people_by_field
from rollkeeper.incidents.services import draft_notices, locked_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.database import action, without_timeout
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.texts import RenderedText, languages_of, languages_with, say_fields, write_notice
from rollkeeper.notices.wordings import filled, keep_wording, wordings

NO_CODE = "XXXXXXXX"
"""The placeholder for the code that each person gets."""


@dataclass(frozen=True, slots=True)
class Draft:
    """How many would be notified in which language, what they would read, and how many cannot be reached."""

    by_language: dict[str, int]
    texts: dict[str, list[RenderedText]]
    unreachable: int


def draft(authority: Authority, incident_id: UUID) -> Draft:
    """Draft the notices of an incident; enqueue none. Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED, INCIDENT_NOT_SCOPED."""
    require(authority, Permission.MANAGE_INCIDENT)
    with action(), without_timeout():
        if locked_incident(incident_id).scoped_at is None:
            raise INCIDENT_NOT_SCOPED()
        by_language, unreachable = draft_notices(incident_id)
    seen, wording = people_by_field(incident_id), wordings(incident_id)
    return Draft(by_language, {one: texts_in(one, seen, wording) for one in sorted(by_language)}, unreachable)


def note_draft(authority: Authority, incident_id: UUID) -> None:
    """Store the counts of the draft with the incident, for pages that may not read who was affected. Refuses: as `draft`."""
    drafted = draft(authority, incident_id)
    with action():
        incident = locked_incident(incident_id)
        incident.drafted = {
            "languages": drafted.by_language, "unreachable": drafted.unreachable, "fields": people_by_field(incident_id),
        }  # fmt: skip
        incident.save(update_fields=["drafted"])


def word_notice(authority: Authority, incident_id: UUID, *, language: str, text: str, on: dt.date) -> None:
    """Replace the standard text of an incident's notices in one language, before anyone approves them.

    Two people approve what they read: after the first approval the text stays. Ledger: incidents:notice:worded. Refuses: NOT_ALLOWED,
    INCIDENT_NOT_FOUND, INCIDENT_CLOSED, PEOPLE_ALREADY_NOTIFIED, NOTICE_BEING_APPROVED.
    """
    role = require(authority, Permission.MANAGE_INCIDENT)
    with action():
        incident = locked_incident(incident_id)
        if incident.notified_at is not None:
            raise PEOPLE_ALREADY_NOTIFIED(on=clock.local_day(incident.notified_at))
        if StepRequest.objects.filter(
            incident_id=incident_id, step=Step.NOTIFY_PEOPLE.value, ended_at__isnull=True
        ).exists():
            raise NOTICE_BEING_APPROVED()
        keep_wording(incident_id, language=language, text=text)
        append_entry(
            authority, verb=Verb.NOTICE_WORDED, role=role.value, on=on,
            facts={"incident": str(incident_id), "text": sha256(text.encode()).hexdigest()},
        )  # fmt: skip


def reworded_as(incident_id: UUID) -> str:
    """Return a mark of all texts that replace standard ones, empty if there are none; an approver sends back the mark that they read."""
    said = wordings(incident_id)
    return sha256(canonical_bytes(said)).hexdigest() if said else ""


def texts_in(
    language: str, fields: Iterable[str], wording: Mapping[str, str] = MappingProxyType({})
) -> list[RenderedText]:
    """Return the mail text for a person with these exposed fields, in their language, or in each of the instance if they named none.

    `wording`: the texts that replace the standard one, by language.
    """
    seen = list(fields)
    return [
        filled(write_notice(
            NoticeKind.DATA_EXPOSED, language=one, brief=False, promised_on=None, suspension=None, code=NO_CODE,
            operator=instance().operator_name, care=instance().care_number, named={"fields": say_fields(seen, language=one)},
        ), wording, code=NO_CODE, exposed=seen)
        for one in languages_with(NoticeKind.DATA_EXPOSED, languages_of(language))
    ]  # fmt: skip
