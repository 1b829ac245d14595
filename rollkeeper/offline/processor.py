# SPDX-License-Identifier: EUPL-1.2
"""The offline worker: opens offline registrations and carries them out, one at a time, in the order of arrival.

Each is done once, because the actions know its submission key. If the worker is killed before it notes the outcome, nothing is lost:
the next run does the action again and gets the first receipt. A registration that breaks is tried again and then held, sealed, so that
it blocks no other. One that only meets a passing obstacle waits until that is over.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import reference_of
from rollkeeper.access.queries import is_closed
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.services import authority_on
from rollkeeper.agents.queries import is_agent_account, is_of_same_agent
from rollkeeper.agents.registrations import register_at_outlet
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, is_of_one_request, rows, run, sql
from rollkeeper.kernel.error_messages import translated
from rollkeeper.kernel.errors import Faults, Kind, RollkeeperError
from rollkeeper.kernel.ids import LineId, StaffId
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.jobs import hold_run
from rollkeeper.kernel.phrasing import bracketed, cite
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.errors import COUNTER_TERMINATION_LIMIT_REACHED, AccessLimitReached
from rollkeeper.offline import PROCESSING
from rollkeeper.offline.errors import (
    APPROVAL_DENIED,
    APPROVAL_EXPIRED,
    OFFLINE_REGISTRATION_EXPIRED,
    OFFLINE_REGISTRATION_UNREADABLE,
)
from rollkeeper.offline.payloads import Payload, read_payload
from rollkeeper.offline.rules import EffectiveTime, effective_time
from rollkeeper.registration import services
from rollkeeper.registration.approvals import approval_article
from rollkeeper.registration.document_links import link_document
from rollkeeper.registration.errors import ConcurrentUpdate, DocumentNeedsSupervisor
from rollkeeper.registration.settings import settings as offline_settings
from rollkeeper.registration.sim_cards import lacking_of_line
from rollkeeper.registration.submissions import Receipt, RegistrationKind, sim_in
from rollkeeper.selfcare.disputes import accept_receipt, dispute_line
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.vault.errors import PASSING, TOO_MANY_OPENINGS, CannotOpen
from rollkeeper.vault.offline_keys import open_offline, renew_offline_keys

TRIES = 3
BUSY_FOR = dt.timedelta(minutes=1)
LIMITED_FOR = dt.timedelta(hours=1)
"""How long a registration waits whose line was busy, or that reached a limit of lookups: both pass by themselves, within a day."""
FAILED_KEPT_FOR = dt.timedelta(hours=22)
"""How long a failed registration may be held: the worker looks every hour, so that none is left after 24 hours."""
_TAKES_FROM_SUBSCRIBER: Final = frozenset({"terminate", "replace-sim", "link-document", "transfer", "change"})
log = logging.getLogger("rollkeeper.offline_worker")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The outcome of one offline registration."""

    outcome: str
    effective_at: dt.datetime
    facts: Mapping[str, str | bool]
    said: Sequence[dict[str, str | None]] = ()
    line_id: LineId | None = None


def housekeeping(authority: Authority) -> int:
    """Renew the keys to which browsers seal, erase registrations held too long, delete what is no longer needed; return how many were erased.

    Again: nothing.
    """
    days = offline_settings().max_age_days
    renew_offline_keys(authority, lasts_days=days, on=clock.today())
    given_up = expire_failed(authority, on=clock.today())
    run(sql("offline", "delete_expired"), {"days": days})
    return given_up


def expire_failed(authority: Authority, *, on: dt.date) -> int:
    """Erase each offline registration that failed or was not confirmed for most of a day; its clerk is notified.

    Return how many there were.

    Ledger: offline:registration:processed. Refuses: NOT_ALLOWED.
    """
    role, given_up = require(authority, Permission.PROCESS_OFFLINE), 0
    with hold_run(PROCESSING, wait=True):
        for row in rows(sql("offline", "failed_too_long"), [FAILED_KEPT_FOR]):
            with translation.override(row.language):
                said = _said(APPROVAL_EXPIRED() if row.unapproved else OFFLINE_REGISTRATION_EXPIRED())
            came = _Outcome("refused", row.received_at.astimezone(dt.UTC), {}, said)
            _note(authority, role, row, came, on=on)
            given_up += 1
    return given_up


