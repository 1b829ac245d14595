# SPDX-License-Identifier: EUPL-1.2
"""The state of commands, and where register and network differ."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.provisioning.choices import CommandKind, CommandState, ReadBack
from rollkeeper.provisioning.gateways.base import CHUNK, Gateway
from rollkeeper.provisioning.gateways.registry import has_network, name_of_elements, network_gateway


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many commands of one kind are in one state, and when the oldest of them was asked for."""

    kind: CommandKind
    state: CommandState
    count: int
    oldest_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One line about which register and network say different things."""

    line_id: LineId
    register_says: ReadBack
    network_says: ReadBack
    since: dt.datetime | None
    """When a command for the line was last requested, delivered or not; None if never."""
    is_under_way: bool
    """A command for the line is still being tried."""


@dataclass(slots=True)
class Reconciliation:
    """The result of a line-by-line comparison, the oldest first."""

    differences: list[Difference] = field(default_factory=list)
    never_commanded: list[Difference] = field(default_factory=list)
    """If requested: active lines for which the network never received a command and reports nothing. An element that only keeps its
    orders reports nothing for a line before its first order, which can be nearly all lines. That does no harm, but it is no proof of
    agreement.
    """
    never_commanded_count: int = 0
    line_count: int = 0

    @property
    def floor_breaks(self) -> list[LineId]:
        """Return the lines in use on which emergency, care or registration calls are barred and no command is being tried."""
        return [
            one.line_id
            for one in self.differences
            if one.network_says is ReadBack.FLOOR_MISSING
            and one.register_says is not ReadBack.ABSENT
            and not one.is_under_way
        ]

    @property
    def out_of_service(self) -> list[LineId]:
        """Return the lines that are in service in the register but not in the network, while no command is being tried.

        A line counts too if the network reports nothing after an order: an element that forgot it may know its number as that of an
        older, barred line.
        """
        return [
            one.line_id
            for one in self.differences
            if one.register_says is ReadBack.OPEN
            and one.network_says in {ReadBack.BARRED, ReadBack.PARTLY, ReadBack.ABSENT, ReadBack.UNKNOWN}
            and not one.is_under_way
        ]

    @property
    def oldest_at(self) -> dt.datetime | None:
        """Return when the command of the oldest difference was requested."""
        return self.differences[0].since if self.differences else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The stored result of the last comparison: counts, and when the command of the oldest difference was requested."""

    compared_at: dt.datetime
    line_count: int
    difference_count: int
    never_commanded_count: int
    oldest_at: dt.datetime | None


def state_counts() -> list[StateCount]:
    """Count the commands by kind and state."""
    return [
        StateCount(CommandKind(row.kind), CommandState(row.state), row.count, row.oldest_at)
        for row in rows(sql("provisioning", "state_counts"))
    ]


@dataclass(frozen=True, slots=True)
class WaitingElements:
    """How many commands some elements have not carried out although they were tried, and when the oldest was requested."""

    elements: str
    count: int
    oldest_at: dt.datetime


def find_waiting_elements(*, before: dt.datetime) -> list[WaitingElements]:
    """Return the elements that have not carried out commands that were requested before an instant."""
    found: dict[str, WaitingElements] = {}
    for row in rows(sql("provisioning", "waiting_by_service"), {"before": before, "now": clock.now()}):
        name = name_of_elements(row.service)
        so_far = found.get(name, WaitingElements(name, 0, row.oldest_at))
        found[name] = WaitingElements(name, so_far.count + row.count, min(so_far.oldest_at, row.oldest_at))
    return list(found.values())


def count_due() -> int:
    """Count the commands that a run would look at now."""
    (row,) = rows(
        "SELECT count(*) AS due FROM provisioning_command"
        " WHERE state IN ('waiting', 'sent') AND next_try_at <= %s AND claimed_by IS NULL",
        [clock.now()],
    )
    return int(row.due)


def reconcile(
    *,
    gateway: Gateway | None = None,
    lists_never_commanded: bool = False,
    moved: Callable[[int], None] = lambda _: None,
) -> Reconciliation:
    """Ask the network about every line and return where it differs. Refuses: NO_NETWORK.

    A suspended line that the network does not know is a difference, with or without a command: nothing proves that it is barred,
    or that its emergency calls go through. A terminated line can be a difference only if there was a command for it.
    """
    network, found = gateway or network_gateway(), Reconciliation()
    for page in _pages():
        bars = {
            row.line_id: Bars(row.bars)
            for row in page
            if row.wanted == ReadBack.BARRED and row.bars is not None
        }
        said = network.read_back([row.line_id for row in page], bars=bars)
        for row, says in zip(page, said, strict=True):
            _judge(row, says, found, lists_never_commanded=lists_never_commanded)
        moved(len(page))
    found.differences.sort(key=age)
    found.never_commanded.sort(key=age)
    return found


def _judge(row: Any, says: ReadBack, found: Reconciliation, *, lists_never_commanded: bool) -> None:
    found.line_count += 1
    if _is_never_commanded(row, says):
        found.never_commanded_count += 1
        if lists_never_commanded:
            found.never_commanded.append(_difference(row, says))
    elif _differs(row, says):
        found.differences.append(_difference(row, says))


def still_served(line_ids: Collection[LineId]) -> set[LineId]:
    """Return the terminated lines among these that the network has not proved out of service; none if there is no network."""
    if not line_ids or not has_network():
        return set()
    found = rows(
        "SELECT DISTINCT line_id FROM provisioning_command"
        " WHERE line_id = ANY(%s) AND kind = 'terminate' AND state IN ('waiting', 'sent', 'failed')",
        [list(line_ids)],
    )
    return {LineId(row.line_id) for row in found}


def last_comparison() -> Comparison | None:
    """Return the result of the last comparison; None if there was none yet."""
    found = rows("SELECT * FROM provisioning_comparison ORDER BY compared_at DESC LIMIT 1")
    return Comparison(**found[0]._asdict()) if found else None


def age(one: Difference) -> tuple[dt.datetime, LineId]:
    """Return the key by which differences are sorted: the oldest first, lines without any command last."""
    return one.since or dt.datetime.max.replace(tzinfo=dt.UTC), one.line_id


def count_lines() -> int:
    """Count the lines that `reconcile` asks about."""
    (row,) = rows("SELECT count(*) AS lines FROM lines_line WHERE state <> 'released'")
    return int(row.lines)


def _pages() -> Iterator[list[Any]]:
    after = UUID(int=0)
    while page := rows(
        sql("provisioning", "lines_to_compare"), {"after": after, "page": CHUNK, "now": clock.now()}
    ):
        yield page
        after = page[-1].line_id


def _is_never_commanded(row: Any, says: ReadBack) -> bool:
    return row.wanted == ReadBack.OPEN and says is ReadBack.UNKNOWN and not row.had_command


def _differs(row: Any, says: ReadBack) -> bool:
    if row.wanted == ReadBack.ABSENT and not row.had_command:
        return False
    return bool(row.wanted != says)


def _difference(row: Any, says: ReadBack) -> Difference:
    return Difference(LineId(row.line_id), ReadBack(row.wanted), says, row.requested_at, row.is_under_way)
