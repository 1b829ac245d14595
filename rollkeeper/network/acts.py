# SPDX-License-Identifier: EUPL-1.2
"""Ask the network for something, push what was asked, and believe only its own read-back.

Order: who is to be restored goes before whoever is to be barred or ended. A chunk is claimed and committed before it
is handed over and written down afterwards; a process killed in between leaves commands whose claim dies with it, and
the next run tries them again under the same keys.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rollkeeper.access.authority import Authority, demand, sweep_authority
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.kernel import clock, server
from rollkeeper.kernel.claims import dead_claims, hold_claim, one_at_a_time
from rollkeeper.kernel.database import Role, act, connect, kept_run, rows, run, sql
from rollkeeper.kernel.ids import CommandId, LineId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.verbs import Verb
from rollkeeper.network.gateways.base import CHUNK, Gateway, Order
from rollkeeper.network.gateways.registry import network_gateway
from rollkeeper.network.kinds import Answer, CommandKind, CommandState, ReadBack
from rollkeeper.network.models import AT_ONCE
from rollkeeper.network.rules import LONGEST_WAIT, Followed, counted, follow
from rollkeeper.vault.acts import open_line_values
from rollkeeper.vault.fields import LineField, Purpose
from rollkeeper.vault.opened import Opened

_CLAIMING: Final = 1  # the matter of kernel.claims.one_at_a_time
_FIRST_THINGS_FIRST: Final = (CommandKind.RESTORE, CommandKind.BAR, CommandKind.END)
_CHUNKS_ONWARDS: Final = 50
"""So many chunks are looked for behind the one before; then from the beginning: somebody may have asked earlier and been seen later."""


@dataclass(slots=True)
class Pushed:
    """What one run did."""

    counts: dict[CommandState, int] = field(default_factory=lambda: dict.fromkeys(CommandState, 0))
    floor_breaks: int = 0
    """Lines on which the network barred emergency, care or registration calls: restored at once."""

    @property
    def total(self) -> int:
        """Return how many commands were looked at."""
        return sum(self.counts.values())


@dataclass(slots=True)
class _Place:
    """Up to where the bars and ends that nobody tried before have been claimed; what is tried again stands behind all of these.

    Restores are always looked for from the beginning.
    """

    behind: dict[CommandKind, int] = field(default_factory=dict)
    chunks: int = 0
    latest: int = 0

    def of(self, kind: CommandKind) -> dict[str, dt.datetime | int | None]:
        position = self.behind.get(kind)
        return {"after_at": None if position is None else AT_ONCE, "after_position": position or 0}

    def passed(self, kind: CommandKind, found: Sequence[Any]) -> None:
        self.chunks += 1
        self.latest = max(self.latest, *(row.position for row in found))
        if self.chunks % _CHUNKS_ONWARDS == 0:
            self.behind.clear()
        elif kind is not CommandKind.RESTORE:
            untried = [row.position for row in found if row.due_at <= AT_ONCE]
            self.behind[kind] = max(untried, default=self.behind.get(kind, 0))

    def has_none(self, kind: CommandKind) -> None:
        if self.latest and kind is not CommandKind.RESTORE:
            self.behind.setdefault(kind, self.latest)


@dataclass(frozen=True, slots=True)
class _Try:
    order: Order
    followed: Followed
    read_back: ReadBack
    tries: int


def ask(line_id: LineId, *, kind: CommandKind, reason: str, at: dt.datetime) -> CommandId:
    """Leave a command for the network in the present transaction; `push_due` carries it out.

    A command takes the place of every older one for the same line that the network has not confirmed.
    Precondition: the caller's act has locked the line and leaves its own ledger entry.
    """
    command_id = CommandId(new_uuid())
    kept_run(
        "INSERT INTO network_command (line_id, command_id, kind, reason, asked_at) VALUES (%s, %s, %s, %s, %s)",
        [line_id, command_id, CommandKind(kind).value, reason, at],
    )
    return command_id


def go_on_far_ahead() -> None:
    """Number the commands to come by the microsecond: younger than any that a restored register has forgotten.

    An element remembers the order that it carried out last, and refuses what is older: whoever was barred after the backup
    would be restored by nothing. As the owner of the register: nobody else chooses the order in which the network hears.
    """
    with connect(server.REGISTER, Role.MIGRATOR) as owner:
        owner.execute(
            "SELECT setval(pg_get_serial_sequence('network_command', 'position'),"
            " greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, nextval(pg_get_serial_sequence('network_command', 'position'))))"
        )


def push_due(
    authority: Authority,
    *,
    on: dt.date,
    limit: int | None = None,
    gateway: Gateway | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> Pushed:
    """Carry out what is due, and confirm only what the network itself says is true.

    On a day on which the desks are shut, or under a stay, nobody is barred or ended for want of registration. `moved` is told
    how many commands each chunk had. Refuses: NotAllowed, NoNetwork.
    Ledger: network:command:confirmed, network:command:failed.
    """
    role = demand(authority, Power.PUSH_COMMANDS)
    network, done, day, place = gateway or network_gateway(), Pushed(), clock.day_by_day(on), _Place()
    _release_dead_claims()
    with hold_claim() as claim:
        while True:
            today = day()
            size = min(CHUNK, CHUNK if limit is None else limit - done.total)
            found = _claim(claim, place, size=size, on=today)
            if not found:
                return done
            mine = [row for row in found if row.claimed_by is not None]
            tries = _try_all(mine, network, on=today)
            _record(authority, role, tries, claim=claim, on=today)
            _count(done, found, tries)
            moved(len(found))


def _release_dead_claims() -> None:
    held = [
        row.claimed_by
        for row in rows("SELECT DISTINCT claimed_by FROM network_command WHERE claimed_by IS NOT NULL")
    ]
    run("UPDATE network_command SET claimed_by = NULL WHERE claimed_by = ANY(%s)", [dead_claims(held)])


def _claim(claim: int, place: _Place, *, size: int, on: dt.date) -> list[Any]:
    """Claim the next chunk of the most pressing kind that has any, behind the one before or, where nothing is left there, anywhere.

    What may not go out on this day is put off to the next one, unclaimed: a long weekend asks once a day for each.
    """
    if size <= 0:
        return []
    desks_open = not is_closed(load_pack(settings().pack), on)
    tomorrow = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), clock.zone())
    while True:
        is_all = not place.behind
        for kind in _FIRST_THINGS_FIRST:
            with act():
                one_at_a_time(_CLAIMING)
                # Looked for in each turn, and once it has come: a stay may have been entered meanwhile.
                is_open = desks_open and not rows("SELECT FROM network_rest WHERE days @> %s", [on])
                values = {
                    "kind": kind.value, "now": clock.now(), "chunk": size, "claim": claim, "is_open": is_open,
                    "tomorrow": max(tomorrow, clock.now() + dt.timedelta(minutes=1)),
                }  # fmt: skip
                found = rows(sql("network", "claim_commands"), values | place.of(kind))
            if found:
                place.passed(kind, found)
                return found
            place.has_none(kind)
        if is_all:
            return []
        place.behind.clear()


def _try_all(found: Sequence[Any], network: Gateway, *, on: dt.date) -> list[_Try]:
    """Ask what came true of what was handed over before, hand over the rest, and ask what is true of that.

    What may not go out today is asked for alone: an element may do late what it took yesterday, and shut more than it may.
    """
    orders = _orders(found, network, on=on)
    may_go = {row.command_id for row in found if row.may_go}
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
        _judge(one, answers.get(one.key), said[one.key], tries=row.attempts, may_go=row.may_go)
        for one, row in zip(orders, found, strict=True)
    ]


def _ask_for(network: Gateway, orders: Sequence[Order]) -> dict[CommandId, ReadBack]:
    if not orders:
        return {}
    return dict(
        zip([one.key for one in orders], network.read_back([one.line_id for one in orders]), strict=True)
    )


def _judge(order: Order, answer: Answer | None, read_back: ReadBack, *, tries: int, may_go: bool) -> _Try:
    most = settings().network_tries
    followed = follow(order.kind, answer=answer, read_back=read_back, tries=tries, most_tries=most)
    if not may_go and followed.wait is not None:
        followed = replace(followed, wait=LONGEST_WAIT)
    return _Try(order, followed, read_back, counted(tries, answer=answer, most_tries=most))


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
        )
        for row in found
    ]


def _numbers(found: Sequence[Any], *, on: dt.date) -> dict[LineId, Opened]:
    """Open the numbers of these lines, each with its ledger entry; an erased one is left out."""
    sealed = {row.line_id: bytes(row.number_sealed) for row in found if row.number_sealed is not None}
    opened = open_line_values(
        sweep_authority(), LineField.NUMBER, list(sealed.items()), purpose=Purpose.NETWORK, on=on
    )
    return {line_id: value for line_id, value in zip(sealed, opened, strict=True) if value.is_readable}


def _record(authority: Authority, role: StaffRole, tries: Sequence[_Try], *, claim: int, on: dt.date) -> None:
    now = clock.now()
    with act():
        run(
            sql("network", "record_tries"),
            {
                "line_ids": [one.order.line_id for one in tries],
                "command_ids": [one.order.key for one in tries],
                "states": [one.followed.state.value for one in tries],
                "read_backs": [one.read_back.value for one in tries],
                "tries": [one.tries for one in tries],
                "next_try_ats": [now + (one.followed.wait or dt.timedelta()) for one in tries],
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
        if broken := [one.order.line_id for one in tries if one.followed.must_lift]:
            run(sql("network", "lift_floor_breaks"), {"line_ids": broken, "now": now})


def _count(done: Pushed, found: Sequence[Any], tries: Sequence[_Try]) -> None:
    for row in found:
        if row.claimed_by is None:
            done.counts[CommandState(row.state)] += 1
    for one in tries:
        done.counts[one.followed.state] += 1
        done.floor_breaks += one.followed.must_lift