def process_all(authority: Authority, *, limit: int | None = None, retry_failed: bool = False) -> int:
    """Process all waiting registrations, or at most `limit`; return how many. With `retry_failed`, also those that failed.

    One process works at a time: others do nothing. Refuses: NOT_ALLOWED.
    """
    require(authority, Permission.PROCESS_OFFLINE)
    if retry_failed:
        run(
            "UPDATE offline_registration SET outcome = NULL, tries = 0, processed_at = NULL WHERE outcome = 'failed'"
        )
    done = 0
    with hold_run(PROCESSING) as is_alone:
        while is_alone and (limit is None or done < limit) and process_next(authority):
            done += 1
    return done


def process_next(authority: Authority) -> bool:
    """Process the offline registration that waits longest; return whether there was one.

    Ledger: vault:offline:opened, offline:registration:processed, and those of the act. Precondition: no other worker runs.
    """
    role = require(authority, Permission.PROCESS_OFFLINE)
    found = rows(sql("offline", "next_registration"))
    if not found:
        return False
    (row,) = found
    try:
        with translation.override(row.language):
            came = _processed(authority, row)
    except (OperationalError, InterfaceError, ConcurrentUpdate) as fault:
        if not (isinstance(fault, ConcurrentUpdate) or is_of_one_request(fault)):
            raise
        _put_off(row.submission_key, BUSY_FOR)
        return True
    except AccessLimitReached:
        _put_off(row.submission_key, LIMITED_FOR)
        return True
    except RollkeeperError as fault:
        if _is_past_limit(fault):
            _put_off(row.submission_key, LIMITED_FOR)
            return True
        if fault.code in PASSING or fault.kind is Kind.INTERNAL:
            _put_off(row.submission_key, BUSY_FOR)
            raise  # the run ends, and the next one begins with another registration, so that an absent service is not asked for each
        log.error("an offline registration broke: %s", fault.code)  # noqa: TRY400
        _try_again(row.submission_key)
        return True
    except Exception as fault:  # noqa: BLE001 - one that breaks must not stop the others; no value is logged
        log.error("an offline registration broke: %s", type(fault).__name__)  # noqa: TRY400
        _try_again(row.submission_key)
        return True
    if came is not None:
        _note(authority, role, row, came, on=clock.today())
    return True


def _note(authority: Authority, role: StaffRole, row: Any, came: _Outcome, *, on: dt.date) -> None:
    """Note the outcome of an offline registration, and remove its ciphertext."""
    with action():
        run(
            "UPDATE offline_registration SET outcome = %s, said = %s, effective_at = %s, processed_at = clock_timestamp(),"
            " sealed = NULL WHERE submission_key = %s",
            [came.outcome, json.dumps(list(came.said)), came.effective_at, row.submission_key],
        )
        facts: dict[str, str | bool] = {
            "effective_at": came.effective_at.isoformat(), "outcome": came.outcome, "ticket": str(row.ticket_id),
            "received_at": row.received_at.astimezone(dt.UTC).isoformat(), "clock": "none", **came.facts,
        }  # fmt: skip
        append_entry(
            authority, verb=Verb.OFFLINE_REGISTRATION_PROCESSED, role=role.value, on=on, line_id=came.line_id, facts=facts,
        )  # fmt: skip


