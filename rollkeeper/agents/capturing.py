# SPDX-License-Identifier: EUPL-1.2
"""A registration at an agent's counter: let through or refused before anything is read, and marked with agent and place.

Whatever is refused here is refused before the register is looked into, so that nobody learns anything out of hours. What is
unusual is held and not refused: the registration stands with its date, and a supervisor gets a case.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.agents import queries
from rollkeeper.agents.errors import CapReached
from rollkeeper.agents.holding import open_case
from rollkeeper.agents.likeness import marks_of
from rollkeeper.agents.models import Likeness, Taken
from rollkeeper.agents.queries import AtPlace
from rollkeeper.agents.rules import ALIKE, Unusual, is_open, pattern_of
from rollkeeper.enrolment.receipts import find_receipts
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb


def take_registration(
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
    """Do a registration (`do`, an act of `enrolment`) at the place where the account is posted, in one transaction.

    An account of the operator's own is bound to no place: for it this is `do` alone. A submission that was done already is
    answered again, whatever the hour. `at` is when it was taken down, `late` that it is handed in after that; `copies` are those
    that are kept of the documents shown.
    Ledger: agents:registration:taken, and agents:case:opened where it is unusual.
    Refuses: NoPostNow, AgentMayNotCapture, DeviceNotEnrolled, PlaceClosed, CapReached, and whatever `do` refuses.
    """
    if not queries.is_an_agents(authority) or find_receipts([submission_key]):
        return do()
    instant = at or clock.now()
    with act():
        there = queries.may_capture(authority, devices=devices, at=instant, late=late)
        if there is None:
            return do()
        # One registration of an agent at a time: a cap that two counters read at once would let one too many through.
        lock_captures(there.agent_id)
        there = queries.may_capture(authority, devices=devices, at=instant, late=late) or there
        receipt = do()
        if not receipt.is_repeat:
            if queries.taken_on(there.agent_id, on) >= there.cap:
                raise CapReached(agent=there.agent, cap=there.cap)
            _note(authority, there, receipt, copies=copies, at=instant, on=on)
    return receipt


def note_picture(authority: Authority, *, devices: Collection[int], on: dt.date) -> None:
    """Note that a picture of a document is taken, whatever comes of it. Ledger: agents:picture:taken.

    Refuses: as `take_registration`, so that no picture is taken where nobody may be registered.
    """
    role = demand(authority, Power.ENROL)
    with act():
        there = queries.may_capture(authority, devices=devices, at=clock.now())
        if there is not None:
            run(
                sql("agents", "note_picture"),
                {"staff": there.staff_id, "on": on, "agent": there.agent_id, "place": there.place_id},
            )
            append_entry(authority, verb=Verb.PICTURE_TAKEN, role=role, on=on, facts=_facts(there))


def lock_captures(agent_id: UUID) -> None:
    """Hold back every registration of an agent until the present act ends."""
    rows("SELECT pg_advisory_xact_lock(hashtextextended('agents ' || %s::text, 0))", [agent_id])


def _note(
    authority: Authority,
    there: AtPlace,
    receipt: Receipt,
    *,
    copies: Sequence[bytes],
    at: dt.datetime,
    on: dt.date,
) -> None:
    role = demand(authority, Power.ENROL)
    facts = _facts(there) | ({"device": str(there.device_id)} if there.device_id else {})
    append_entry(
        authority, verb=Verb.REGISTRATION_TAKEN, role=role, on=on, line_id=receipt.line_id, facts=facts
    )
    taken = Taken(
        entry_id=receipt.entry_id, agent_id=there.agent_id, place_id=there.place_id, staff_id=there.staff_id,
        line_id=receipt.line_id, day=on, at=at,
    )  # fmt: skip
    pattern = pattern_of(
        _unusual(taken, was_seen=_note_likeness(taken, copies), is_suspended=there.is_suspended)
    )
    taken.pattern = pattern.value if pattern else None
    taken.save(force_insert=True)
    if pattern:
        open_case(
            authority, pattern, agent_id=there.agent_id, place_id=there.place_id, line_id=receipt.line_id, role=role,
            on=on,
        )  # fmt: skip


def _unusual(taken: Taken, *, was_seen: bool, is_suspended: bool) -> Unusual:
    since = taken.day - dt.timedelta(days=settings().agents_window_days - 1)
    (found,) = rows(
        sql("agents", "unusual"),
        {"entry": taken.entry_id, "agent": taken.agent_id, "staff": taken.staff_id, "line": taken.line_id,
         "place": taken.place_id, "day": taken.day, "since": since, "at": taken.at,
         "ten_minutes_ago": taken.at - dt.timedelta(minutes=10)},
    )  # fmt: skip
    return Unusual(
        in_ten_minutes=found.in_ten_minutes, most_in_ten_minutes=settings().agents_in_ten_minutes,
        lines_of_person=found.lines_of_person, most_lines_of_person=settings().agents_lines_of_one_person,
        places_today=found.places_today, is_open=is_open(found.hours, at=taken.at.astimezone(clock.zone())),
        copy_was_seen=was_seen, is_suspended=is_suspended,
    )  # fmt: skip


def _note_likeness(taken: Taken, copies: Sequence[bytes]) -> bool:
    """Note how these copies look; tell whether one that looks the same was kept for another line."""
    marks = marks_of(copies)
    if not marks:
        return False
    (found,) = rows(sql("agents", "seen_before"), {"line": taken.line_id, "marks": marks, "alike": ALIKE})
    Likeness.objects.create(line_id=taken.line_id, entry_id=taken.entry_id, taken_on=taken.day, marks=marks)
    return bool(found.seen)


def _facts(there: AtPlace) -> dict[str, str]:
    return {"agent": str(there.agent_id), "place": str(there.place_id)}
