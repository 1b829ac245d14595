# SPDX-License-Identifier: EUPL-1.2
"""The carrier: opens what counters took down and does it, one at a time, in the order in which it came.

Done once: the acts know their submission key. So nothing is lost where this is killed between doing and noting: the next run
does it again and gets the first receipt. What breaks is tried again and then held, sealed, so that it keeps nobody waiting.
"""

import datetime as dt
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

from rollkeeper.access.acts import authority_then
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.agents.capturing import take_registration
from rollkeeper.captures.errors import ActNotConfirmed, CaptureGivenUp, CaptureNotOpened, NobodyConfirmed
from rollkeeper.captures.reading import Captured, read_capture
from rollkeeper.captures.rules import Counted, counted_instant
from rollkeeper.captures.settling import settle_all
from rollkeeper.enrolment import acts
from rollkeeper.enrolment.errors import BusyElsewhere, DocumentNeedsSupervisor
from rollkeeper.enrolment.joining import join_document
from rollkeeper.enrolment.seconding import second_person_for
from rollkeeper.enrolment.submissions import Deed, Receipt
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.errors import Faults, Kind, RollkeeperError
from rollkeeper.kernel.ids import LineId, StaffId
from rollkeeper.kernel.sayings import cite, say
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.rights.disputing import dispute_line, honour_receipt
from rollkeeper.vault.capture_keys import open_capture, renew_capture_keys
from rollkeeper.vault.epochs import let_go
from rollkeeper.vault.errors import CannotOpen

TRIES = 3
HELD_FOR = dt.timedelta(hours=22)
"""How long what broke may be held: whoever carries looks every hour, so that none is there after 24."""
TEND_EVERY_S = 3600.0
LOOK_EVERY_S = 1.0
_CARRYING = 0x63617074  # an advisory lock of PostgreSQL: "capt" in ASCII
log = logging.getLogger("rollkeeper.carrier")

