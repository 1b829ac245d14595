# SPDX-License-Identifier: EUPL-1.2
"""Remote registration of the line in the hand: done at once, or held until staff have seen the document, as the pack says.

The typed data and the redacted copy arrive sealed to a key for offline registrations, through a portal that cannot open them. The
document was not seen, so the registration is only declared, and it gives access to no other data about the named person.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require, worker_authority
from rollkeeper.access.roles import Permission
from rollkeeper.documents.form_prefill import MAX_COPIES
from rollkeeper.documents.image_intake import is_plain_jpeg
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import IdentityCheck
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.error_messages import translated_plainly
from rollkeeper.kernel.errors import Kind, RollkeeperError, raise_all
from rollkeeper.kernel.ids import EntryId, LineId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.queries import LineView, current_tenure, sealed_number, view_line
from rollkeeper.lines.services import pause_clock
from rollkeeper.lines.writes import lock_line
from rollkeeper.registration.kind_rules import check_faults, counts_elsewhere
from rollkeeper.registration.party_kinds import kinds_offered_remotely
from rollkeeper.registration.payments import payment_faults
from rollkeeper.registration.pipeline import active_pack, check_registration
from rollkeeper.registration.receipts import find_receipts, on_line, run_once
from rollkeeper.registration.services import register_subscriber
from rollkeeper.registration.settings import settings as offline_settings
from rollkeeper.registration.submissions import Receipt, RegistrationKind, Submission, lines_elsewhere_in
from rollkeeper.selfcare.errors import (
    APPLICATION_PENDING,
    INVALID_REQUEST,
    LINE_HAS_SUBSCRIBER,
    TOO_MANY_APPLICATIONS,
)
from rollkeeper.selfcare.rules import OPERATORS_RULE, normalise_name
from rollkeeper.selfcare.services import Payload, key_of
from rollkeeper.selfcare.sessions import PortalSession
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.subscribers.queries import index_of_document
from rollkeeper.vault.blind_index import blind_once
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import LineField, Purpose
from rollkeeper.vault.offline_keys import current_offline_key, open_offline, seal_offline, verified_sealer
from rollkeeper.vault.services import open_line_values

GREATEST_SEALED_BYTES: Final = 6_000_000
MOST_A_DAY: Final = 10
"""Applications for one line within 24 hours, over all sessions, so that documents cannot be guessed with it."""


@dataclass(frozen=True, slots=True, repr=False)
class ApplicationData:
    """The data of a remote application, as the portal sealed it and as it is stored."""

    values: Mapping[str, str]
    copies: tuple[bytes, ...]
    language: str
    machine_read: bool
    number: str = ""
    kind: str = PartyKind.INDIVIDUAL.value
    """A kind of single person; the pack may have added it."""
    lines_elsewhere: int | None = None
    """How many lines the applicant declares with all operators, if a limit counts them. It is checked at once, and not stored."""

    def submission(self, key: str, *, document_seen: bool) -> Submission:
        """Return the submission to record; `document_seen`: staff have since seen the document."""
        added = None if self.kind == PartyKind.INDIVIDUAL else self.kind
        return Submission(
            submission_key=key, number=self.number, kind=PartyKind.INDIVIDUAL, added_kind=added, parts={PartyRole.SUBSCRIBER: self.values},
            language=self.language if self.language in instance().languages else None, double_checked=True,
            document_seen=document_seen, identity_check=IdentityCheck.SIGHT if document_seen else None, self_declared=not document_seen, is_remote=True, copies={PartyRole.SUBSCRIBER: self.copies},
            machine_read=frozenset({PartyRole.SUBSCRIBER}) if self.machine_read else frozenset(), lines_elsewhere=None if document_seen else self.lines_elsewhere,
            elsewhere_unasked=document_seen,
        )  # fmt: skip

    def packed(self) -> bytes:
        """Return the data in the form in which it is sealed."""
        copies = [base64.b64encode(copy).decode() for copy in self.copies]
        return json.dumps({
            "values": dict(self.values), "copies": copies, "language": self.language, "machine_read": self.machine_read,
            "number": self.number, "kind": self.kind, "lines_elsewhere": self.lines_elsewhere,
        }).encode()  # fmt: skip


def begin_application(session: PortalSession, _: Payload, *, on: dt.date) -> dict[str, Any]:
    """Return what a page needs for an application: the service, the public key to seal to, and whether the document must be seen.

    Refuses: LINE_HAS_SUBSCRIBER, PAYMENT_NOT_REGISTERED, APPLICATION_PENDING, NO_EPOCH.
    """
    del on
    line, pack = _free_line(session), active_pack()
    raise_all(payment_faults(pack, line.service.value, line.payment))
    key = current_offline_key()
    return {
        "service": line.service.value, "key": key.key_id, "half": base64.b64encode(key.public_key).decode(),
        "signature": key.signature.hex(), "sight": _sight_article(session, line), "payment": line.payment.value, "days": _days(),
        "elsewhere": [kind for kind in kinds_offered_remotely(pack) if counts_elsewhere(pack, kind, line)],
    }  # fmt: skip


def allow_image(session: PortalSession, _: Payload, **_on: dt.date) -> dict[str, Any]:
    """Allow that one more picture of a document is read. Refuses: LINE_HAS_SUBSCRIBER, APPLICATION_PENDING, TOO_MANY_APPLICATIONS."""
    _free_line(session)
    if not _take("images_left", session):
        raise TOO_MANY_APPLICATIONS()
    return {}


def apply_for_line(
    session: PortalSession, payload: Payload, sealed: bytes | None, *, on: dt.date
) -> dict[str, Any]:
    """Register the subscriber of the line in the hand, or hold their data; a refusal uses up a try and gives the reason.

    Law: the pack's way of verification. Ledger: vault:offline:opened, vault:sealed:opened (the number), selfcare:application:submitted,
    and line:tenure:registered or line:clock:paused. Refuses: INVALID_REQUEST, LINE_HAS_SUBSCRIBER, APPLICATION_PENDING, TOO_MANY_APPLICATIONS.
    """
    known = _repeated_result(session, key_of(payload))
    if known is not None:
        return known
    line = _free_line(session)
    if not _take("applications_left", session) or _over_daily_limit(session.line_id):
        raise TOO_MANY_APPLICATIONS()
    try:
        with action():
            receipt = _apply(session, payload, sealed or b"", line=line, on=on)
    except RollkeeperError as fault:
        if fault.kind is Kind.INTERNAL:
            raise
        return {"faults": translated_plainly(fault)}
    return {"verb": receipt.verb, "day": receipt.day.isoformat(), "repeat": receipt.is_repeat}


def expire_applications(authority: Authority, *, on: dt.date) -> int:
    """Erase every application whose last day is over, or whose line has a subscriber by now; return how many.

    Ledger: selfcare:application:settled for each. Again: nothing.
    """
    role = require(authority, Permission.RUN_PORTAL_WORKER)
    with action():
        lapsed = rows(sql("selfcare", "expire_applications"), {"on": on})
        for one in lapsed:
            facts: dict[str, str | int | bool] = {
                "application": str(one.application_id),
                "outcome": "expired",
            }
            append_entry(
                authority, verb=Verb.APPLICATION_SETTLED, role=role, on=on, line_id=LineId(one.line_id), facts=facts
            )  # fmt: skip
    return len(lapsed)


def open_application(application_id: UUID, key: str, sealed: bytes, *, on: dt.date) -> ApplicationData:
    """Open the data of an application. Ledger: vault:offline:opened. Refuses: INVALID_REQUEST, if it cannot be opened or is
    malformed.
    """
    try:
        clear = open_offline(worker_authority(), sealed, submission_key=key, ticket_id=application_id, on=on)
        found = json.loads(clear)
        values = {str(name): str(value) for name, value in found["values"].items()}
        copies = tuple(base64.b64decode(one, validate=True) for one in found["copies"])
        if len(copies) > MAX_COPIES or not all(map(is_plain_jpeg, copies)):
            raise INVALID_REQUEST()
        return ApplicationData(
            values,
            copies,
            str(found["language"]),
            found["machine_read"] is True,
            str(found.get("number", "")),
            _kind_in(found),
            lines_elsewhere_in(found.get("lines_elsewhere")),
        )
    except (CannotOpen, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise INVALID_REQUEST() from None


def _kind_in(found: Mapping[str, Any]) -> str:
    """Return the kind in an opened application. Refuses: INVALID_REQUEST, if the portal does not offer it."""
    kind = str(found.get("kind", PartyKind.INDIVIDUAL.value))
    if kind not in kinds_offered_remotely(active_pack()):
        raise INVALID_REQUEST()
    return kind


def hold_application(line_id: LineId, application_id: UUID) -> None:
    """Put back an application whose recording failed: staff check its document again."""
    run(
        "UPDATE selfcare_application SET state = 'pending', checked_by = NULL, checked_at = NULL, check_key = NULL,"
        " check_language = NULL WHERE line_id = %s AND application_id = %s",
        [line_id, application_id],
    )


def settle_application(
    line_id: LineId,
    application_id: UUID,
    *,
    outcome: str,
    said: Sequence[Mapping[str, str]],
    tenure_id: TenureId | None,
) -> None:
    """Record the outcome of an application, and delete its sealed data. `said`: what the applicant is told."""
    run(
        "UPDATE selfcare_application SET state = %s, said = %s, tenure_id = %s, sealed = NULL, document_mark = NULL,"
        " name_mark = NULL WHERE line_id = %s AND application_id = %s",
        [outcome, json.dumps(said), tenure_id, line_id, application_id],
    )


def application_marks(
    application_id: UUID, *, document: tuple[str, str], name: str, on: dt.date
) -> tuple[bytes, bytes]:
    """Return the hashes of a document and a name, for one application alone."""
    index = index_of_document(document, on=on)
    return blind_once(application_id, index.hex()), blind_once(application_id, f"name {normalise_name(name)}")


def pending_key(application_id: UUID) -> str:
    """Return the submission key to which a waiting application is sealed."""
    return f"application:{application_id}"


def _apply(
    session: PortalSession, payload: Payload, sealed: bytes, *, line: LineView, on: dt.date
) -> Receipt:
    key, application_id = key_of(payload), _reference(payload)
    if not 0 < len(sealed) <= GREATEST_SEALED_BYTES:
        raise INVALID_REQUEST()
    given = open_application(application_id, key, sealed, on=on)
    given = replace(given, number=_number(session, on=on))
    article = _sight_article(session, line, given.kind)
    if article is None:
        return _register(session, application_id, key, given, on=on)
    # If seeing the document is not one of the law's identity checks, a counter would refuse it later: so refuse now.
    raise_all(
        check_faults(
            active_pack().for_service(line.service.value),
            given.submission(key, document_seen=True),
            action_kind=RegistrationKind.REGISTER,
            payment=line.payment,
        )
    )
    return run_once(
        key, verb=Verb.APPLICATION_SUBMITTED, on=on, about=on_line(session.line_id),
        do=lambda: (session.line_id, _hold(session, application_id, given, article=article, on=on)),
    )  # fmt: skip


def _sight_article(
    session: PortalSession, line: LineView, kind: str = PartyKind.INDIVIDUAL.value
) -> str | None:
    """Return why the document must be seen, None if it need not be. Otherwise an attacker with a forged call could take over a line remotely."""
    law = active_pack().for_service(line.service.value)
    article = law.sight_article(kind, payment=line.payment)
    return article or (OPERATORS_RULE if session.is_limited else None)


def _register(
    session: PortalSession, application_id: UUID, key: str, given: ApplicationData, *, on: dt.date
) -> Receipt:
    receipt = register_subscriber(session.authority, given.submission(key, document_seen=False), on=on)
    tenure = current_tenure(session.line_id)
    assert tenure is not None  # noqa: S101 - it was registered in this transaction
    run(
        "INSERT INTO selfcare_application (line_id, application_id, key_id, made_on, state, tenure_id)"
        " VALUES (%s, %s, 0, %s, 'registered', %s)",
        [session.line_id, application_id, on, tenure.tenure_id],
    )
    # The session keeps access to the data that its visitor entered for the line, and to no other data about the named person.
    run(
        "UPDATE selfcare_portalsession SET tenure_id = %s, person_id = %s, verified_at = NULL WHERE session_mark = %s",
        [tenure.tenure_id, tenure.person_id, session.session_mark],
    )
    _enter(session, application_id, given, through=None, article=None, on=on)
    return receipt


def _hold(
    session: PortalSession, application_id: UUID, given: ApplicationData, *, article: str, on: dt.date
) -> EntryId:
    lock_line(session.line_id, in_force=True)
    refused = check_registration(
        session.authority,
        given.submission(pending_key(application_id), document_seen=False),
        action_kind=RegistrationKind.REGISTER,
        on=on,
    )
    if refused:
        raise refused
    document = (given.values.get("document_type", "other"), given.values.get("document_number", ""))
    by_document, by_name = application_marks(
        application_id, document=document, name=given.values.get("name", ""), on=on
    )
    key, until = current_offline_key(), on + dt.timedelta(days=_days())
    sealed = seal_offline(
        verified_sealer(key.key_id, key.public_key, key.signature), replace(given, lines_elsewhere=None).packed(),
        submission_key=pending_key(application_id), ticket_id=application_id,
    )  # fmt: skip
    is_first = not rows("SELECT FROM selfcare_application WHERE line_id = %s", [session.line_id])
    run(
        "INSERT INTO selfcare_application (line_id, application_id, key_id, sealed, document_mark, name_mark, made_on, until, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'pending')",
        [session.line_id, application_id, key.key_id, sealed, by_document, by_name, on, until],
    )
    if is_first:
        pause_clock(session.authority, session.line_id, on, until, PauseReason.APPLICATION, on)
    return _enter(session, application_id, given, through=until, article=article, on=on)


def _enter(
    session: PortalSession, application_id: UUID, given: ApplicationData, *, through: dt.date | None, article: str | None, on: dt.date
) -> EntryId:  # fmt: skip
    facts: dict[str, str | int | bool] = {
        "application": str(application_id), "pending": through is not None, "machine_read": given.machine_read,
    }  # fmt: skip
    facts |= {"through": through.isoformat()} if through else {}
    return append_entry(
        session.authority, verb=Verb.APPLICATION_SUBMITTED, role=require(session.authority, Permission.REGISTER), on=on,
        line_id=session.line_id, pack=active_pack().hash, article=article, facts=facts,
    )  # fmt: skip


def _free_line(session: PortalSession) -> Any:
    line = view_line(session.line_id)
    if line is None or line.is_registered or session.tenure_id is not None:
        raise LINE_HAS_SUBSCRIBER()
    waits = rows(
        "SELECT until FROM selfcare_application WHERE line_id = %s AND state IN ('pending', 'checked')",
        [session.line_id],
    )
    if waits:
        raise APPLICATION_PENDING(until=waits[0].until)
    return line


def pending_until(line_id: LineId) -> dt.date | None:
    """Return the last day on which an application for a line waits for its document to be seen, None if none waits."""
    found = rows("SELECT until FROM selfcare_application WHERE line_id = %s AND state = 'pending'", [line_id])
    return found[0].until if found else None


def _repeated_result(session: PortalSession, key: str) -> dict[str, Any] | None:
    """Return the first result of an application for this line that was sent twice."""
    receipt = find_receipts([key]).get(key)
    if receipt is None or receipt.line_id != session.line_id:
        return None
    return {"verb": receipt.verb, "day": receipt.day.isoformat(), "repeat": True}


def _take(column: str, session: PortalSession) -> bool:
    return run(_TAKES[column], [session.session_mark]) == 1


_TAKES: Final = {
    "images_left": "UPDATE selfcare_portalsession SET images_left = images_left - 1 WHERE session_mark = %s AND images_left > 0",
    "applications_left": "UPDATE selfcare_portalsession SET applications_left = applications_left - 1"
    " WHERE session_mark = %s AND applications_left > 0",
}


def _over_daily_limit(line_id: LineId) -> bool:
    """Tell whether MOST_A_DAY applications were opened for this line within a day; the ledger has an entry for each, as its number was opened."""
    (tried,) = rows(
        "SELECT count(*) AS tries FROM ledger_entry WHERE line_id = %s AND verb = %s AND at > %s"
        """ AND body LIKE '%%"role":"subscriber"%%'""",
        [line_id, Verb.SEALED_OPENED.value, clock.now() - dt.timedelta(hours=24)],
    )
    return bool(tried.tries >= MOST_A_DAY)


def _number(session: PortalSession, *, on: dt.date) -> str:
    sealed = sealed_number(session.line_id)
    if sealed is None:
        raise LINE_HAS_SUBSCRIBER()
    (value,) = open_line_values(
        session.authority, LineField.NUMBER, [(session.line_id, sealed)], purpose=Purpose.SUBSCRIBER_REQUEST, on=on
    )  # fmt: skip
    return value.reveal()


def _reference(payload: Payload) -> UUID:
    try:
        return UUID(str(payload.get("application")))
    except ValueError:
        raise INVALID_REQUEST() from None


def _days() -> int:
    """Return how many days an application waits: no longer than the key to which it is sealed is sure to exist."""
    return 2 * offline_settings().max_age_days
