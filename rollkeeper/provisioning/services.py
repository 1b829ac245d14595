# SPDX-License-Identifier: EUPL-1.2
"""Queues commands, pushes them to the network, and believes only the network's own read-back.

Restore commands have priority over bar and terminate. A chunk is claimed and committed before it is delivered and recorded
afterwards; a process killed in between leaves commands whose claim dies with it, and the next run tries them again under the same
keys.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rollkeeper.access.authority import Authority, require, worker_authority
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.claims import hold_claim, release_dead_claims, serialize_on
from rollkeeper.kernel.database import Role, action, connect, prepared_rows, prepared_run, rows, run, sql
from rollkeeper.kernel.ids import CommandId, LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.provisioning.choices import Answer, CommandKind, CommandState, ReadBack
from rollkeeper.provisioning.gateways.base import CHUNK, Gateway, Order
from rollkeeper.provisioning.gateways.registry import all_services, network_gateway
from rollkeeper.provisioning.hooks import RESTING_BATCHES
from rollkeeper.provisioning.models import IMMEDIATELY
from rollkeeper.provisioning.rules import LONGEST_WAIT, Transition, counted_tries, next_state
from rollkeeper.provisioning.settings import settings
from rollkeeper.vault.fields import LineField, Purpose
from rollkeeper.vault.secret_value import SecretValue
from rollkeeper.vault.services import open_line_values

_FIRST_THINGS_FIRST: Final = (CommandKind.RESTORE, CommandKind.BAR, CommandKind.TERMINATE)
_CHUNKS_ONWARDS: Final = 50
"""This many chunks are searched, each after the previous one; then the search begins again, because an earlier command may have
become visible later.
"""


@dataclass(slots=True)
class PushResult:
    """The result of one run."""

    counts: dict[CommandState, int] = field(default_factory=lambda: dict.fromkeys(CommandState, 0))
    floor_breaks: int = 0
    """Lines on which the network barred emergency, care or registration calls: restored at once."""

    @property
    def total(self) -> int:
        """Return how many commands were looked at."""
        return sum(self.counts.values())


@dataclass(slots=True)
class _ClaimPosition:
    """Up to which position untried bars and terminations have been claimed; retries come after all of these.

    Restores are always looked for from the beginning.
    """

    services: Sequence[str]
    behind: dict[CommandKind, int] = field(default_factory=dict)
    chunks: int = 0
    latest: int = 0

    def of(self, kind: CommandKind) -> dict[str, dt.datetime | int | None]:
        position = self.behind.get(kind)
        return {"after_at": None if position is None else IMMEDIATELY, "after_position": position or 0}

    def passed(self, kind: CommandKind, found: Sequence[Any]) -> None:
        self.chunks += 1
        self.latest = max(self.latest, *(row.position for row in found))
        if self.chunks % _CHUNKS_ONWARDS == 0:
            self.behind.clear()
        elif kind is not CommandKind.RESTORE:
            untried = [row.position for row in found if row.due_at <= IMMEDIATELY]
            self.behind[kind] = max(untried, default=self.behind.get(kind, 0))

    def has_none(self, kind: CommandKind) -> None:
        if self.latest and kind is not CommandKind.RESTORE:
            self.behind.setdefault(kind, self.latest)


@dataclass(frozen=True, slots=True)
class _Try:
    order: Order
    transition: Transition
    read_back: ReadBack
    tries: int


def queue_command(line_id: LineId, *, kind: CommandKind, reason: str, at: dt.datetime) -> CommandId:
    """Queue a command for the network in the present transaction; `push_due` carries it out.

    A command takes the place of every older command for the same line that the network has not confirmed.
    Precondition: the caller's action has locked the line and leaves its own ledger entry.
    """
    command_id = CommandId(new_uuid())
    prepared_run(
        "INSERT INTO provisioning_command (line_id, command_id, kind, reason, requested_at) VALUES (%s, %s, %s, %s, %s)",
        [line_id, command_id, CommandKind(kind).value, reason, at],
    )
    return command_id


def advance_command_sequence() -> None:
    """Number future commands from the present microsecond on, above all commands that a restored register has forgotten.

    An element remembers its last order and refuses older ones: with lower numbers, lines barred after the backup could not be restored.
    Runs as the owner of the register: no other role sets the order of commands.
    """
    with connect(stores.REGISTER, Role.MIGRATOR) as owner:
        owner.execute(
            "SELECT setval(pg_get_serial_sequence('provisioning_command', 'position'),"
            " greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, nextval(pg_get_serial_sequence('provisioning_command', 'position'))))"
        )


def push_due(
    authority: Authority,
    *,
    on: dt.date,
    limit: int | None = None,
    gateway: Gateway | None = None,
    services: Sequence[str] | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> PushResult:
    """Carry out the commands that are due, and confirm only those that the network's own read-back proves.

    On a day on which counters are closed, or under a stay, no line is barred or terminated for a missing registration. `moved` is
    called with the number of commands in each chunk. `services` limits it to the lines of some elements, so that these wait for no
    other. Refuses: NOT_ALLOWED, NO_NETWORK. Ledger: provisioning:command:confirmed, provisioning:command:failed.
    """
    role = require(authority, Permission.RUN_PROVISIONING)
    network, done, day, position = (
        gateway or network_gateway(services),
        PushResult(),
        clock.advancing_day(on),
        _ClaimPosition(all_services() if services is None else services),
    )
    release_dead_claims("provisioning_command")
    pull_back_restores()
    with hold_claim() as claim:
        while True:
            today = day()
            size = min(CHUNK, CHUNK if limit is None else limit - done.total)
            found = _claim(claim, position, size=size, on=today)
            if not found:
                return done
            mine = [row for row in found if row.claimed_by is not None]
            tries = _try_all(mine, network, on=today)
            _record(authority, role, tries, claim=claim, on=today)
            _count(done, found, tries)
            moved(len(found))


def pull_back_restores() -> int:
    """Make restores due that a clock that was ahead put off by more than the longest wait; return how many."""
    return run(sql("provisioning", "pull_back_restores"), {"now": clock.now(), "latest": latest_try()})


def latest_try() -> dt.datetime:
    """Return the latest instant at which a restore command may be tried next."""
    return clock.now() + LONGEST_WAIT


def _claim(claim: int, position: _ClaimPosition, *, size: int, on: dt.date) -> list[Any]:
    """Claim the next chunk of the most urgent kind of which commands are due: behind the last chunk, or anywhere if none is left there.

    Commands that may not be sent on this day are postponed to the next day without a claim: on a long weekend each is read once a day.
    """
    if size <= 0:
        return []
    pack = load_pack(instance().pack)
    desks_open, by_law = not is_closed(pack, on), may_act(pack, Act.SUSPEND, on=on)
    tomorrow = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), clock.zone())
    while True:
        is_all = not position.behind
        for kind in _FIRST_THINGS_FIRST:
            if not _may_find(kind, position):
                position.has_none(kind)
                continue
            with action():
                serialize_on("command")
                # Read in each turn, under the lock: a stay may have been entered meanwhile.
                is_open = desks_open and not rows("SELECT FROM provisioning_closedday WHERE days @> %s", [on])
                resting = [rest for one in RESTING_BATCHES.each() if (rest := one(on)) is not None]
                values = {
                    "kind": kind.value, "now": clock.now(), "chunk": size, "claim": claim, "is_open": is_open, "by_law": by_law,
                    "some_rest": bool(resting), "resting": [batch for rest in resting for batch in rest],
                    "tomorrow": max(tomorrow, clock.now() + dt.timedelta(minutes=1)), "services": list(position.services),
                }  # fmt: skip
                found = rows(sql("provisioning", "claim_commands"), values | position.of(kind))
            if found:
                position.passed(kind, found)
                return found
            position.has_none(kind)
        if is_all:
            return []
        position.behind.clear()


def _may_find(kind: CommandKind, position: _ClaimPosition) -> bool:
    """Tell whether a command of this kind is due: usually none is, and claiming nothing costs as much as claiming a chunk."""
    return bool(
        prepared_rows(
            "SELECT FROM unnest(%(services)s::text[]) AS asked (service) CROSS JOIN LATERAL ("
            " SELECT FROM provisioning_command c WHERE c.state IN ('waiting', 'sent') AND c.kind = %(kind)s AND c.service = asked.service"
            " AND c.next_try_at <= %(now)s AND c.claimed_by IS NULL"
            " AND (c.next_try_at, c.position) > (coalesce(%(after_at)s::timestamptz, '-infinity'), %(after_position)s)"
            " ORDER BY c.next_try_at, c.position LIMIT 1) AS c LIMIT 1",
            {"kind": kind.value, "now": clock.now(), "services": list(position.services)} | position.of(kind),
        )
    )


def _try_all(found: Sequence[Any], network: Gateway, *, on: dt.date) -> list[_Try]:
    """Read back the commands that were delivered before, hand over the unproven ones, and read those back.

    Commands that may not be sent today are only read back: an element may carry out today what it accepted yesterday, and bar more
    than it may.
    """
    orders = _orders(found, network, on=on)
    # Without the country's emergency numbers no element can be asked whether it still puts them through.
    pack = load_pack(instance().pack)
    may_go = {
        row.command_id
        for row in found
        if row.may_go
        and (pack.has_emergency_numbers or row.kind != CommandKind.BAR)
        and (row.is_lawful or row.kind == CommandKind.RESTORE or row.reason != SuspensionReason.REGISTRATION)
    }
    before = [
        one
        for one, row in zip(orders, found, strict=True)
        if row.state == CommandState.SENT or one.key not in may_go
    ]
    said = _ask_for(network, before)
    unproven = [one for one in orders if one.key in may_go and said.get(one.key) is not one.kind.proof]
    answers = (
        dict(zip([one.key for one in unproven], network.push(unproven), strict=True)) if unproven else {}
    )
    said |= _ask_for(network, unproven)
    return [
        _judge(one, answers.get(one.key), said[one.key], tries=row.attempts, may_go=one.key in may_go)
        for one, row in zip(orders, found, strict=True)
    ]


def _ask_for(network: Gateway, orders: Sequence[Order]) -> dict[CommandId, ReadBack]:
    if not orders:
        return {}
    return dict(
        zip(
            [one.key for one in orders],
            network.read_back(
                [one.line_id for one in orders],
                bars={one.line_id: one.bars for one in orders if one.kind is CommandKind.BAR},
            ),
            strict=True,
        )
    )


def _judge(order: Order, answer: Answer | None, read_back: ReadBack, *, tries: int, may_go: bool) -> _Try:
    most = settings().tries
    transition = next_state(order.kind, answer=answer, read_back=read_back, tries=tries, max_tries=most)
    if not may_go and transition.wait is not None:
        transition = replace(transition, wait=LONGEST_WAIT)
    return _Try(order, transition, read_back, counted_tries(tries, answer=answer, max_tries=most))


def _orders(found: Sequence[Any], network: Gateway, *, on: dt.date) -> list[Order]:
    numbers = _numbers(found, on=on) if network.needs_number else {}
    return [
        Order(
            line_id=row.line_id,
            key=row.command_id,
            kind=CommandKind(row.kind),
            reason=row.reason,
            sequence=row.position,
            number=numbers.get(row.line_id),
            service=row.service,
            bars=Bars(row.bars),
        )
        for row in found
    ]


def _numbers(found: Sequence[Any], *, on: dt.date) -> dict[LineId, SecretValue]:
    """Open the numbers of these lines, each with its ledger entry; an erased one is left out."""
    sealed = {row.line_id: bytes(row.number_sealed) for row in found if row.number_sealed is not None}
    opened = open_line_values(
        worker_authority(), LineField.NUMBER, list(sealed.items()), purpose=Purpose.NETWORK, on=on
    )
    return {line_id: value for line_id, value in zip(sealed, opened, strict=True) if value.is_readable}


def _record(authority: Authority, role: StaffRole, tries: Sequence[_Try], *, claim: int, on: dt.date) -> None:
    now = clock.now()
    with action():
        run(
            sql("provisioning", "record_tries"),
            {
                "line_ids": [one.order.line_id for one in tries],
                "command_ids": [one.order.key for one in tries],
                "states": [one.transition.state.value for one in tries],
                "read_backs": [one.read_back.value for one in tries],
                "tries": [one.tries for one in tries],
                "next_try_ats": [now + (one.transition.wait or dt.timedelta()) for one in tries],
                "claim": claim,
                "now": now,
                "on": on,
                "zone": str(clock.zone()),
                "role": role.value,
                "actor": authority.commitment,
                "staff_id": authority.staff_id,
                "confirmed": Verb.COMMAND_CONFIRMED.value,
                "failed": Verb.COMMAND_FAILED.value,
            },
        )
        if broken := [one.order.line_id for one in tries if one.transition.must_restore]:
            run(sql("provisioning", "restore_floor_breaks"), {"line_ids": broken, "now": now})


def _count(done: PushResult, found: Sequence[Any], tries: Sequence[_Try]) -> None:
    for row in found:
        if row.claimed_by is None:
            done.counts[CommandState(row.state)] += 1
    for one in tries:
        done.counts[one.transition.state] += 1
        done.floor_breaks += one.transition.must_restore
