# SPDX-License-Identifier: EUPL-1.2
"""Mobile lines and data cards in an Osmocom HLR: which services the subscriber's own network grants a SIM.

The HLR has two switches a subscriber: circuit-switched (calls, SMS) and packet-switched (data). A phone whose circuit switch is
off can still call 112, like one without a SIM; but the care number, registration and call-backs from the emergency centre fail.
So a bar keeps it on and removes only data; calls are barred where they are routed, in the SIP core behind the MSC
(`rollkeeper.provisioning.gateways.kamailio`), which knows what is dialled. The settings require both for `mobile`.

| order   | circuit-switched | packet-switched | number       |
|---------|------------------|-----------------|--------------|
| bar     | on               | off             | stays        |
| bar that leaves data, restore | as before | as before | stays |
| end     | off              | off             | taken away   |

What the HLR granted before the bar is kept (`fence.OwnGrants`) and given back: restoring gives a calls-only line no data, and a
data card no calls. Both are switched on if earlier grants are unknown or empty; but data alone never results from our bars, so a
data card keeps it. Restoring a line that is not barred removes nothing.

Services are switched by the terminal (VTY), since only its command tells the SGSN and the MSC that a service was removed; everything
else goes by the control interface. The message to the SGSN names no domain, and OsmoSGSN 1.13 answers that it is not supported:
an attached phone keeps its data until its next update (`docs/provisioning.md`). After the first order a line is asked for by the
HLR's own row number, so that a read-back opens no telephone number. The HLR gives the number of a deleted row to the
next card: so a mark of the card is kept with the row number.
"""

import hashlib
from collections.abc import Sequence
from sqlite3 import OperationalError
from typing import Final

import phonenumbers

from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.settings import data_dir
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import NOTHING_LEFT, Order, Wanted, compared
from rollkeeper.provisioning.gateways.fence import Fence, HeldFence, LastOrder, OwnGrants
from rollkeeper.provisioning.gateways.osmo_wire import Control, NotUnderstood, Terminal
from rollkeeper.provisioning.settings import settings

_CALLS, _DATA, _BOTH, _NONE = "cs", "ps", "cs+ps", "none"
_MODES: Final = {("1", "1"): _BOTH, ("1", "0"): _CALLS, ("0", "1"): _DATA, ("0", "0"): _NONE}
_GONE: Final = "0"
"""The place of a line that was here and is no longer: no row of the HLR has this number."""
_AWAY: Final = (OSError, NotUnderstood, OperationalError)


class OsmoHlr:
    """The gateway to one HLR."""

    needs_number = True

    def __init__(self, *, control: str, terminal: str, fence: Fence, patience_s: float = 5) -> None:
        self._control, self._terminal, self._patience_s = control, terminal, patience_s
        self._fence = fence

    @classmethod
    def of_this_instance(cls) -> "OsmoHlr":
        """Return the HLR that the settings name."""
        chosen = settings().hlr
        return cls(
            control=str(chosen.ctrl),
            terminal=str(chosen.vty),
            fence=Fence(data_dir() / "network" / "osmo-hlr.sqlite"),
        )

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Carry out a chunk over one pair of connections; what is left when they break is for later."""
        answers: list[Answer] = []
        try:
            with Control(self._control, patience_s=self._patience_s) as control:
                _record_own_grants(orders, self._fence, control)
            with (
                self._fence.held() as fence,
                Control(self._control, patience_s=self._patience_s) as control,
                Terminal(self._terminal, patience_s=self._patience_s) as terminal,
            ):
                for order in orders:
                    answers.append(_carry_out(order, fence, control, terminal))  # noqa: PERF401
        except _AWAY:
            pass
        return answers + [Answer.RETRY] * (len(orders) - len(answers))

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        """Ask for each line by the row in which it was found."""
        said: list[ReadBack] = []
        try:
            with Control(self._control, patience_s=self._patience_s) as control:
                known = zip(self._fence.last_order(lines), self._fence.own(lines), strict=True)
                said.extend(
                    _state(line, *of_it, control, wanted=bars.get(line, Bars.ALL) & Bars.DATA)
                    for line, of_it in zip(lines, known, strict=True)
                )
        except _AWAY:
            pass
        return said + [ReadBack.UNKNOWN] * (len(lines) - len(said))


def _record_own_grants(orders: Sequence[Order], fence: Fence, control: Control) -> None:
    """Save each line's own grants before some are removed. Grants already saved stay as recorded."""
    taking = [order for order in orders if order.kind is not CommandKind.RESTORE]
    lines = [order.line_id for order in taking]
    grants: dict[LineId, str] = {}
    for order, last_order, own in zip(taking, fence.last_order(lines), fence.own(lines), strict=True):
        if (own and own.is_withdrawn) or (last_order and last_order.sequence > order.sequence):
            continue
        row = _row(order, last_order, control)
        mode = _mode(row) if row else _NONE
        # An order from before grants were saved: calls alone are what an earlier bar has left.
        if mode != _NONE and not (last_order and own is None and mode == _CALLS):
            grants[order.line_id] = mode
    if grants:
        fence.save_own_grants(grants)


