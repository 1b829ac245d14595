# SPDX-License-Identifier: EUPL-1.2
"""The porter: sends codes, checks who asks, carries out and answers. One thing at a time, each in its own transaction.

It runs without any web and holds what the portal must not: the way to the keys and the right to open. Several may run
beside each other; each takes what no other has taken.
"""

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.sayings import say_plainly
from rollkeeper.kernel.settings import settings
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import lock_line
from rollkeeper.lines.queries import LineView, find_lines, present_holding
from rollkeeper.notices.passing import pass_code
from rollkeeper.rights.applying import apply_for_line, lapse_applications
from rollkeeper.rights.deciding import settle_what_was_put_right
from rollkeeper.rights.deeds import ACTS, OTHERS
from rollkeeper.rights.door import hash_code
from rollkeeper.rights.kinds import AskKind
from rollkeeper.rights.proving import prove
from rollkeeper.rights.rules import may_send_code
from rollkeeper.rights.sealing import NoKey, seal_answer
from rollkeeper.rights.showing import show_all, show_held, show_receipt
from rollkeeper.rights.visits import Visit, end_visit, living_visit

CODE_DIGITS = 8
FORGET_EVERY_S = 600.0
log = logging.getLogger("rollkeeper.porter")


def keep_door(authority: Authority, *, goes_on: Callable[[], bool]) -> None:
    """Carry out whatever comes, until `goes_on` says no. Refuses: NotAllowed."""
    demand(authority, Power.KEEP_DOOR)
    forget_at = time.monotonic()
    while goes_on():
        try:
            _listen()
            while goes_on():
                carry_all(authority)
                if time.monotonic() >= forget_at:
                    run(sql("rights", "forget"))
                    settle_what_was_put_right(authority, on=clock.today())
                    lapse_applications(authority, on=clock.today())
                    forget_at = time.monotonic() + FORGET_EVERY_S
                _wait(seconds=2.0)
        except (OperationalError, InterfaceError):
            connection.close()
            _pause(0.5)


def carry_all(authority: Authority) -> int:
    """Carry out all that waits; return how much it was."""
    done = 0
    while carry_knock(authority) or carry_ask():
        done += 1
    return done


def carry_knock(authority: Authority, *, on: dt.date | None = None) -> bool:
    """Look at the next knock and send a code where one may be sent; return whether there was one.

    The code is known to the message alone; what is kept of it is a keyed hash.
    Ledger: rights:code:sent, vault:sealed:opened. Refuses: NotAllowed.
    """
    role, on = demand(authority, Power.KEEP_DOOR), on or clock.today()
    with act():
        found = rows(sql("rights", "next_knock"))
        if not found:
            return False
        knock_id, language = found[0].knock_id, found[0].language
        (line,) = find_lines([bytes(found[0].number_index)])
        _carried(knock_id)
        may = line is not None and _may_have_code(line, source=bytes(found[0].source_mark), on=on)
        kept = line is not None and not may and _may_have_kept_code(line, on=on)
        may = may or kept
        code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        if may and line is not None:
            _keep_code(knock_id, line.line_id, code, is_kept=kept)
    if not may or line is None:
        return True
    chosen = settings()
    channel = pass_code(
        authority, line.line_id, code=code, minutes=chosen.door_code_minutes, language=language, on=on
    )
    with act():
        if channel is None:
            run("UPDATE rights_knock SET code_hash = NULL WHERE knock_id = %s", [knock_id])
            return True
        run("UPDATE rights_knock SET channel = %s WHERE knock_id = %s", [channel.value, knock_id])
        facts = {"channel": channel.value}
        append_entry(authority, verb=Verb.CODE_SENT, role=role, on=on, line_id=line.line_id, facts=facts)
    return True


def carry_ask() -> bool:
    """Carry out and answer the next ask; return whether there was one. What is refused leaves nothing but its answer.

    It is carried out as of the day on which it was made: what is said before midnight comes before the night that suspends.
    An ask whose answer could be sealed to nobody is not carried out, and goes: it must not come back for ever.
    """
    with act():
        found = rows(sql("rights", "next_ask"))
        if not found:
            return False
        (row,) = found
        try:
            sealed = _sealed_answer(row, on=clock.day_of(row.made_at))
        except NoKey:
            run("DELETE FROM rights_ask WHERE ask_id = %s", [row.ask_id])
            return True
        run(
            "UPDATE rights_ask SET answer = %s, answered_at = clock_timestamp() WHERE ask_id = %s",
            [sealed, row.ask_id],
        )
    return True


def _sealed_answer(row: Any, *, on: dt.date) -> bytes:
    with act():
        with translation.override(row.language):
            answer = _answered(row, on=on)
        return seal_answer(answer, public_key=bytes(row.public_key), ask_id=row.ask_id)


