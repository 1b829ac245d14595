# SPDX-License-Identifier: EUPL-1.2
"""Registering the line in the hand from afar: done at once, or held until the document was seen, as the pack has it.

What was typed and the redacted copy come sealed to a key for captures, through a portal that could not open them again. Nobody
saw the document, so it is declared and never more, and it opens nothing else that is known of whoever it names.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, demand, sweep_authority
from rollkeeper.access.roles import Power
from rollkeeper.documents.capture import is_plain_jpeg
from rollkeeper.documents.proposing import MOST_COPIES
from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.enrolment.acts import register_subscriber
from rollkeeper.enrolment.receipts import find_receipts, once
from rollkeeper.enrolment.registering import judge, law_in_force
from rollkeeper.enrolment.submissions import Deed, Receipt, Submission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.ids import EntryId, HoldingId, LineId
from rollkeeper.kernel.sayings import say_plainly
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import lock_line, pause_clock
from rollkeeper.lines.queries import present_holding, sealed_number, view_line
from rollkeeper.lines.states import PauseReason
from rollkeeper.rights.acts import Asked, key_of
from rollkeeper.rights.errors import ApplicationWaits, AskNotRead, NotToBeRegistered, TooManyApplications
from rollkeeper.rights.rules import spell_name
from rollkeeper.rights.visits import Visit
from rollkeeper.subscribers.kinds import Part, PartyKind
from rollkeeper.subscribers.queries import document_index
from rollkeeper.vault.acts import open_line_values
from rollkeeper.vault.blind import blind_once
from rollkeeper.vault.capture_keys import key_to_seal_to, open_capture, proved_half, seal_capture
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import LineField, Purpose

GREATEST_SEALED_BYTES: Final = 6_000_000
MOST_A_DAY: Final = 10
"""Applications for one line within 24 hours, whatever the visits, so that nobody tries out documents with it."""


@dataclass(frozen=True, slots=True, repr=False)
class Applied:
    """What somebody gave from afar, as the portal sealed it and as it waits."""

    values: Mapping[str, str]
    copies: tuple[bytes, ...]
    language: str
    was_read: bool
    number: str = ""

    def submission(self, key: str, *, in_sight: bool) -> Submission:
        """Return it as it is recorded; `in_sight`: somebody had the document before them since."""
        return Submission(
            submission_key=key, number=self.number, kind=PartyKind.INDIVIDUAL, parts={Part.HOLDER: self.values},
            language=self.language if self.language in settings().languages else None, looked_twice=True,
            in_sight=in_sight, by_holder=not in_sight, copies={Part.HOLDER: self.copies},
            was_read=frozenset({Part.HOLDER}) if self.was_read else frozenset(),
        )  # fmt: skip

    def packed(self) -> bytes:
        """Return it as it is sealed."""
        copies = [base64.b64encode(copy).decode() for copy in self.copies]
        return json.dumps({
            "values": dict(self.values), "copies": copies, "language": self.language, "was_read": self.was_read,
            "number": self.number,
        }).encode()  # fmt: skip


def begin_application(visit: Visit, _: Asked, *, on: dt.date) -> dict[str, Any]:
    """Return what a page needs to ask for it: the service, the public half to seal to, and whether the document must be seen.

    Refuses: NotToBeRegistered, ApplicationWaits, NoEpoch.
    """
    del on
    line = _free_line(visit)
    key = key_to_seal_to()
    return {
        "service": line.service.value, "key": key.key_id, "half": base64.b64encode(key.public_key).decode(),
        "signature": key.signature.hex(), "sight": law_in_force().sight_article("individual"), "days": _days(),
    }  # fmt: skip


def allow_picture(visit: Visit, _: Asked, **_on: dt.date) -> dict[str, Any]:
    """Let one more picture of a document be read. Refuses: NotToBeRegistered, ApplicationWaits, TooManyApplications."""
    _free_line(visit)
    if not _take("pictures_left", visit):
        raise TooManyApplications
    return {}


def apply_for_line(visit: Visit, asked: Asked, sealed: bytes | None, *, on: dt.date) -> dict[str, Any]:
    """Register the holder of the line in the hand, or hold what they gave; what is refused uses up a try and says why.

    Law: the pack's way of verification. Ledger: vault:capture:opened, vault:sealed:opened (the number), rights:application:made,
    and line:holding:registered or line:clock:paused. Refuses: AskNotRead, NotToBeRegistered, ApplicationWaits, TooManyApplications.
    """
    known = _done_before(key_of(asked))
    if known is not None:
        return known
    _free_line(visit)
    if not _take("applications_left", visit) or _too_many(visit.line_id):
        raise TooManyApplications
    try:
        with act():
            receipt = _apply(visit, asked, sealed or b"", on=on)
    except RollkeeperError as fault:
        if fault.kind is Kind.INTERNAL:
            raise
        return {"faults": say_plainly(fault)}
    return {"verb": receipt.verb, "day": receipt.day.isoformat(), "repeat": receipt.is_repeat}


def lapse_applications(authority: Authority, *, on: dt.date) -> int:
    """Forget every application whose last day is over, or whose line somebody holds by now; return how many.

    Ledger: rights:application:settled for each. Again: nothing.
    """
    role = demand(authority, Power.KEEP_DOOR)
    with act():
        lapsed = rows(sql("rights", "lapse_applications"), {"on": on})
        for one in lapsed:
            facts: dict[str, str | int | bool] = {"application": str(one.application_id), "outcome": "lapsed"}
            append_entry(
                authority, verb=Verb.APPLICATION_SETTLED, role=role, on=on, line_id=LineId(one.line_id), facts=facts
            )  # fmt: skip
    return len(lapsed)


def open_application(application_id: UUID, key: str, sealed: bytes, *, on: dt.date) -> Applied:
    """Open what somebody gave. Ledger: vault:capture:opened. Refuses: AskNotRead, where it does not open or is of another form."""
    try:
        clear = open_capture(sweep_authority(), sealed, submission_key=key, ticket_id=application_id, on=on)
        found = json.loads(clear)
        values = {str(name): str(value) for name, value in found["values"].items()}
        copies = tuple(base64.b64decode(one, validate=True) for one in found["copies"])
        if len(copies) > MOST_COPIES or not all(map(is_plain_jpeg, copies)):
            raise AskNotRead
        return Applied(
            values, copies, str(found["language"]), found["was_read"] is True, str(found.get("number", ""))
        )
    except (CannotOpen, KeyError, TypeError, ValueError, AttributeError):
        raise AskNotRead from None


def hold_application(line_id: LineId, application_id: UUID) -> None:
    """Put an application back that broke while it was carried out: staff check its document again."""
    run(
        "UPDATE rights_application SET state = 'held', seen_by = NULL, seen_at = NULL, seen_key = NULL,"
        " seen_language = NULL WHERE line_id = %s AND application_id = %s",
        [line_id, application_id],
    )


def settle_application(
    line_id: LineId,
    application_id: UUID,
    *,
    outcome: str,
    said: Sequence[Mapping[str, str]],
    holding_id: HoldingId | None,
) -> None:
    """Write down what became of an application, and forget what was sealed in it. `said`: what the applicant is told."""
    run(
        "UPDATE rights_application SET state = %s, said = %s, holding_id = %s, sealed = NULL, document_mark = NULL,"
        " name_mark = NULL WHERE line_id = %s AND application_id = %s",
        [outcome, json.dumps(said), holding_id, line_id, application_id],
    )


def marks_of(
    application_id: UUID, *, document: tuple[str, str], name: str, on: dt.date
) -> tuple[bytes, bytes]:
    """Return what stands for a document and a name, for one application alone."""
    kind = normalise_type(document[0])
    (index,) = document_index([(kind, check_number(kind, document[1], on).normalised)])
    return blind_once(application_id, bytes(index).hex()), blind_once(
        application_id, f"name {spell_name(name)}"
    )


def held_key(application_id: UUID) -> str:
    """Return the submission key to which a waiting application is sealed."""
    return f"application:{application_id}"


def _apply(visit: Visit, asked: Asked, sealed: bytes, *, on: dt.date) -> Receipt:
    key, application_id = key_of(asked), _reference(asked)
    if not 0 < len(sealed) <= GREATEST_SEALED_BYTES:
        raise AskNotRead
    given = open_application(application_id, key, sealed, on=on)
    given = replace(given, number=_number(visit, on=on))
    article = law_in_force().sight_article("individual")
    if article is None:
        return _register(visit, application_id, key, given, on=on)
    return once(
        key, verb=Verb.APPLICATION_MADE, on=on,
        do=lambda: (visit.line_id, _hold(visit, application_id, given, article=article, on=on)),
    )  # fmt: skip


def _register(visit: Visit, application_id: UUID, key: str, given: Applied, *, on: dt.date) -> Receipt:
    receipt = register_subscriber(visit.authority, given.submission(key, in_sight=False), on=on)
    holding = present_holding(visit.line_id)
    assert holding is not None  # noqa: S101 - it was registered in this transaction
    run(
        "INSERT INTO rights_application (line_id, application_id, key_id, made_on, state, holding_id)"
        " VALUES (%s, %s, 0, %s, 'registered', %s)",
        [visit.line_id, application_id, on, holding.holding_id],
    )
    # The visit goes on with what its visitor made of the line, and with nothing else that is known of whom they named.
    run(
        "UPDATE rights_visit SET holding_id = %s, person_id = %s, proved_at = NULL WHERE ask_mark = %s",
        [holding.holding_id, holding.person_id, visit.ask_mark],
    )
    _enter(visit, application_id, given, through=None, article=None, on=on)
    return receipt


def _hold(visit: Visit, application_id: UUID, given: Applied, *, article: str, on: dt.date) -> EntryId:
    lock_line(visit.line_id, living=True)
    refused = judge(
        visit.authority, given.submission(held_key(application_id), in_sight=False), deed=Deed.REGISTER, on=on
    )
    if refused:
        raise refused
    document = (given.values.get("document_type", "other"), given.values.get("document_number", ""))
    by_document, by_name = marks_of(
        application_id, document=document, name=given.values.get("name", ""), on=on
    )
    key, until = key_to_seal_to(), on + dt.timedelta(days=_days())
    sealed = seal_capture(
        proved_half(key.key_id, key.public_key, key.signature), given.packed(),
        submission_key=held_key(application_id), ticket_id=application_id,
    )  # fmt: skip
    is_first = not rows("SELECT FROM rights_application WHERE line_id = %s", [visit.line_id])
    run(
        "INSERT INTO rights_application (line_id, application_id, key_id, sealed, document_mark, name_mark, made_on, until, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'held')",
        [visit.line_id, application_id, key.key_id, sealed, by_document, by_name, on, until],
    )
    if is_first:
        pause_clock(visit.authority, visit.line_id, on, until, PauseReason.APPLICATION, on)
    return _enter(visit, application_id, given, through=until, article=article, on=on)


def _enter(
    visit: Visit, application_id: UUID, given: Applied, *, through: dt.date | None, article: str | None, on: dt.date
) -> EntryId:  # fmt: skip
    facts: dict[str, str | int | bool] = {
        "application": str(application_id), "held": through is not None, "read_by_machine": given.was_read,
    }  # fmt: skip
    facts |= {"through": through.isoformat()} if through else {}
    return append_entry(
        visit.authority, verb=Verb.APPLICATION_MADE, role=demand(visit.authority, Power.ENROL), on=on,
        line_id=visit.line_id, pack=law_in_force().hash, article=article, facts=facts,
    )  # fmt: skip


def _free_line(visit: Visit) -> Any:
    line = view_line(visit.line_id)
    if line is None or line.is_registered or visit.holding_id is not None:
        raise NotToBeRegistered
    waits = rows(
        "SELECT until FROM rights_application WHERE line_id = %s AND state IN ('held', 'seen')",
        [visit.line_id],
    )
    if waits:
        raise ApplicationWaits(until=waits[0].until)
    return line


def waiting_until(line_id: LineId) -> dt.date | None:
    """Return through which day an application for a line waits for its document to be seen, None where none does."""
    found = rows("SELECT until FROM rights_application WHERE line_id = %s AND state = 'held'", [line_id])
    return found[0].until if found else None


def _done_before(key: str) -> dict[str, Any] | None:
    """Return what an application that was sent twice gave the first time."""
    receipt = find_receipts([key]).get(key)
    if receipt is None:
        return None
    return {"verb": receipt.verb, "day": receipt.day.isoformat(), "repeat": True}


def _take(column: str, visit: Visit) -> bool:
    return run(_TAKES[column], [visit.ask_mark]) == 1


_TAKES: Final = {
    "pictures_left": "UPDATE rights_visit SET pictures_left = pictures_left - 1 WHERE ask_mark = %s AND pictures_left > 0",
    "applications_left": "UPDATE rights_visit SET applications_left = applications_left - 1"
    " WHERE ask_mark = %s AND applications_left > 0",
}


def _too_many(line_id: LineId) -> bool:
    """Tell whether so many were opened for this line within a day; each was entered as its number was opened."""
    (tried,) = rows(
        "SELECT count(*) AS tries FROM ledger_entry WHERE line_id = %s AND verb = %s AND at > %s"
        """ AND body LIKE '%%"role":"subscriber"%%'""",
        [line_id, Verb.SEALED_OPENED.value, clock.now() - dt.timedelta(hours=24)],
    )
    return bool(tried.tries >= MOST_A_DAY)


def _number(visit: Visit, *, on: dt.date) -> str:
    sealed = sealed_number(visit.line_id)
    if sealed is None:
        raise NotToBeRegistered
    (value,) = open_line_values(
        visit.authority, LineField.NUMBER, [(visit.line_id, sealed)], purpose=Purpose.SUBSCRIBER_REQUEST, on=on
    )  # fmt: skip
    return value.reveal()


def _reference(asked: Asked) -> UUID:
    try:
        return UUID(str(asked.get("application")))
    except ValueError:
        raise AskNotRead from None


def _days() -> int:
    """Return for how many days an application waits: so long the key to which it is sealed is sure to live."""
    return 2 * settings().captures_within_days
