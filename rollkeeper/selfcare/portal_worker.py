# SPDX-License-Identifier: EUPL-1.2
"""The portal worker: sends codes, checks who asks, carries out requests and answers. One request at a time, each in its own transaction.

It is two jobs (`jobs.py`), without web access, and has what the portal must not have: the way to the keys and the right to open. If two
workers run at once, each takes requests that the other has not taken. A hanging gateway delays codes, but not signed-in subscribers.
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.codes import new_code
from rollkeeper.kernel.database import action, is_of_one_request, prepared_rows, rows, run, sql
from rollkeeper.kernel.error_messages import translated_plainly
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import LineView, current_tenure, find_lines
from rollkeeper.lines.writes import lock_line
from rollkeeper.notices.one_time_codes import send_one_time_code
from rollkeeper.selfcare.answer_encryption import InvalidKey, seal_answer
from rollkeeper.selfcare.applications import apply_for_line, expire_applications
from rollkeeper.selfcare.case_decisions import settle_done_corrections
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.dashboard import export_all, show_dashboard, show_receipt
from rollkeeper.selfcare.errors import LIMITED_SESSION
from rollkeeper.selfcare.portal_client import CODE_FIGURES, hash_code
from rollkeeper.selfcare.request_handlers import ACTION_HANDLERS, OF_LIMITED_SESSIONS, QUERY_HANDLERS
from rollkeeper.selfcare.rules import is_sim_too_new, may_send_code
from rollkeeper.selfcare.sessions import PortalSession, active_session, end_session
from rollkeeper.selfcare.settings import settings
from rollkeeper.selfcare.unsent_codes import enter_unsent, fill_up, next_transaction
from rollkeeper.selfcare.verification import verify

log = logging.getLogger("rollkeeper.portal_worker")


def send_codes(authority: Authority, *, limit: int | None = None) -> int:
    """Process the waiting code requests, or at most a given number; return how many. Refuses: NOT_ALLOWED."""
    require(authority, Permission.RUN_PORTAL_WORKER)
    return _as_long_as(partial(process_code_request, authority), limit=limit)


def answer_requests(authority: Authority, *, limit: int | None = None) -> int:
    """Carry out the requests of signed-in visitors, or at most a given number; return how many. Refuses: NOT_ALLOWED."""
    require(authority, Permission.RUN_PORTAL_WORKER)
    return _as_long_as(process_portal_request, limit=limit)


def _as_long_as(there_was_one: Callable[[], bool], *, limit: int | None) -> int:
    done = 0
    while (limit is None or done < limit) and there_was_one():
        done += 1
    return done


def forget_expired(authority: Authority, *, on: dt.date) -> int:
    """Delete expired rows, settle corrections that were made, let applications lapse; return the number of corrections and applications.

    Refuses: NOT_ALLOWED. Ledger: selfcare:case:settled, selfcare:application:settled.
    """
    require(authority, Permission.RUN_PORTAL_WORKER)
    run(sql("selfcare", "delete_expired"))
    return settle_done_corrections(authority, on=on) + expire_applications(authority, on=on)


def process_code_request(authority: Authority, *, on: dt.date | None = None) -> bool:
    """Process the next code request and send a code if one may be sent; return whether there was a request.

    Only the message contains the code; the register stores a keyed hash.
    Ledger: selfcare:code:sent, vault:sealed:opened; else as many of selfcare:code:not_sent. Refuses: NOT_ALLOWED.
    """
    role, on = require(authority, Permission.RUN_PORTAL_WORKER), on or clock.today()
    since, there_was_one = next_transaction(), True
    try:
        there_was_one = _process_next_code(authority, role, on=on)
    finally:
        fill_up(since, requests=int(there_was_one))
    return there_was_one


def _process_next_code(authority: Authority, role: StaffRole, *, on: dt.date) -> bool:
    try:
        return _process_first_code(authority, role, on=on)
    except OperationalError as fault:
        if not is_of_one_request(fault):
            raise
    with action():  # another has locked the line for long: no code is sent, and the next request is processed
        found = prepared_rows(sql("selfcare", "next_code_request"))
        for row in found:
            _mark_processed(row.code_request_id)
    if found:
        enter_unsent(authority, role, on=on)
    return bool(found)


def _process_first_code(authority: Authority, role: StaffRole, *, on: dt.date) -> bool:
    with action():
        found = prepared_rows(sql("selfcare", "next_code_request"))
        if not found:
            return False
        code_request_id, language = found[0].code_request_id, found[0].language
        (line,) = find_lines([bytes(found[0].number_index)])
        _mark_processed(code_request_id)
        may = line is not None and _may_send_code(line, source=bytes(found[0].source_mark), on=on)
        kept = line is not None and not may and _use_reserved_code(line, on=on)
        may = may or kept
        code = new_code(CODE_FIGURES)
        if may and line is not None:
            _keep_code(code_request_id, line.line_id, code, is_kept=kept)
    if not may or line is None:
        enter_unsent(authority, role, on=on)
        return True
    chosen = settings()
    channel = send_one_time_code(
        authority, line.line_id, code=code, minutes=chosen.code_minutes, language=language, on=on
    )
    with action():
        lock_line(line.line_id)
        if channel is None or is_sim_too_new(
            _sim_replaced_on(line.line_id), days=settings().sim_swap_days, on=on
        ):  # A newer code may have replaced it while it was sent.
            run(
                "UPDATE selfcare_coderequest SET code_hash = NULL WHERE code_request_id = %s",
                [code_request_id],
            )
        if channel is None:
            enter_unsent(authority, role, leaves=1, on=on)
            return True
        run(
            "UPDATE selfcare_coderequest SET channel = %s WHERE code_request_id = %s",
            [channel.value, code_request_id],
        )
        facts = {"channel": channel.value}
        append_entry(authority, verb=Verb.CODE_SENT, role=role, on=on, line_id=line.line_id, facts=facts)
    return True


def process_portal_request() -> bool:
    """Carry out and answer the next request; return whether there was one. A refused request leaves nothing but its answer.

    It is carried out as of the day on which it was made: a request from before midnight counts before the next day's suspensions.
    A request whose answer cannot be encrypted is deleted without effect, so that it does not come back forever.
    """
    with action():
        found = rows(sql("selfcare", "next_portal_request"))
        if not found:
            return False
        (row,) = found
        try:
            sealed = _sealed_answer(row, on=clock.day_of(row.made_at))
        except InvalidKey:
            run("DELETE FROM selfcare_portalrequest WHERE request_id = %s", [row.request_id])
            return True
        run(
            "UPDATE selfcare_portalrequest SET answer = %s, answered_at = clock_timestamp() WHERE request_id = %s",
            [sealed, row.request_id],
        )
    return True


def _sealed_answer(row: Any, *, on: dt.date) -> bytes:
    with action():
        with translation.override(row.language):
            answer = _answered(row, on=on)
        return seal_answer(answer, public_key=bytes(row.public_key), request_id=row.request_id)


def _answered(row: Any, *, on: dt.date) -> dict[str, Any]:
    try:
        with action():
            session = active_session(bytes(row.session_mark))
            return {"done": _do(session, PortalRequestKind(row.kind), row.payload, row=row, on=on)}
    except RollkeeperError as fault:
        return {
            "refused": fault.code,
            "said": translated_plainly(fault),
        }
    except Exception as fault:  # one request that breaks must not stop the portal; no value is logged
        if isinstance(fault, (OperationalError, InterfaceError)) and not is_of_one_request(fault):
            raise
        log.error("a request of kind %s broke: %s", row.kind, type(fault).__name__)  # noqa: TRY400
        return {"refused": "crashed", "said": []}


def _do(
    session: PortalSession, kind: PortalRequestKind, payload: dict[str, Any], *, row: Any, on: dt.date
) -> dict[str, Any]:
    language = row.language
    if session.is_limited and kind not in OF_LIMITED_SESSIONS:
        raise LIMITED_SESSION()
    match kind:
        case PortalRequestKind.DASHBOARD:
            return show_dashboard(session, language=language, on=on)
        case PortalRequestKind.EXPORT:
            return export_all(session, images=bool(payload.get("images")), language=language, on=on)
        case PortalRequestKind.RECEIPT:
            return show_receipt(session, str(payload.get("code", "")))
        case PortalRequestKind.VERIFY:
            return verify(session, payload, request_id=row.request_id, on=on)
        case PortalRequestKind.APPLY:
            return apply_for_line(session, payload, row.sealed and bytes(row.sealed), on=on)
        case _ if kind in QUERY_HANDLERS:
            return QUERY_HANDLERS[kind](session, payload, on=on)
        case PortalRequestKind.SIGN_OUT:
            end_session(session)
            return {}
        case _:
            receipt = ACTION_HANDLERS[kind](session, payload, on=on)
            return {"verb": receipt.verb, "day": receipt.day.isoformat(), "repeat": receipt.is_repeat}


def _may_send_code(line: LineView, *, source: bytes, on: dt.date) -> bool:
    lock_line(line.line_id)  # Two portal workers count one after the other.
    (sent,) = rows(sql("selfcare", "recent_codes"), {"line_id": line.line_id, "source": source})
    return _is_allowed(line, sent._asdict(), on=on)


def _use_reserved_code(line: LineView, *, on: dt.date) -> bool:
    """Tell whether staff reserved a code for the line, and use it up."""
    if not _is_allowed(line, {"in_hour": 0, "in_day": 0}, is_kept=True, on=on):
        return False
    chosen = settings()
    values = {
        "line_id": line.line_id,
        "minutes": chosen.reserved_code_minutes,
        "most": chosen.reserved_codes_per_day,
    }
    return run(sql("selfcare", "use_reserved_code"), values) == 1


def _is_allowed(line: LineView, sent: dict[str, int], *, on: dt.date, is_kept: bool = False) -> bool:
    chosen = settings()
    verdict = may_send_code(
        is_living=not line.is_over, hourly=chosen.codes_per_hour, is_kept=is_kept, **sent,
        sim_replaced_on=_sim_replaced_on(line.line_id), sim_days=chosen.sim_swap_days, on=on,
    )  # fmt: skip
    return not isinstance(verdict, Refused)


def _sim_replaced_on(line_id: LineId) -> dt.date | None:
    (sim,) = rows(
        "SELECT max(day) AS day FROM ledger_entry WHERE line_id = %s AND verb = %s",
        [line_id, Verb.SIM_REPLACED.value],
    )
    return cast("dt.date | None", sim.day)


def _mark_processed(code_request_id: UUID) -> None:
    """Give every code request its tries, also one that gets no code, so that a wrong try writes the same amount."""
    run(
        "UPDATE selfcare_coderequest SET processed_at = clock_timestamp(), attempts_left = %s,"
        " expires_at = clock_timestamp() + make_interval(mins => %s) WHERE code_request_id = %s",
        [settings().code_attempts, settings().code_minutes, code_request_id],
    )


def _keep_code(code_request_id: UUID, line_id: LineId, code: str, *, is_kept: bool) -> None:
    tenure, chosen = current_tenure(line_id), settings()
    run(
        "UPDATE selfcare_coderequest SET line_id = %(line_id)s, tenure_id = %(tenure_id)s, person_id = %(person_id)s,"
        " is_kept = %(is_kept)s,"
        " code_hash = %(code_hash)s, session_minutes = %(session)s, session_attempts = %(tries)s WHERE code_request_id = %(code_request_id)s",
        {
            "line_id": line_id, "tenure_id": tenure and tenure.tenure_id, "person_id": tenure and tenure.person_id,
            "code_hash": hash_code(code_request_id, code), "tries": chosen.code_attempts, "session": chosen.session_minutes,
            "code_request_id": code_request_id, "is_kept": is_kept,
        },
    )  # fmt: skip
