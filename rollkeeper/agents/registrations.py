# SPDX-License-Identifier: EUPL-1.2
"""A registration at an agent's counter: let through or refused before anything is read, and marked with agent and outlet.

Refusals here come before the register is read, so that nothing can be learned out of hours. Unusual registrations are flagged and
not refused: they remain valid with their date, and a supervisor gets a case.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.agents import queries
from rollkeeper.agents.duplicate_images import fingerprints_of
from rollkeeper.agents.errors import DailyLimitReached
from rollkeeper.agents.models import AgentRegistration, ImageFingerprint
from rollkeeper.agents.queries import ActiveAssignment
from rollkeeper.agents.review_cases import open_case
from rollkeeper.agents.rules import SAME_IMAGE_SHARE, AnomalySignals, is_open, pattern_of
from rollkeeper.agents.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.registration.receipts import find_receipts
from rollkeeper.registration.submissions import Receipt


def register_at_outlet(
    authority: Authority,
    *,
    submission_key: str,
    devices: Collection[int],
    do: Callable[[], Receipt],
    on: dt.date,
    at: dt.datetime | None = None,
    late: bool = False,
    copies: Sequence[bytes] = (),
) -> Receipt:
    """Do a registration (`do`, an action of `registration`) at the outlet where the account is assigned, in one transaction.

    An account of the operator's own has no outlet: for it this only calls `do`. A repeated submission is answered again at any
    hour. `at` is when it was recorded offline, `late` that it is submitted after that; `copies` are the stored copies of the
    documents shown. Ledger: agents:registration:recorded, and agents:case:opened if it is unusual. Refuses: NO_ASSIGNMENT,
    AGENT_MAY_NOT_REGISTER, DEVICE_NOT_REGISTERED, OutletClosed, DailyLimitReached, and the errors of `do`.
    """
    if not queries.is_agent_account(authority) or find_receipts([submission_key]):
        return do()
    instant = at or clock.now()
    with action():
        there = queries.may_register(authority, devices=devices, at=instant, late=late)
        if there is None:
            return do()
        # One registration of an agent at a time: two counters that count at the same moment could together exceed the limit.
        lock_registrations(there.agent_id)
        there = queries.may_register(authority, devices=devices, at=instant, late=late) or there
        receipt = do()
        if not receipt.is_repeat:
            if queries.registrations_on(there.agent_id, on) >= there.limit:
                raise DailyLimitReached(agent=there.agent, limit=there.limit)
            _note(authority, there, receipt, copies=copies, at=instant, on=on)
    return receipt


def count_document_image(authority: Authority, *, devices: Collection[int], on: dt.date) -> None:
    """Record that a document image is taken, with any outcome. Ledger: agents:document_image:counted.

    Refuses: as `register_at_outlet`, so that no document image is taken where no one may be registered.
    """
    role = require(authority, Permission.REGISTER)
    with action():
        there = queries.may_register(authority, devices=devices, at=clock.now())
        if there is not None:
            run(
                sql("agents", "count_document_image"),
                {"staff": there.staff_id, "on": on, "agent": there.agent_id, "outlet": there.outlet_id},
            )
            append_entry(authority, verb=Verb.DOCUMENT_IMAGE_COUNTED, role=role, on=on, facts=_facts(there))


def lock_registrations(agent_id: UUID) -> None:
    """Hold back every registration of an agent until the present action ends."""
    lock_matter("agent", str(agent_id))


def _note(
    authority: Authority,
    there: ActiveAssignment,
    receipt: Receipt,
    *,
    copies: Sequence[bytes],
    at: dt.datetime,
    on: dt.date,
) -> None:
    role = require(authority, Permission.REGISTER)
    facts = _facts(there) | ({"device": str(there.device_id)} if there.device_id else {})
    append_entry(
        authority,
        verb=Verb.AGENT_REGISTRATION_RECORDED,
        role=role,
        on=on,
        line_id=receipt.line_id,
        facts=facts,
    )
    taken = AgentRegistration(
        entry_id=receipt.entry_id, agent_id=there.agent_id, outlet_id=there.outlet_id, staff_id=there.staff_id,
        line_id=receipt.line_id, day=on, at=at,
    )  # fmt: skip
    pattern = pattern_of(
        _anomaly_signals(
            taken, is_duplicate=_record_fingerprints(taken, copies), is_suspended=there.is_suspended
        )
    )
    taken.pattern = pattern.value if pattern else None
    taken.save(force_insert=True)
    if pattern:
        open_case(
            authority, pattern, agent_id=there.agent_id, outlet_id=there.outlet_id, line_id=receipt.line_id, role=role,
            on=on,
        )  # fmt: skip


def _anomaly_signals(taken: AgentRegistration, *, is_duplicate: bool, is_suspended: bool) -> AnomalySignals:
    since = taken.day - dt.timedelta(days=settings().window_days - 1)
    (found,) = rows(
        sql("agents", "anomaly_counts"),
        {"entry": taken.entry_id, "agent": taken.agent_id, "staff": taken.staff_id, "line": taken.line_id,
         "outlet": taken.outlet_id, "day": taken.day, "since": since, "at": taken.at,
         "ten_minutes_ago": taken.at - dt.timedelta(minutes=10)},
    )  # fmt: skip
    return AnomalySignals(
        in_ten_minutes=found.in_ten_minutes, most_in_ten_minutes=settings().max_per_ten_minutes,
        lines_of_person=found.lines_of_person, most_lines_of_person=settings().max_lines_per_person,
        outlets_today=found.outlets_today, is_open=is_open(found.hours, at=taken.at.astimezone(clock.zone())),
        is_duplicate_image=is_duplicate, is_suspended=is_suspended,
    )  # fmt: skip


def _record_fingerprints(taken: AgentRegistration, copies: Sequence[bytes]) -> bool:
    """Note how these copies look; tell whether one that looks the same was kept for another line."""
    marks = fingerprints_of(copies)
    if not marks:
        return False
    with counted_lookups():
        (found,) = rows(
            "SELECT agents_is_duplicate_image(%s, %s, %s) AS seen", [taken.line_id, marks, SAME_IMAGE_SHARE]
        )
    ImageFingerprint.objects.create(
        line_id=taken.line_id, entry_id=taken.entry_id, registered_on=taken.day, marks=marks
    )
    return bool(found.seen)


def _facts(there: ActiveAssignment) -> dict[str, str]:
    return {"agent": str(there.agent_id), "outlet": str(there.outlet_id)}
