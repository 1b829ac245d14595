# SPDX-License-Identifier: EUPL-1.2
"""Mobile lines and data cards in an Osmocom HLR: which services the home network grants a SIM.

The HLR has two switches a subscriber: circuit-switched (calls, SMS) and packet-switched (data). A phone whose circuit
switch is off can still call 112, like one without a SIM; the care number, registration and the centre's call back are
lost to it. So a bar leaves it on and takes data alone away; calls are barred where they are routed, in the SIP core
behind the MSC (`rollkeeper.network.kamailio`), which knows what is dialled. The settings demand both for `mobile`.

| order   | circuit-switched | packet-switched | number       |
|---------|------------------|-----------------|--------------|
| bar     | on               | off             | stays        |
| restore | as before        | as before       | stays        |
| end     | off              | off             | taken away   |

What the HLR granted before the bar is kept (`fence.Own`) and given back: a line of calls alone gets no data by being
restored, a card of data alone no calls. Both are on where nothing is known of before, or where nothing was granted.

Services are switched by the terminal (VTY), since only its command tells the SGSN and the MSC at once to drop who is
attached; all else goes by the control interface. After the first order a line is asked for by the HLR's own row
number, so that a read-back opens no telephone number.
"""

from collections.abc import Sequence
from sqlite3 import OperationalError
from typing import Final

from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.settings import home, settings
from rollkeeper.network.fence import Fence, HeldFence, Own, Told
from rollkeeper.network.gateways import Order
from rollkeeper.network.kinds import Answer, CommandKind, ReadBack
from rollkeeper.network.osmo_wire import Control, NotUnderstood, Terminal

_CALLS, _DATA, _BOTH, _NONE = "cs", "ps", "cs+ps", "none"
_MODES: Final = {("1", "1"): _BOTH, ("1", "0"): _CALLS, ("0", "1"): _DATA, ("0", "0"): _NONE}
_AWAY: Final = (OSError, NotUnderstood, OperationalError)


class OsmoHlr:
    """The gateway to one HLR."""

    needs_number = True

    def __init__(self, *, control: str, terminal: str, fence: Fence, patience_s: float = 5) -> None:
        self._control, self._terminal, self._patience_s = control, terminal, patience_s
        self._fence = fence

    @classmethod
    def of_this_home(cls) -> "OsmoHlr":
        """Return the HLR that the settings name."""
        chosen = settings()
        return cls(
            control=str(chosen.network_hlr_control),
            terminal=str(chosen.network_hlr_terminal),
            fence=Fence(home() / "network" / "osmo-hlr.sqlite"),
        )

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Carry out a chunk over one pair of connections; whatever is left when they break is for later."""
        answers: list[Answer] = []
        try:
            with Control(self._control, patience_s=self._patience_s) as control:
                _note_own(orders, self._fence, control)
            with (
                self._fence.held() as fence,
                Control(self._control, patience_s=self._patience_s) as control,
                Terminal(self._terminal, patience_s=self._patience_s) as terminal,
            ):
                for order in orders:
                    answers.append(_carry_out(order, fence, control, terminal))  # noqa: PERF401
        except _AWAY:
            pass
        return answers + [Answer.LATER] * (len(orders) - len(answers))

    def read_back(self, lines: Sequence[LineId]) -> list[ReadBack]:
        """Ask for each line by the row in which it was found."""
        said: list[ReadBack] = []
        try:
            with Control(self._control, patience_s=self._patience_s) as control:
                known = zip(self._fence.told(lines), self._fence.own(lines), strict=True)
                said.extend(_state(told, own, control) for told, own in known)
        except _AWAY:
            pass
        return said + [ReadBack.UNKNOWN] * (len(lines) - len(said))


def _note_own(orders: Sequence[Order], fence: Fence, control: Control) -> None:
    """Keep what each line has by itself before some of it is taken. Whatever is taken already stays as it was noted."""
    taking = [order for order in orders if order.kind is not CommandKind.RESTORE]
    lines = [order.line_id for order in taking]
    grants: dict[LineId, str] = {}
    for order, told, own in zip(taking, fence.told(lines), fence.own(lines), strict=True):
        if (own and own.is_taken) or (told and told.sequence > order.sequence):
            continue
        place = _place(order, told, control)
        info = control.info(f"id-{place}") if place else None
        mode = _mode(info) if info else _NONE
        # Told before this was kept: calls alone are what an earlier bar has left.
        if mode != _NONE and not (told and own is None and mode == _CALLS):
            grants[order.line_id] = mode
    if grants:
        fence.keep_own(grants)


def _carry_out(order: Order, fence: HeldFence, control: Control, terminal: Terminal) -> Answer:
    told = fence.told(order.line_id)
    if told and told.sequence > order.sequence:
        return Answer.REFUSED
    place = _place(order, told, control)
    if not place and order.kind is not CommandKind.END:
        return Answer.REFUSED
    if place:
        terminal.do(f"subscriber id {place} update network-access-mode {_wanted(order, fence)}")
        _set_number(order, place, control)
    fence.keep(order.line_id, Told(order.sequence, place))
    if order.kind is CommandKind.RESTORE:
        fence.give_back(order.line_id)
    return Answer.TAKEN


def _wanted(order: Order, fence: HeldFence) -> str:
    match order.kind:
        case CommandKind.BAR:
            return _CALLS
        case CommandKind.END:
            return _NONE
        case CommandKind.RESTORE:
            own = fence.own(order.line_id)
            return own.grants if own else _BOTH


def _mode(info: dict[str, str]) -> str:
    return _MODES[info["nam_cs"], info["nam_ps"]]


def _place(order: Order, told: Told | None, control: Control) -> str:
    """Return the row of the line: by its number, since a new SIM is a new row; by what we know where it has none.

    A row that has another number by now, or whose place the HLR gave to another SIM, is somebody else's.
    """
    digits = _digits(order)
    if digits and (found := control.info(f"msisdn-{digits}")):
        return found["id"]
    known = control.info(f"id-{told.place}") if told and told.place else None
    is_ours = known and (not digits or known.get("msisdn") in {None, "", "none", digits})
    return known["id"] if known and is_ours else ""


def _set_number(order: Order, place: str, control: Control) -> None:
    wanted = "none" if order.kind is CommandKind.END else _digits(order)
    if wanted and control.get(f"id-{place}.msisdn") != wanted:
        control.set(f"id-{place}.msisdn", wanted)


def _digits(order: Order) -> str:
    number = order.number.reveal().removeprefix("+") if order.number is not None else ""
    return number if number.isascii() and number.isdecimal() and len(number) <= 15 else ""


def _state(told: Told | None, own: Own | None, control: Control) -> ReadBack:
    if told is None:
        return ReadBack.UNKNOWN
    info = control.info(f"id-{told.place}") if told.place else None
    if info is None:
        return ReadBack.ABSENT
    mode, has_number = _mode(info), "msisdn" in info
    if has_number and own and not own.is_taken and mode == own.grants:
        return ReadBack.OPEN
    if mode in (_DATA, _NONE):
        # Ended; or else without calls to care and registration, which no bar may take.
        return ReadBack.ABSENT if mode == _NONE and not has_number else ReadBack.FLOOR_MISSING
    if not has_number:
        return ReadBack.PARTLY
    return ReadBack.OPEN if mode == _BOTH else ReadBack.BARRED