_RECORDS: Mapping[str, Callable[..., Receipt]] = {
    Deed.REGISTER: acts.register_subscriber,
    Deed.TRANSFER: acts.transfer_line,
    Deed.INSTALL: acts.install_line,
    Deed.RELOCATE: acts.relocate_line,
    Deed.CHANGE: acts.change_record,
}


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of one capture."""

    outcome: str
    captured_at: dt.datetime
    facts: Mapping[str, str | bool]
    said: Sequence[dict[str, str | None]] = ()
    line_id: LineId | None = None


def keep_carrying(authority: Authority, *, goes_on: Callable[[], bool]) -> None:
    """Carry whatever comes, until `goes_on` says no. Refuses: NotAllowed."""
    demand(authority, Power.CARRY_CAPTURES)
    tend_at = 0.0
    while goes_on():
        try:
            if time.monotonic() >= tend_at:
                tend(authority)
                tend_at = time.monotonic() + TEND_EVERY_S
            if carry_all(authority) + settle_all(authority):
                let_go()  # a rotation of keys waits for whoever has sealed
        except (OperationalError, InterfaceError):
            connections.close_all()
        time.sleep(LOOK_EVERY_S)


def tend(authority: Authority) -> None:
    """Renew the keys to which browsers seal, give up what was held too long, forget what nobody needs. Again: nothing."""
    days = settings().captures_within_days
    renew_capture_keys(authority, lasts_days=days, on=clock.today())
    give_up_held(authority, on=clock.today())
    run(sql("captures", "forget"), {"days": days})


def give_up_held(authority: Authority, *, on: dt.date) -> int:
    """Erase each capture that broke, or that nobody confirmed, and could not be carried for most of a day; its clerk is told.

    Return how many there were.

    Ledger: captures:capture:carried. Refuses: NotAllowed.
    """
    role, given_up = demand(authority, Power.CARRY_CAPTURES), 0
    with _alone() as alone:
        for row in rows(sql("captures", "held_too_long"), [HELD_FOR]) if alone else ():
            with translation.override(row.language):
                said = _said(NobodyConfirmed() if row.nobody_came else CaptureGivenUp())
            came = _Came("refused", row.received_at.astimezone(dt.UTC), {}, said)
            _note(authority, role, row, came, on=on)
            given_up += 1
    return given_up


def carry_all(authority: Authority, *, held: bool = False) -> int:
    """Carry all that waits, with `held` what was given up as well; return how many. One carrier at a time: others do nothing."""
    demand(authority, Power.CARRY_CAPTURES)
    done = 0
    with _alone() as alone:
        if alone and held:
            run(
                "UPDATE captures_capture SET outcome = NULL, tries = 0, carried_at = NULL WHERE outcome = 'held'"
            )
        while alone and carry_next(authority):
            done += 1
    return done


def carry_next(authority: Authority) -> bool:
    """Carry the capture that waits longest; return whether there was one.

    Ledger: vault:capture:opened, captures:capture:carried, and those of the act. Precondition: no other carries.
    """
    role = demand(authority, Power.CARRY_CAPTURES)
    found = rows(sql("captures", "next_capture"))
    if not found:
        return False
    (row,) = found
    try:
        with translation.override(row.language):
            came = _carried(authority, row)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # noqa: BLE001 - one that breaks must not stop the others; no value is logged
        log.error("a capture broke: %s", type(fault).__name__)  # noqa: TRY400
        _try_again(row.submission_key)
        return True
    if came is not None:
        _note(authority, role, row, came, on=clock.today())
    return True


def _note(authority: Authority, role: StaffRole, row: Any, came: _Came, *, on: dt.date) -> None:
    """Note what came of a capture, and let its ciphertext go."""
    with act():
        run(
            "UPDATE captures_capture SET outcome = %s, said = %s, captured_at = %s, carried_at = clock_timestamp(),"
            " sealed = NULL WHERE submission_key = %s",
            [came.outcome, json.dumps(list(came.said)), came.captured_at, row.submission_key],
        )
        facts: dict[str, str | bool] = {
            "captured_at": came.captured_at.isoformat(), "outcome": came.outcome, "ticket": str(row.ticket_id),
            "received_at": row.received_at.astimezone(dt.UTC).isoformat(), "clock": "none", **came.facts,
        }  # fmt: skip
        append_entry(
            authority, verb=Verb.CAPTURE_CARRIED, role=role.value, on=on, line_id=came.line_id, facts=facts,
        )  # fmt: skip


def _carried(authority: Authority, row: Any) -> _Came | None:
    """Open one and do it; None where it now waits for a second person. What is refused is an outcome; what is busy comes back."""
    received_at = row.received_at.astimezone(dt.UTC)
    if row.agreed is False:
        return _Came("refused", received_at, {"deed": row.deed.replace("-", "_")}, _said(ActNotConfirmed()))
    try:
        captured = _opened(authority, row)
    except RollkeeperError as fault:
        return _Came("refused", received_at, {}, _said(fault))
    counted = counted_instant(
        ticket_at=row.ticket_at.astimezone(dt.UTC), elapsed_ms=captured.elapsed_ms, received_at=received_at,
        within_days=settings().captures_within_days,
    )  # fmt: skip
    if row.seconded_by is None and second_person_for(captured.deed.replace("-", "_")):
        _wait_for_second(row.submission_key, deed=captured.deed)
        return None
    facts: dict[str, str | bool] = {
        "clock": captured.clock,
        "deed": captured.deed.replace("-", "_"),
        "moved": counted.was_moved,
    }
    try:
        receipt = _done(captured, counted, row=row)
    except BusyElsewhere:
        raise
    except DocumentNeedsSupervisor:
        _wait_for_second(row.submission_key, deed=captured.deed)
        return None
    except RollkeeperError as fault:
        if fault.kind is Kind.INTERNAL:
            raise
        return _Came("refused", counted.at, facts, _said(fault, deed=captured.deed))
    return _Came("done", counted.at, facts, line_id=receipt.line_id)


def _opened(authority: Authority, row: Any) -> Captured:
    if row.ticket_at is None:
        raise CaptureNotOpened(days=settings().captures_within_days)
    try:
        clear = open_capture(
            authority, bytes(row.sealed), submission_key=row.submission_key, ticket_id=row.ticket_id, on=clock.today()
        )  # fmt: skip
    except CannotOpen:
        raise CaptureNotOpened(days=settings().captures_within_days) from None
    return read_capture(clear, by_counter=row.by_counter)


def _wait_for_second(submission_key: str, *, deed: str) -> None:
    """Let a capture wait, as sealed as it came, for somebody who confirms it."""
    run(
        "UPDATE captures_capture SET needs_second = true, deed = %s WHERE submission_key = %s",
        [deed, submission_key],
    )


def _done(captured: Captured, counted: Counted, *, row: Any) -> Receipt:
    submission_key, staff_id = row.submission_key, StaffId(row.staff_id)
    second = StaffId(row.seconded_by) if row.seconded_by else None
    on = clock.day_of(counted.at)
    clerk = authority_then(staff_id, day=on)
    if captured.deed in _RECORDS:
        given = captured.submission(submission_key, seconded_by=second)
        return take_registration(
            clerk, submission_key=submission_key, devices=(), at=counted.at, late=True, on=on,
            do=lambda: _RECORDS[captured.deed](clerk, given, on=on),
            copies=[copy for copies in given.copies.values() for copy in copies],
        )  # fmt: skip
    what: dict[str, Any] = {
        "submission_key": submission_key, "number": captured.fields.get("number", "").strip(), "on": on,
    }  # fmt: skip
    match captured.deed:
        case "pause":
            return acts.pause_line(
                clerk, first=captured.day("first") or on, last=captured.day("last"), reason=captured.reason(), **what
            )  # fmt: skip
        case "dispute" if captured.fields.get("receipt", "").strip():
            return honour_receipt(clerk, shown=captured.fields["receipt"], **what)
        case "dispute":
            return dispute_line(clerk, **what)
        case "end":
            return acts.end_line(clerk, document=captured.document(), **what, seconded_by=second)
        case "further-document":
            return join_document(
                clerk, document=captured.document(), further=captured.further(),
                looked_twice=bool(captured.fields.get("looked_twice")), **what, seconded_by=second,
            )  # fmt: skip
        case _:
            return acts.replace_sim(clerk, document=captured.document(), **what, seconded_by=second)


def _try_again(submission_key: str) -> None:
    run(
        "UPDATE captures_capture SET tries = tries + 1, outcome = CASE WHEN tries + 1 >= %(most)s THEN 'held' END,"
        " carried_at = CASE WHEN tries + 1 >= %(most)s THEN clock_timestamp() END WHERE submission_key = %(key)s",
        {"most": TRIES, "key": submission_key},
    )


def _said(fault: RollkeeperError, *, deed: str | None = None) -> list[dict[str, str | None]]:
    """Say each fault with what to do next; the article too, where its sentence does not name it."""
    faults = fault.faults if isinstance(fault, Faults) else (fault,)
    return [
        {
            "code": one.code,
            "sentence": s.sentence,
            "remedy": s.remedy,
            "language": s.language,
            "article": _article(one, s.sentence, deed),
        }
        for one in faults
        for s in say(one)
    ]


def _article(fault: RollkeeperError, sentence: str, deed: str | None) -> str:
    """Return the article that a refusal rests on: its own, else where the law is why it is refused that of the act."""
    own = fault.facts.get("article")
    if own or fault.kind is not Kind.REFUSED:
        return cite(str(own)) if own and str(own) not in sentence else ""
    return cite(load_pack(settings().pack).act_article(deed.replace("-", "_"))) if deed else ""


@contextmanager
def _alone() -> Iterator[bool]:
    (found,) = rows("SELECT pg_try_advisory_lock(%s) AS alone", [_CARRYING])
    try:
        yield found.alone
    finally:
        if found.alone:
            rows("SELECT pg_advisory_unlock(%s)", [_CARRYING])
