# SPDX-License-Identifier: EUPL-1.2
"""All data held about a person, each entry with its article and last day; in clear only for the verified subscriber.

Document copies are included. Listing opens nothing; each opened value and picture leaves an entry in the ledger, which the person
can see.
"""

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.lawbook.queries import copy_kept_until, kept_until
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.numbers import masked_number
from rollkeeper.registration.kind_rules import IDENTITY_CHECK, offered_checks
from rollkeeper.selfcare.errors import INVALID_REQUEST, NOT_YOUR_LINE, OPENED_TOO_OFTEN
from rollkeeper.selfcare.sessions import PortalSession, Tenure
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.services import open_copy, open_line_values, open_sealed

COPY = "document_copy"
"""The field name of a copy, as in the ledger."""
MEDIA_TYPE = "image/jpeg"

MASKED_NUMBERS: Final = 12
"""The most lines whose masked numbers are opened: for a person with more lines, the rest stay closed."""

MOST_A_DAY: Final = 500
"""The most values of one person opened within 24 hours, over all sessions; an answer begun below this limit is shown whole. All
subscribers share one limit of openings (`vault.portal_opens_per_day`): one visitor with a program could use it up, and no other subscriber
would see their own data.
"""

type Shown = dict[str, Any]


def list_entries(session: PortalSession, tenure: Tenure) -> list[Shown]:
    """Return the data held with one tenure: each entry with its article, and its last day once that is known."""
    pack = load_pack(instance().pack)
    law = pack.for_service(tenure.service.value)
    ended = _ended_on(tenure)
    said = {
        "line": str(tenure.line_id), "record": str(tenure.tenure_id), "service": tenure.service.value,
        "last_day": kept_until(pack, ended, service=tenure.service.value).isoformat() if ended and pack.duty else None,
        "kept_article": law.retention.article if pack.duty else "",
    }  # fmt: skip
    return [said | row for row in (*_fields(session, tenure, pack), *_copies(session, tenure, pack))]


def open_entries(session: PortalSession, *, images: bool, on: dt.date) -> list[Shown]:
    """Return all data about the verified subscriber, in clear; with `images`, document copies too.

    Ledger: vault:sealed:opened for each. Refuses: VERIFICATION_NEEDED, OPENED_TOO_OFTEN, DOCUMENT_STORE_UNAVAILABLE.
    """
    session.require_verification()
    _require_seldom(session)
    held = [one for one in session.tenures() if session.opens(one)]
    numbers = open_numbers(session, held, on=on)
    return [
        row | {"value": _value(session, one, row, number=numbers.get(one.line_id, ""), images=images, on=on)}
        for one in held
        for row in list_entries(session, one)
    ]


def show_document_copy(session: PortalSession, payload: dict[str, Any], *, on: dt.date) -> Shown:
    """Return one copy of a document, in base64.

    Ledger: vault:sealed:opened. Refuses: VERIFICATION_NEEDED, INVALID_REQUEST, NOT_YOUR_LINE, OPENED_TOO_OFTEN, CannotOpen,
    DOCUMENT_STORE_UNAVAILABLE.
    """
    session.require_verification()
    try:
        record, position = TenureId(UUID(str(payload.get("record")))), int(payload.get("position", ""))
    except ValueError:
        raise INVALID_REQUEST() from None
    tenure = next((one for one in session.tenures() if one.tenure_id == record and session.opens(one)), None)
    if tenure is None:
        raise NOT_YOUR_LINE()
    _require_seldom(session)
    return {"media_type": MEDIA_TYPE, "value": _image(session, tenure, position, on=on)}


def open_numbers(session: PortalSession, held: Sequence[Tenure], *, on: dt.date) -> dict[LineId, str]:
    """Return the numbers of the person's current lines; a number that cannot be opened is left out.

    Ledger: vault:sealed:opened for each. Refuses: NOT_ALLOWED.
    """
    pairs = [
        (one.line_id, one.number_sealed) for one in held if one.number_sealed is not None and one.is_present
    ]
    values = open_line_values(
        session.authority, LineField.NUMBER, pairs, purpose=Purpose.SUBSCRIBER_REQUEST, on=on
    )
    numbers: dict[LineId, str] = {}
    for (line_id, _), value in zip(pairs, values, strict=True):
        try:
            numbers[line_id] = value.reveal()
        except CannotOpen:
            numbers[line_id] = ""
    return numbers


def show_masked_numbers(session: PortalSession, _: dict[str, Any], *, on: dt.date) -> Shown:
    """Return the masked numbers of the verified subscriber's current lines, so that they can tell them apart; only of the first few lines.

    Ledger: vault:sealed:opened for each. Refuses: VERIFICATION_NEEDED, OPENED_TOO_OFTEN.
    """
    session.require_verification()
    _require_seldom(session)
    held = [one for one in session.tenures() if one.is_present][:MASKED_NUMBERS]
    return {
        "numbers": {
            str(line): masked_number(number)
            for line, number in open_numbers(session, held, on=on).items()
            if number
        }
    }


