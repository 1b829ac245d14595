# SPDX-License-Identifier: EUPL-1.2
"""What happens automatically: people are notified, disclosure requests expire, and stored data about them is erased.

`notices send` and `disclosures run` both do it. The person's access history waits for neither: it shows the disclosure after the
last day of a deferral (`ledger/sql/accesses.sql`).
"""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, require, worker_authority
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.disclosures.choices import DisclosureState, Outcome
from rollkeeper.disclosures.models import DeferredNotification, DisclosureRequest
from rollkeeper.disclosures.rules import is_over, is_to_erase, must_notify
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.calendars import Term
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind
from rollkeeper.notices.services import enqueue_notice
from rollkeeper.vault.epochs import may_open
from rollkeeper.vault.files import destroy_file


@dataclass(slots=True)
class DueRun:
    """The result of one run."""

    notified: int = 0
    expired: int = 0
    erased: int = 0


def run_due_before_sending(on: dt.date) -> None:
    """Run what is due before notices are sent, so that a notice that falls due now is sent with them. A process without keys erases nothing."""
    run_due_disclosures(worker_authority(), on=on, erases=may_open())


def run_due_disclosures(authority: Authority, *, on: dt.date, erases: bool = True) -> DueRun:
    """Notify people, end expired requests and, with `erases`, erase what is due; each disclosure request in a separate action.

    Ledger: disclosures:person:notified, disclosures:request:expired, disclosures:request:erased. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS.
    """
    role, done = require(authority, Permission.RUN_DUE_DISCLOSURES), DueRun()
    for row in rows(sql("disclosures", "due"), {"on": on}):
        with action():
            found = DisclosureRequest.objects.select_for_update().get(disclosure_id=row.disclosure_id)
            done.notified += notify_if_due(authority, found, role=role, on=on)
            done.expired += _expire_if_due(authority, found, role=role, on=on)
            done.erased += erases and _erase_if_due(authority, found, role=role, on=on)
    return done


def notify_if_due(authority: Authority, found: DisclosureRequest, *, role: StaffRole, on: dt.date) -> bool:
    """Notify the person, in the present transaction, if this is due and not done yet; tell whether they were notified now.

    A person without a line gets no notice, but sees the disclosure in the access history on their own page.
    Ledger: disclosures:person:notified.
    """
    deferral = _deferred_until(found)
    if found.person_id is None or found.outcome == Outcome.NOTHING_HELD.value:
        return False
    if not must_notify(
        opened_on=found.opened_on, notified_on=found.notified_on, deferred_until=deferral, on=on
    ):
        return False
    lines = rows(
        sql("disclosures", "notification_line"),
        {"person": found.person_id, "line": found.line_id, "language": NO_LANGUAGE},
    )
    for row in lines:
        enqueue_notice(
            LineId(row.line_id), kind=NoticeKind.DISCLOSED, language=row.language, promised_on=None,
            pack_hash=found.pack_hash, on=on,
        )  # fmt: skip
    found.notified_on, found.is_notice_queued = on, bool(lines)
    found.save(update_fields=["notified_on", "is_notice_queued"])
    facts: dict[str, str | int | bool] = {"disclosure": str(found.disclosure_id), "reached": bool(lines)}
    if deferral is not None:
        facts["deferred_until"] = deferral.isoformat()
    append_entry(authority, verb=Verb.PERSON_NOTIFIED, role=role, on=on, facts=facts)
    return True


def _deferred_until(found: DisclosureRequest) -> dt.date | None:
    agreed = (
        DeferredNotification.objects.filter(disclosure_id=found.disclosure_id, agreed_on__isnull=False)
        .order_by("-renewal")
        .first()
    )
    return agreed.until if agreed else None


def _expire_if_due(authority: Authority, found: DisclosureRequest, *, role: StaffRole, on: dt.date) -> bool:
    if found.closed_on is not None or not is_over(found.expires_on, on=on):
        return False
    if found.opened_on is None:
        found.state = DisclosureState.EXPIRED.value
    found.closed_on = on  # an answer that was sealed and never fetched stays as it is
    found.save(update_fields=["state", "closed_on"])
    append_entry(
        authority,
        verb=Verb.DISCLOSURE_EXPIRED,
        role=role,
        on=on,
        facts={"disclosure": str(found.disclosure_id)},
    )
    return True


def _erase_if_due(authority: Authority, found: DisclosureRequest, *, role: StaffRole, on: dt.date) -> bool:
    is_notification_pending = (
        found.person_id is not None
        and found.outcome != Outcome.NOTHING_HELD.value
        and found.notified_on is None
    )
    if found.erased_on is not None or found.closed_on is None or is_notification_pending:
        return False
    keep = Term(found.keep_days, found.keep_months, overflows_to_next_month=found.keep_overflows)
    if not is_to_erase(found.closed_on, keep=keep, on=on):
        return False
    file_id, found.erased_on = found.file_id, on
    found.number_mark = found.instrument_mark = found.file_mark = found.file_id = None
    found.line_id = found.person_id = found.held_on = found.held_at = None
    found.save(
        update_fields=[
            "erased_on", "number_mark", "instrument_mark", "file_mark", "file_id", "line_id", "person_id", "held_on", "held_at",
        ]
    )  # fmt: skip
    append_entry(
        authority,
        verb=Verb.DISCLOSURE_ERASED,
        role=role,
        on=on,
        facts={"disclosure": str(found.disclosure_id)},
    )
    if file_id is not None:
        destroy_file(found.disclosure_id, file_id)
    return True
