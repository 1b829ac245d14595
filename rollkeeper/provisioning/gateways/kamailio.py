# SPDX-License-Identifier: EUPL-1.2
"""Fixed and VoIP lines behind a Kamailio that has `ops/kamailio/rollkeeper.cfg`.

One request carries a whole chunk, one line each, and is answered one line each (that file draws the format). Kamailio keeps the
last order for each line, and a chunk completely or not at all: an older order is refused there, from any sender. A read-back uses
the same table that decides calls, and the same route for every number of the floor.
"""

import re
from collections.abc import Sequence
from typing import Final

from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.provisioning.choices import Allowed, Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import NOTHING_LEFT, Order, Wanted, compared, read_secret
from rollkeeper.provisioning.gateways.http_client import HttpClient
from rollkeeper.provisioning.settings import settings

_ANSWERS: Final = {b"accepted": Answer.ACCEPTED, b"older": Answer.REFUSED, b"malformed": Answer.REFUSED}
_CALLS: Final = Bars.OUTGOING | Bars.INCOMING
"""The part of a service that Kamailio switches."""
_BARRED: Final = {b"barred": _CALLS, b"outgoing": Bars.OUTGOING, b"open": Bars(0)}
_VERBS: Final = {_CALLS: "bar", Bars.OUTGOING: "bar-outgoing", Bars(0): "restore"}
_UNDIALLED: Final = "emergency"
"""Used in place of the number if a GSM phone makes an emergency call and its network does not report the dialled number."""
_REACHABLE: Final = "reachable"
"""What the element calls a further number that its country keeps reachable."""
_WRITABLE: Final = re.compile(r"[+0-9a-zA-Z@._-]{1,64}")


class Kamailio:
    """The gateway to one Kamailio."""

    needs_number = True

    def __init__(
        self,
        url: str,
        *,
        token: str,
        emergency_numbers: Sequence[str],
        care_number: str,
        registration_number: str,
        reachable_numbers: Sequence[str] = (),
        patience_s: float = 10,
    ) -> None:
        self._http, self._token = HttpClient(url, patience_s=patience_s), token
        self._knows_numbers = bool(emergency_numbers)
        self._floor = [
            *((number, Allowed.EMERGENCY.value) for number in (*emergency_numbers, _UNDIALLED)),
            *((number, _REACHABLE) for number in reachable_numbers),
            (care_number, Allowed.CARE.value),
            (registration_number, Allowed.REGISTRATION.value),
        ]

    @classmethod
    def of_this_instance(cls) -> "Kamailio":
        """Return the Kamailio that the settings name. Refuses: ELEMENT_SECRET_MISSING.

        Where the pack's country has no emergency numbers it restores lines and bars none.
        """
        here = instance()
        pack = load_pack(here.pack)
        return cls(
            str(settings().kamailio.url),
            token=read_secret("kamailio.token"),
            emergency_numbers=pack.emergency_numbers() if pack.has_emergency_numbers else (),
            reachable_numbers=pack.reachable_numbers(),
            care_number=here.care_number,
            registration_number=here.registration_number or here.care_number,
        )

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Send a chunk. If the element would not connect the whole floor, no line is barred."""
        may_bar = any(one.kind is CommandKind.BAR for one in orders) and self._has_floor(self._ask([]))
        asked = [one for one in orders if _dialled(one) and (may_bar or one.kind is not CommandKind.BAR)]
        said = self._ask([_written(one) for one in asked])[len(self._floor) :]
        answers = dict(
            zip([one.key for one in asked], [_ANSWERS.get(one, Answer.RETRY) for one in said], strict=False)
        )
        return [answers.get(one.key, Answer.RETRY if _dialled(one) else Answer.REFUSED) for one in orders]

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        """Query the state of each line, and whether the floor is reachable."""
        said = self._ask([f"state {line}" for line in lines])
        states = said[len(self._floor) :] or [b""] * len(lines)
        has_floor = self._has_floor(said)
        wanted = [bars.get(line, Bars.ALL) & _CALLS for line in lines]
        return [_read(state, one, has_floor=has_floor) for state, one in zip(states, wanted, strict=True)]

    def _has_floor(self, said: Sequence[bytes]) -> bool:
        """Tell whether the element puts every number of the floor through (care and registration may be one number)."""
        good = {b"emergency", b"care", b"registration"}
        return (
            self._knows_numbers
            and len(said) >= len(self._floor)
            and all(
                word == what.encode() or (what != Allowed.EMERGENCY and word in good)
                for (_, what), word in zip(self._floor, said, strict=False)
            )
        )

    def _ask(self, questions: Sequence[str]) -> list[bytes]:
        """Ask about the floor and then these questions; return nothing if the element is away or the number of answers is wrong."""
        asked = [f"floor {number}" for number, _ in self._floor] + list(questions)
        status, text = self._http.post(
            "\n".join(asked).encode(),
            headers={"authorization": f"Bearer {self._token}", "content-type": "text/plain"},
        )
        said = text.split()
        return said if status == 200 and len(said) == len(asked) else []


def _dialled(order: Order) -> str:
    """Return the number in the form that the element accepts; nothing if it cannot know the number."""
    number = order.number.reveal() if order.number is not None else ""
    return number if _WRITABLE.fullmatch(number) else ""


def _written(order: Order) -> str:
    verb = order.kind.value if order.kind is CommandKind.TERMINATE else _VERBS[order.bars_of(_CALLS)]
    return f"{verb} {order.line_id} {order.sequence} {_dialled(order)}"


def _read(state: bytes, wanted: Bars, *, has_floor: bool) -> ReadBack:
    if state == b"absent":
        return ReadBack.ABSENT
    barred = _BARRED.get(state)
    if barred is None:
        return ReadBack.UNKNOWN
    return ReadBack.FLOOR_MISSING if barred and not has_floor else compared(barred, wanted)