def _processed(authority: Authority, row: Any) -> _Outcome | None:
    """Open one and carry it out; return None if it now waits for an approver. A refusal is an outcome; a passing obstacle is raised."""
    received_at = row.received_at.astimezone(dt.UTC)
    if row.approved is False:
        return _Outcome(
            "refused",
            received_at,
            {"action_kind": row.action_kind.replace("-", "_")},
            _said(APPROVAL_DENIED()),
        )
    payload = _opened(authority, row)
    if isinstance(payload, RollkeeperError):
        return _Outcome("refused", received_at, {}, _said(payload))
    effective = effective_time(
        ticket_at=row.ticket_at.astimezone(dt.UTC), elapsed_ms=payload.elapsed_ms, received_at=received_at,
        within_days=offline_settings().max_age_days,
    )  # fmt: skip
    if row.approved_by is None and approval_article(payload.action_kind.replace("-", "_")):
        _hold_for_approval(row.submission_key, action_kind=payload.action_kind)
        return None
    facts: dict[str, str | bool] = {
        "clock": payload.clock,
        "action_kind": payload.action_kind.replace("-", "_"),
        "adjusted": effective.was_adjusted,
    }
    on = clock.day_of(effective.at)
    took = authority_on(StaffId(row.staff_id), day=on)
    acting = _with_rights_shown(took, row, on=on)
    if row.approved_by is None and (
        _is_agents_under_anothers(row, day=on) or _is_taken_by_closed_account(payload, row)
    ):
        _hold_for_approval(row.submission_key, action_kind=payload.action_kind)
        return None
    try:
        with _counting_as_a_counter():
            receipt = _done(payload, effective, clerk=acting, row=row)
    except (ConcurrentUpdate, AccessLimitReached):
        raise  # it waits: no limit of lookups makes an offline registration refused or erased
    except DocumentNeedsSupervisor:
        _hold_for_approval(row.submission_key, action_kind=payload.action_kind)
        return None
    except RollkeeperError as fault:
        if fault.kind is Kind.INTERNAL or _is_past_limit(fault):
            raise
        if acting != took and row.approved_by is None:
            _hold_for_approval(row.submission_key, action_kind=payload.action_kind)
            return None
        return _Outcome("refused", effective.at, facts, _said(fault, action_kind=payload.action_kind))
    lacking = _lacking(payload, receipt)
    return _Outcome("done", effective.at, facts, _said(Faults(lacking)) if lacking else (), receipt.line_id)


@contextmanager
def _counting_as_a_counter() -> Iterator[None]:
    """Run the block as one action. Contracts that it ends and SIMs that it replaces count with the counters', since it comes from there."""
    with action():
        run("SELECT set_config('rollkeeper.acts_for_counter', 'on', true)")
        yield
        run("SELECT set_config('rollkeeper.acts_for_counter', '', true)")


def _is_past_limit(fault: RollkeeperError) -> bool:
    """Tell whether a daily limit is reached (of contracts that all counters end, of openings): it waits, as for a limit of lookups."""
    return fault.code in {COUNTER_TERMINATION_LIMIT_REACHED.code, TOO_MANY_OPENINGS.code}


def _with_rights_shown(took: Authority, row: Any, *, on: dt.date) -> Authority:
    """Return who entered it, with all rights if they submit it, else with a clerk's and those that the submitter or approver has too.

    A ticket stays on the device: a person who finds a supervisor's ticket there is no supervisor.
    """
    others = {StaffId(one) for one in (row.submitted_by, row.approved_by) if one}
    shown = frozenset[StaffRole]().union(*(authority_on(one, day=on).roles for one in others))
    if row.submitted_by == row.staff_id or took.roles <= shown or not took.role_for(Permission.REGISTER):
        return took
    return replace(took, roles=took.roles & shown | {StaffRole.CLERK})


def _is_agents_under_anothers(row: Any, *, day: dt.date) -> bool:
    """Tell whether an agent's account submits under a ticket of another agent, whose outlet and limit it would use up, or of the operator's own
    staff, to whom none applies.
    """
    took, handed = StaffId(row.staff_id), StaffId(row.submitted_by)
    return (
        took != handed
        and is_agent_account(authority_on(handed, day=day))
        and not is_of_same_agent(took, handed)
    )


def _is_taken_by_closed_account(payload: Payload, row: Any) -> bool:
    """Tell whether a colleague submits, under the ticket of an account that is closed, what takes something from a subscriber.

    Who was dismissed may have had the device since, and the page alone says when it was taken down.
    """
    return (
        payload.action_kind in _TAKES_FROM_SUBSCRIBER
        and row.submitted_by != row.staff_id
        and is_closed(StaffId(row.staff_id))
    )


def _lacking(payload: Payload, receipt: Receipt) -> list[RollkeeperError]:
    """Return the values of the line that the law asks for and that are missing, for the clerk to complete; the action stays done."""
    if payload.action_kind == "replace-sim":
        return lacking_of_line(receipt.line_id, sim_in(payload.fields), on=receipt.day, is_sim=True)
    if payload.action_kind not in services.RECORDING or payload.action_kind == RegistrationKind.CHANGE:
        return []
    given = payload.submission(receipt.submission_key)
    return lacking_of_line(
        receipt.line_id, given.parts[PartyRole.SUBSCRIBER], kind=given.asked_as, on=receipt.day
    )


