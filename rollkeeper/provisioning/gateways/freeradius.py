# SPDX-License-Identifier: EUPL-1.2
"""Internet accesses behind a FreeRADIUS that has the files of `ops/freeradius`.

An order is a change of authorization (RFC 5176): CoA-Request to bar and to restore, Disconnect-Request to end. It names the line as
the register writes it: a telephone number, or the operator's own reference (`user@isp`). FreeRADIUS keeps it, refuses orders older
than the one it kept, and passes it to the NAS with the session, under the User-Name that the NAS gave. The read-back is an Access-Request under
the line's reference, answered by the same policy that answers the customer's own. FreeRADIUS knows which user names belong to a
line; for a line whose users never connected nothing is proved.

A bar is a walled garden and never a refusal: with refused access, a telephone could make no call at all. If the policy refuses a
barred account nevertheless, the read-back says that the floor is missing.
"""

import re
import time
from collections.abc import Sequence
from typing import Final

from pyrad import packet
from pyrad.client import Timeout

from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.ids import LineId
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import NOTHING_LEFT, Order, Wanted, compared, read_secret
from rollkeeper.provisioning.gateways.radius_wire import Radius, values_of
from rollkeeper.provisioning.settings import settings

_NEVER: Final = {402, 404}
"""Error causes that are permanent: FreeRADIUS cannot read the order, or has done a newer one."""
_FLOOR: Final = "rollkeeper-floor"
_WRITABLE: Final = re.compile(r"[#+0-9a-zA-Z@._:/-]{1,128}")
_HURRIED_S: Final = 0.2  # a NAS's time to answer after others have used up the patience of a call
_SILENT: Final = 3  # after this many orders in a row without an answer, the server itself may be away
_SESSIONS_AT_ONCE: Final = 8  # one order reaches one session: this many are tried before the next run


class FreeRadius:
    """The gateway to one FreeRADIUS. `coa` and `auth` are host:port."""

    needs_number = True

    def __init__(self, *, coa: str, auth: str, secret: str, patience_s: float = 5, tries: int = 2) -> None:
        self._coa, self._auth, self._secret = coa, auth, secret
        self._patience_s, self._tries = patience_s, tries

    @classmethod
    def of_this_instance(cls) -> "FreeRadius":
        """Return the FreeRADIUS that the settings name. Refuses: ELEMENT_SECRET_MISSING."""
        chosen = settings().radius
        return cls(
            coa=str(chosen.coa),
            auth=str(chosen.auth),
            secret=read_secret("freeradius.secret"),
        )

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Hand over the orders one after the other. Silent NAS delay the others by the patience of one call, and by a fifth of a second
        for each further silent NAS.

        FreeRADIUS remembers for a while which NAS are silent, and answers for them at once.
        """
        answers: list[Answer] = []
        silent, left_s = 0, self._patience_s
        try:
            with self._talk(self._coa) as coa_client, self._talk(self._auth) as auth_client:
                for order in orders:
                    coa_client.wait_for(max(left_s, _HURRIED_S), tries=self._tries)
                    begun = time.monotonic()
                    try:
                        answers.append(_push_one(order, coa_client, auth_client))
                        silent = 0
                    except Timeout:
                        answers.append(Answer.RETRY)
                        silent, left_s = silent + 1, left_s - (time.monotonic() - begun)
                    if silent == _SILENT:
                        auth_client.ask(
                            str(order.line_id)
                        )  # if the server itself is away, this does not come back either
                        silent = 0
        except (Timeout, OSError):
            pass
        return answers + [Answer.RETRY] * (len(orders) - len(answers))

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        """Query the lines one after the other; after the first timeout the rest is unknown."""
        said: list[ReadBack] = []
        try:
            with self._talk(self._auth) as auth_client:
                for line in lines:
                    said.append(_state(line, auth_client, bars.get(line, Bars.ALL) & Bars.DATA))  # noqa: PERF401
        except (Timeout, OSError):
            pass
        return said + [ReadBack.UNKNOWN] * (len(lines) - len(said))

    def _talk(self, place: str) -> Radius:
        return Radius(place, secret=self._secret, patience_s=self._patience_s, tries=self._tries)


def _push_one(order: Order, coa_client: Radius, auth_client: Radius) -> Answer:
    """Send the order until every session has heard of it."""
    account = order.number.reveal() if order.number is not None else ""
    if not _WRITABLE.fullmatch(account):
        return Answer.REFUSED
    answer = Answer.ACCEPTED
    for _ in range(_SESSIONS_AT_ONCE):
        answer = _send(order, account, coa_client)
        if answer is not Answer.ACCEPTED or not _is_pending(order.line_id, auth_client):
            break
    return answer


def _send(order: Order, account: str, coa_client: Radius) -> Answer:
    said = coa_client.change(
        ends=order.kind is CommandKind.TERMINATE,
        words={
            "User-Name": account,
            "Filter-Id": _filter(order),
            "Configuration-Token": f"{order.line_id} {order.sequence}",
        },
    )
    if said.code in {packet.CoAACK, packet.DisconnectACK}:
        return Answer.ACCEPTED
    return Answer.REFUSED if set(values_of(said, "Error-Cause")) & _NEVER else Answer.RETRY


def _filter(order: Order) -> str:
    """Return the state that the order leads to: a stage that leaves data leaves an access as it is."""
    leaves = order.kind is CommandKind.BAR and not order.bars_of(Bars.DATA)
    return (ReadBack.OPEN if leaves else order.kind.proof).value


def _is_pending(line: LineId, auth_client: Radius) -> bool:
    return values_of(auth_client.ask(str(line)), "Reply-Message") == ["rollkeeper: pending"]


def _state(line: LineId, auth_client: Radius, wanted: Bars) -> ReadBack:
    said = auth_client.ask(str(line))
    words, filters = values_of(said, "Reply-Message"), values_of(said, "Filter-Id")
    if said.code == packet.AccessAccept:
        if filters == [_FLOOR]:
            return compared(Bars.DATA, wanted)
        return ReadBack.UNKNOWN if filters else compared(Bars(0), wanted)
    if words == ["rollkeeper: absent"]:
        return ReadBack.ABSENT
    unclear = (["rollkeeper: unknown"], ["rollkeeper: pending"])
    return ReadBack.UNKNOWN if words in unclear else ReadBack.FLOOR_MISSING
