# SPDX-License-Identifier: EUPL-1.2
"""Mobile lines and data cards in an Osmocom HLR: which services the home network grants a SIM.

The HLR has two switches a subscriber: circuit-switched (calls, SMS) and packet-switched (data). A phone whose circuit
switch is off can still call 112, like one without a SIM; the care number, registration and the centre's call back are
lost to it. So a bar leaves it on and takes data alone away; calls are barred where they are routed, in the SIP core
behind the MSC (`rollkeeper.network.kamailio`), which knows what is dialled. The settings demand both for `mobile`.

| order   | circuit-switched | packet-switched | number       |
|---------|------------------|-----------------|--------------|
| bar     | on               | off             | stays        |
| restore | on               | on              | stays        |
| end     | off              | off             | taken away   |

Services are switched by the terminal (VTY), since only its command tells the SGSN and the MSC at once to drop who is
attached; all else goes by the control interface. After the first order a line is asked for by the HLR's own row
number, so that a read-back opens no telephone number.
"""

from collections.abc import Sequence
from sqlite3 import OperationalError
from typing import Final

from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.settings import home, settings
from rollkeeper.network.fence import Fence, HeldFence, Told
from rollkeeper.network.gateways import Order
from rollkeeper.network.kinds import Answer, CommandKind, ReadBack
from rollkeeper.network.osmo_wire import Control, NotUnderstood, Terminal

_MODES: Final = {CommandKind.BAR: "cs", CommandKind.RESTORE: "cs+ps", CommandKind.END: "none"}
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
                said.extend(_state(told, control) for told in self._fence.told(lines))
        except _AWAY:
            pass
        return said + [ReadBack.UNKNOWN] * (len(lines) - len(said))


def _carry_out(order: Order, fence: HeldFence, control: Control, terminal: Terminal) -> Answer:
    told = fence.told(order.line_id)
    if told and told.sequence > order.sequence:
        return Answer.REFUSED
    place = _place(order, told, control)
    if not place and order.kind is not CommandKind.END:
        return Answer.REFUSED
    if place:
        terminal.do(f"subscriber id {place} update network-access-mode {_MODES[order.kind]}")
        _set_number(order, place, control)
    fence.keep(order.line_id, Told(order.sequence, place))
    return Answer.TAKEN


def _place(order: Order, told: Told | None, control: Control) -> str:
    """Return the row of the line: by its number, since a new SIM is a new row; by what we know where it has none."""
    digits = _digits(order)
    if digits and (found := control.info(f"msisdn-{digits}")):
        return found["id"]
    if told and told.place and control.info(f"id-{told.place}"):
        return told.place
    return ""


def _set_number(order: Order, place: str, control: Control) -> None:
    wanted = "none" if order.kind is CommandKind.END else _digits(order)
    if wanted and control.get(f"id-{place}.msisdn") != wanted:
        control.set(f"id-{place}.msisdn", wanted)


def _digits(order: Order) -> str:
    number = order.number.reveal().removeprefix("+") if order.number is not None else ""
    return number if number.isascii() and number.isdecimal() and len(number) <= 15 else ""


def _state(told: Told | None, control: Control) -> ReadBack:
    if told is None:
        return ReadBack.UNKNOWN
    info = control.info(f"id-{told.place}") if told.place else None
    if info is None:
        return ReadBack.ABSENT
    calls, data, has_number = info["nam_cs"] == "1", info["nam_ps"] == "1", "msisdn" in info
    if not calls:
        # Ended; or else without calls to care and registration, which no bar may take.
        return ReadBack.ABSENT if not data and not has_number else ReadBack.FLOOR_MISSING
    if not has_number:
        return ReadBack.PARTLY
    return ReadBack.OPEN if data else ReadBack.BARRED