def _opened(authority: Authority, row: Any) -> Payload | RollkeeperError:
    """Open one; return the refusal if it can never be read. Any other obstacle to opening it is raised, and it waits."""
    unreadable = OFFLINE_REGISTRATION_UNREADABLE(days=offline_settings().max_age_days)
    if row.ticket_at is None:
        return unreadable
    try:
        clear = open_offline(
            authority, bytes(row.sealed), submission_key=row.submission_key, ticket_id=row.ticket_id, on=clock.today()
        )  # fmt: skip
    except CannotOpen:
        return unreadable
    try:
        return read_payload(clear, by_counter=row.by_counter)
    except RollkeeperError as malformed:
        return malformed


def _hold_for_approval(submission_key: str, *, action_kind: str) -> None:
    """Hold an offline registration, still sealed, for an approver."""
    run(
        "UPDATE offline_registration SET needs_approval = true, action_kind = %s WHERE submission_key = %s",
        [action_kind, submission_key],
    )


def _done(payload: Payload, effective: EffectiveTime, *, clerk: Authority, row: Any) -> Receipt:
    submission_key, on = row.submission_key, clock.day_of(effective.at)
    second = StaffId(row.approved_by) if row.approved_by else None
    if payload.action_kind in services.RECORDING:
        given = replace(payload.submission(submission_key, approved_by=second), is_late=True)
        return register_at_outlet(
            clerk, submission_key=submission_key, devices=(), at=clock.on_calendar(effective.at), late=True, on=on,
            do=lambda: services.RECORDING[payload.action_kind](clerk, given, on=on),
            copies=[copy for copies in given.copies.values() for copy in copies],
        )  # fmt: skip
    what: dict[str, Any] = {
        "submission_key": submission_key, "number": payload.fields.get("number", "").strip(), "on": on,
    }  # fmt: skip
    match payload.action_kind:
        case "pause":
            return services.pause_line(
                clerk, first=payload.day("first") or on, last=payload.day("last"), reason=payload.reason(), **what
            )  # fmt: skip
        case "dispute" if payload.fields.get("receipt", "").strip():
            return accept_receipt(clerk, shown=payload.fields["receipt"], **what)
        case "dispute":
            return dispute_line(clerk, **what)
        case "terminate":
            return services.terminate_line(clerk, document=payload.document(), **what, approved_by=second)
        case "link-document":
            return link_document(
                clerk, document=payload.document(), further=payload.further(),
                double_checked=bool(payload.fields.get("double_checked")), **what, approved_by=second,
            )  # fmt: skip
        case _:
            sim = sim_in(payload.fields)
            return services.replace_sim(
                clerk, document=payload.document(), **what, approved_by=second, sim=sim, is_late=True
            )


def _put_off(submission_key: str, wait: dt.timedelta) -> None:
    """Let a registration without a fault wait; this uses up no try."""
    run(
        "UPDATE offline_registration SET processed_at = clock_timestamp() + %s WHERE submission_key = %s",
        [wait, submission_key],
    )


def _try_again(submission_key: str) -> None:
    run(
        "UPDATE offline_registration SET tries = tries + 1, outcome = CASE WHEN tries + 1 >= %(most)s THEN 'failed' END,"
        " processed_at = CASE WHEN tries + 1 >= %(most)s THEN clock_timestamp() END WHERE submission_key = %(key)s",
        {"most": TRIES, "key": submission_key},
    )


def _said(fault: RollkeeperError, *, action_kind: str | None = None) -> list[dict[str, str | None]]:
    """Return each fault with what to do next, and its article if the sentence does not name it."""
    return [
        {
            "code": one.code,
            "sentence": s.sentence,
            "remedy": s.remedy,
            "language": s.language,
            "article": bracketed(_article(one, s.sentence, action_kind)).strip(),
        }
        for one in fault.faults
        for s in translated(_by_short_reference(one))
    ]


def _by_short_reference(fault: RollkeeperError) -> RollkeeperError:
    """Return a refusal that calls its line as pages do: it is kept, and so names no number."""
    line = fault.facts.get("line")
    return fault.with_facts(line=f"…{reference_of(str(line))}") if line else fault


def _article(fault: RollkeeperError, sentence: str, action_kind: str | None) -> str:
    """Return the article of a refusal: its own, else the article of the action if the law is the reason."""
    own = cite(str(fault.facts.get("article") or ""))
    if own or fault.kind is not Kind.REFUSED:
        return "" if own in sentence else own
    return cite(load_pack(instance().pack).act_article(action_kind.replace("-", "_"))) if action_kind else ""