def _carry_out(order: Order, fence: HeldFence, control: Control, terminal: Terminal) -> Answer:
    last_order = fence.last_order(order.line_id)
    if last_order and last_order.sequence > order.sequence:
        return Answer.REFUSED
    row = _row(order, last_order, control)
    if row is None:
        if order.kind is not CommandKind.TERMINATE:
            return Answer.REFUSED
        fence.keep(order.line_id, LastOrder(order.sequence, _GONE if last_order and last_order.place else ""))
        return Answer.ACCEPTED
    mode = _mode(row)
    if order.kind is CommandKind.RESTORE and order.service == "data_card" and mode == _DATA:
        fence.record_own_grants(order.line_id, _DATA)
    terminal.do(f"subscriber id {row['id']} update network-access-mode {_wanted(order, mode, fence)}")
    digits = len(row.get("msisdn", "")) or (last_order.digits if last_order else 0)
    _set_number(order, row, digits, control)
    fence.keep(order.line_id, LastOrder(order.sequence, row["id"], _mark(order.line_id, row), digits))
    if _leaves_data(order):
        fence.mark_restored(order.line_id)
    return Answer.ACCEPTED


def _leaves_data(order: Order) -> bool:
    """Tell whether an order removes nothing that the HLR switches: a restore, or a stage of the law that leaves data."""
    return order.kind is CommandKind.RESTORE or (
        order.kind is CommandKind.BAR and not order.bars_of(Bars.DATA)
    )


def _wanted(order: Order, mode: str, fence: HeldFence) -> str:
    if order.kind is CommandKind.TERMINATE:
        return _NONE
    if not _leaves_data(order):
        return _CALLS
    own = fence.own(order.line_id)
    if own and (own.is_withdrawn or mode in {_NONE, own.grants}):
        return own.grants
    return _BOTH  # nothing is known; or nothing was removed, so it may have what it had and what it has now


def _mode(info: dict[str, str]) -> str:
    """Return what a subscriber may use. Raises NotUnderstood."""
    try:
        return _MODES[info["nam_cs"], info["nam_ps"]]
    except KeyError:
        raise NotUnderstood from None


def _row(order: Order, last_order: LastOrder | None, control: Control) -> dict[str, str] | None:
    """Return the row of the line: by its number, since a new SIM is a new row; by its known place if the row has no number.

    A row that has another number now, or whose id the HLR gave to another SIM, belongs to another subscriber.
    """
    digits = _digits(order)
    for form in _forms(digits):
        if found := control.info(f"msisdn-{form}"):
            return found
    known = _known(order.line_id, last_order, control)
    return known if known and not (digits and "msisdn" in known) else None


def _known(line: LineId, last_order: LastOrder | None, control: Control) -> dict[str, str] | None:
    """Return the row in which a line was found, unless the HLR gave its place to another card."""
    row = control.info(f"id-{last_order.place}") if last_order and last_order.place else None
    return row if row and last_order and last_order.mark in {"", _mark(line, row)} else None


def _mark(line: LineId, row: dict[str, str]) -> str:
    """Return a mark of a card: short, so that it does not reveal the card, and different for each line."""
    return hashlib.sha256(f"{line} {row.get('imsi')}".encode()).hexdigest()[:4]


def _forms(digits: str) -> list[str]:
    """Return how the HLR may write a number: with its country code, and without."""
    try:
        national = phonenumbers.national_significant_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        national = digits
    return list(dict.fromkeys([digits, national])) if digits else []


def _set_number(order: Order, row: dict[str, str], digits: int, control: Control) -> None:
    """Remove the number from a terminated line; give it back, with the same number of digits as before, if it has none."""
    ends, has_number = order.kind is CommandKind.TERMINATE, "msisdn" in row
    wanted = "none" if ends else _digits(order)[-digits:]
    if wanted and ends is has_number:
        control.set(f"id-{row['id']}.msisdn", wanted)


def _digits(order: Order) -> str:
    number = order.number.reveal().removeprefix("+") if order.number is not None else ""
    return number if number.isascii() and number.isdecimal() and len(number) <= 15 else ""


def _state(
    line: LineId, last_order: LastOrder | None, own: OwnGrants | None, control: Control, *, wanted: Bars
) -> ReadBack:
    if last_order is None or not last_order.place:
        return ReadBack.UNKNOWN  # never found here: it may exist under a number that is written differently
    info = _known(line, last_order, control)
    if info is None:
        return ReadBack.ABSENT
    mode, has_number = _mode(info), "msisdn" in info
    if has_number and own and not own.is_withdrawn and mode == own.grants:
        return compared(Bars(0), wanted)
    if mode in (_DATA, _NONE):
        # Terminated; otherwise calls to care and registration fail, which no bar may take away.
        return ReadBack.ABSENT if mode == _NONE and not has_number else ReadBack.FLOOR_MISSING
    if not has_number:
        return ReadBack.PARTLY
    return compared(Bars(0) if mode == _BOTH else Bars.DATA, wanted)