def _require_seldom(session: PortalSession) -> None:
    """Require that fewer values than the daily limit were opened for the person; it counts ledger entries. Refuses: OPENED_TOO_OFTEN."""
    lines = [one.line_id for one in session.tenures()]
    (shown,) = rows(
        "SELECT count(*) AS opened FROM ledger_entry WHERE (person_id = %s OR line_id = ANY (%s)) AND verb = %s AND at > %s"
        """ AND body LIKE '%%"role":"subscriber"%%'""",
        [session.person_id, lines, Verb.SEALED_OPENED.value, clock.now() - dt.timedelta(hours=24)],
    )
    if shown.opened >= MOST_A_DAY:
        raise OPENED_TOO_OFTEN()


def _ended_on(tenure: Tenure) -> dt.date | None:
    """Return the day on which the person's own contract ended: the line may have ended later, with another subscriber."""
    own = tenure.until and clock.local_day(tenure.until)
    return min((day for day in (own, tenure.terminated_on) if day), default=None)


def _fields(session: PortalSession, tenure: Tenure, pack: Pack) -> list[Shown]:
    articles = {one.name: one.article for one in pack.attributes(tenure.service.value, tenure.party_kind)}
    found = rows(
        "SELECT field FROM vault_sealed WHERE person_id = %s AND tenure_id = %s AND strpos(field, ':') = 0 ORDER BY field",
        [session.person_id, tenure.tenure_id],
    )
    named = [(row.field, articles.get(row.field, "")) for row in found]
    if tenure.number_sealed is not None and tenure.is_present:
        named.append((LineField.NUMBER.value, pack.act_article("register") or ""))
    if tenure.identity_check:
        rule = offered_checks(pack, tenure.party_kind)
        named.append((IDENTITY_CHECK, rule.article if rule else ""))
    return [
        {"field": name, "article": article, "position": None, "media_type": None} for name, article in named
    ]


def _copies(session: PortalSession, tenure: Tenure, pack: Pack) -> list[Shown]:
    found = rows(
        "SELECT c.position, e.day AS taken_on FROM vault_copy c JOIN lines_tenure h ON h.line_id = %s AND h.tenure_id = c.tenure_id"
        " LEFT JOIN ledger_entry e ON e.entry_id = h.begun_by_entry"
        " WHERE c.person_id = %s AND c.tenure_id = %s ORDER BY c.position",
        [tenure.line_id, session.person_id, tenure.tenure_id],
    )
    if not found:
        return []
    law = pack.for_service(tenure.service.value).document_copy
    service = tenure.service.value
    rule, ended = pack.copy_retention, _ended_on(tenure)
    taken_on = found[0].taken_on or clock.local_day(tenure.since)
    last = copy_kept_until(pack, service=service, taken_on=taken_on, ended_on=ended) if pack.duty else None
    said = {
        "field": COPY, "article": law.article if law else "", "media_type": MEDIA_TYPE,
        "last_day": last and last.isoformat(),
    }  # fmt: skip
    if rule and last and last != (ended and kept_until(pack, ended, service=service)):
        said["kept_article"] = rule.article
    return [said | {"position": row.position} for row in found]


def _value(
    session: PortalSession, tenure: Tenure, row: Shown, *, number: str, images: bool, on: dt.date
) -> str:
    match row["field"]:
        case LineField.NUMBER.value:
            return number
        case _ if row["field"] == IDENTITY_CHECK:
            return tenure.identity_check or ""
        case _ if row["media_type"]:
            return _image_or_nothing(session, tenure, row["position"], on=on) if images else ""
        case field:
            return _open(session, tenure, Field(field), on=on)


def _open(session: PortalSession, tenure: Tenure, field: Field, *, on: dt.date) -> str:
    try:
        return open_sealed(
            session.authority, person_id=session.require_verification(), tenure_id=tenure.tenure_id, field=field,
            purpose=Purpose.SUBSCRIBER_REQUEST, on=on, line_id=tenure.line_id, commitment=tenure.commitment,
        ).reveal()  # fmt: skip
    except CannotOpen:
        return ""


def _image_or_nothing(session: PortalSession, tenure: Tenure, position: int, *, on: dt.date) -> str:
    try:
        return _image(session, tenure, position, on=on)
    except CannotOpen:
        return ""


def _image(session: PortalSession, tenure: Tenure, position: int, *, on: dt.date) -> str:
    opened = open_copy(
        session.authority, person_id=session.require_verification(), tenure_id=tenure.tenure_id, position=position,
        purpose=Purpose.SUBSCRIBER_REQUEST, on=on, line_id=tenure.line_id, commitment=tenure.commitment,
    )  # fmt: skip
    return base64.b64encode(opened.reveal_copy()).decode()
