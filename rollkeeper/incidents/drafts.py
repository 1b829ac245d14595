# SPDX-License-Identifier: EUPL-1.2
"""What would be sent to whom, before sending: counts by language, and the text in each."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.incidents.errors import INCIDENT_NOT_SCOPED
from rollkeeper.incidents.queries import people_by_field
from rollkeeper.incidents.services import draft_notices, locked_incident
from rollkeeper.kernel.database import action, without_timeout
from rollkeeper.kernel.instance import instance
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.texts import RenderedText, languages_of, languages_with, say_fields, write_notice

_NO_CODE = "00000000"


@dataclass(frozen=True, slots=True)
class Draft:
    """How many would be notified in which language, what they would read, and how many cannot be reached."""

    by_language: dict[str, int]
    texts: dict[str, list[RenderedText]]
    unreachable: int


def draft(authority: Authority, incident_id: UUID) -> Draft:
    """Draft the notices of an incident. Owes nothing. Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED, INCIDENT_NOT_SCOPED."""
    require(authority, Permission.MANAGE_INCIDENT)
    with action(), without_timeout():
        if locked_incident(incident_id).scoped_at is None:
            raise INCIDENT_NOT_SCOPED()
        by_language, unreachable = draft_notices(incident_id)
    seen = people_by_field(incident_id)
    return Draft(by_language, {one: texts_in(one, seen) for one in sorted(by_language)}, unreachable)


def note_draft(authority: Authority, incident_id: UUID) -> None:
    """Store the counts of the draft with the incident, for pages that may not read who was affected. Refuses: as `draft`."""
    drafted = draft(authority, incident_id)
    with action():
        incident = locked_incident(incident_id)
        incident.drafted = {
            "languages": drafted.by_language, "unreachable": drafted.unreachable, "fields": people_by_field(incident_id),
        }  # fmt: skip
        incident.save(update_fields=["drafted"])


def texts_in(language: str, fields: Iterable[str]) -> list[RenderedText]:
    """Return the mail text for a person with this language and these exposed fields; in each language of the instance if they
    named none.
    """
    return [
        write_notice(
            NoticeKind.DATA_EXPOSED, language=one, brief=False, promised_on=None, suspension=None, code=_NO_CODE,
            operator=instance().operator_name, care=instance().care_number, named={"fields": say_fields(fields, language=one)},
        )
        for one in languages_with(NoticeKind.DATA_EXPOSED, languages_of(language))
    ]  # fmt: skip