def _answered(row: Any, *, on: dt.date) -> dict[str, Any]:
    try:
        with act():
            visit = living_visit(bytes(row.ask_mark))
            return {"done": _do(visit, AskKind(row.kind), row.asked, row=row, on=on)}
    except RollkeeperError as fault:
        return {
            "refused": fault.code,
            "said": say_plainly(fault),
        }
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # noqa: BLE001 - one ask that breaks must not stop the door; no value is logged
        log.error("an ask of kind %s broke: %s", row.kind, type(fault).__name__)  # noqa: TRY400
        return {"refused": "crashed", "said": []}


def _do(visit: Visit, kind: AskKind, asked: dict[str, Any], *, row: Any, on: dt.date) -> dict[str, Any]:
    language = row.language
    match kind:
        case AskKind.SHOW:
            return show_all(visit, language=language, on=on)
        case AskKind.READ:
            return show_held(visit, pictures=bool(asked.get("pictures")), language=language, on=on)
        case AskKind.RECEIPT:
            return show_receipt(visit, str(asked.get("code", "")))
        case AskKind.PROVE:
            return prove(visit, asked, ask_id=row.ask_id, on=on)
        case AskKind.APPLY:
            return apply_for_line(visit, asked, row.sealed and bytes(row.sealed), on=on)
        case _ if kind in OTHERS:
            return OTHERS[kind](visit, asked, on=on)
        case AskKind.LEAVE:
            end_visit(visit)
            return {}
        case _:
            receipt = ACTS[kind](visit, asked, on=on)
            return {"verb": receipt.verb, "day": receipt.day.isoformat(), "repeat": receipt.is_repeat}


def _may_have_code(line: LineView, *, source: bytes, on: dt.date) -> bool:
    lock_line(line.line_id)  # two porters count one after the other
    (sent,) = rows(sql("rights", "codes_lately"), {"line_id": line.line_id, "source": source})
    return _is_let(line, sent._asdict(), on=on)


def _may_have_kept_code(line: LineView, *, on: dt.date) -> bool:
    """Tell whether staff keep a code for the line, and use it up."""
    if not _is_let(line, {"in_hour": 0, "in_day": 0}, is_kept=True, on=on):
        return False
    minutes = settings().door_kept_code_minutes
    return run(sql("rights", "take_kept_code"), {"line_id": line.line_id, "minutes": minutes}) == 1


def _is_let(line: LineView, sent: dict[str, int], *, on: dt.date, is_kept: bool = False) -> bool:
    (sim,) = rows(
        "SELECT max(day) AS day FROM ledger_entry WHERE line_id = %s AND verb = %s",
        [line.line_id, Verb.SIM_REPLACED.value],
    )
    chosen = settings()
    verdict = may_send_code(
        is_living=not line.is_over, hourly=chosen.door_codes_an_hour, is_kept=is_kept, **sent,
        sim_replaced_on=sim.day, sim_days=chosen.door_sim_days, on=on,
    )  # fmt: skip
    return not isinstance(verdict, Refused)


def _carried(knock_id: UUID) -> None:
    """Give every knock its tries, also one that gets no code: a wrong try then writes as much."""
    run(
        "UPDATE rights_knock SET carried_at = clock_timestamp(), tries_left = %s,"
        " expires_at = clock_timestamp() + make_interval(mins => %s) WHERE knock_id = %s",
        [settings().door_code_tries, settings().door_code_minutes, knock_id],
    )


def _keep_code(knock_id: UUID, line_id: LineId, code: str, *, is_kept: bool) -> None:
    holding, chosen = present_holding(line_id), settings()
    run(
        "UPDATE rights_knock SET line_id = %(line_id)s, holding_id = %(holding_id)s, person_id = %(person_id)s,"
        " is_kept = %(is_kept)s,"
        " code_hash = %(code_hash)s, visit_minutes = %(visit)s, visit_proofs = %(tries)s WHERE knock_id = %(knock_id)s",
        {
            "line_id": line_id, "holding_id": holding and holding.holding_id, "person_id": holding and holding.person_id,
            "code_hash": hash_code(knock_id, code), "tries": chosen.door_code_tries, "visit": chosen.door_visit_minutes,
            "knock_id": knock_id, "is_kept": is_kept,
        },
    )  # fmt: skip


def _listen() -> None:
    connection.ensure_connection()
    run("LISTEN rights")


def _wait(*, seconds: float) -> None:
    """Wait until somebody calls, or for so long."""
    connection.ensure_connection()
    for _ in connection.connection.notifies(timeout=seconds, stop_after=1):
        pass


def _pause(seconds: float) -> None:
    time.sleep(seconds)
