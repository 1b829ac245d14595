# SPDX-License-Identifier: EUPL-1.2
"""The network behind one signed HTTP address: the operator's provisioning system, or a small adapter before it.

Three kinds of order and one question are posted to the same address (`docs/provisioning.md` shows the bodies):

    {"type": "line.bar" | "line.restore" | "line.terminate", "timestamp": ..., "data": {line, sequence, reason, allow, ...}}
    {"type": "line.state", "timestamp": ..., "data": {"lines": [...]}}  ->  {"lines": {line: {"state", "allows"}}}
"""

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import sample
from typing import Any, Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.provisioning.choices import ALWAYS_ALLOWED, Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import (
    NOTHING_LEFT,
    Order,
    Wanted,
    bars_named,
    compared,
    names_of,
)
from rollkeeper.provisioning.gateways.http_client import AT_ONCE, HttpClient
from rollkeeper.provisioning.gateways.signing import sign, webhook_secret
from rollkeeper.provisioning.settings import settings

_NEVER: Final = {400, 409, 410, 413, 422}
"""Statuses with which the receiver refuses this order. Any other failure may be our own fault: the order is for later."""


class Webhook:
    """The gateway to the address."""

    def __init__(
        self,
        url: str,
        *,
        secret: str,
        with_number: bool,
        care_number: str,
        emergency_numbers: Sequence[str] = (),
        reachable_numbers: Sequence[str] = (),
        patience_s: float = 10,
        patience_together_s: float = 20,
    ) -> None:
        self._secret, self._care_number = secret, care_number
        self._emergency_numbers, self._reachable_numbers = emergency_numbers, reachable_numbers
        self.needs_number = with_number
        self._patience_together_s = patience_together_s
        self._http = HttpClient(url, patience_s=patience_s)

    @classmethod
    def of_this_instance(cls) -> "Webhook":
        """Return the webhook that the settings name."""
        chosen, pack = settings().webhook, load_pack(instance().pack)
        return cls(
            str(chosen.url),
            secret=webhook_secret(),
            with_number=chosen.numbers,
            care_number=instance().care_number,
            emergency_numbers=pack.emergency_numbers() if pack.has_emergency_numbers else (),
            reachable_numbers=pack.reachable_numbers(),
        )

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Post each order under its own key, several at a time; orders that are not begun in time are for later.

        They are shuffled, so that the same few orders that never get an answer do not come first every time.
        """
        latest = time.monotonic() + self._patience_together_s
        mixed = sample(orders, len(orders))
        with ThreadPoolExecutor(AT_ONCE) as threads:
            said = threads.map(lambda order: self._push_one(order, latest=latest), mixed)
            answers = dict(zip([one.key for one in mixed], said, strict=True))
        return [answers[one.key] for one in orders]

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        """Ask for all lines in one request."""
        body = _body("line.state", {"lines": [str(line) for line in lines]})
        status, text = self._post(str(new_uuid()), body)
        said = _lines_of(text) if status == 200 else {}
        return [_read(said.get(str(line)), bars.get(line, Bars.ALL)) for line in lines]

    def _push_one(self, order: Order, *, latest: float) -> Answer:
        if time.monotonic() > latest:
            return Answer.RETRY
        status, _ = self._post(str(order.key), _body(f"line.{order.kind}", self._data(order)))
        if 200 <= status < 300:
            return Answer.ACCEPTED
        return Answer.REFUSED if status in _NEVER else Answer.RETRY

    def _data(self, order: Order) -> dict[str, object]:
        data: dict[str, object] = {
            "line": str(order.line_id),
            "sequence": order.sequence,
            "reason": order.reason,
            "allow": list(order.allowed),
            "care_number": self._care_number,
            "emergency_numbers": list(self._emergency_numbers),
            "reachable_numbers": list(self._reachable_numbers),
        }
        if order.kind is CommandKind.BAR:
            data["bars"] = names_of(order.bars)
        if order.number is not None:
            data["number"] = order.number.reveal()
        return data

    def _post(self, key: str, body: bytes) -> tuple[int, bytes]:
        headers = {"content-type": "application/json"} | sign(
            self._secret, key=key, at_s=clock.true_seconds(), body=body
        )
        return self._http.post(body, headers=headers)


def _body(kind: str, data: Mapping[str, object]) -> bytes:
    return canonical_bytes({"type": kind, "timestamp": clock.now(), "data": data})


def _lines_of(text: bytes) -> Mapping[str, Any]:
    try:
        lines = json.loads(text)["lines"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return lines if isinstance(lines, dict) else {}


def _read(said: object, wanted: Bars) -> ReadBack:
    """Read what is said of one line. A bar counts only if the whole floor is named as reachable.

    If a receiver does not say what it bars, it counts as barring everything.
    """
    if not isinstance(said, dict) or said.get("state") not in [
        "barred",
        "open",
        "absent",
    ]:  # a set refuses lists
        return ReadBack.UNKNOWN
    state = ReadBack(said["state"])
    allows = said.get("allows")
    whole = isinstance(allows, list) and all(part.value in allows for part in ALWAYS_ALLOWED)
    if state is not ReadBack.BARRED:
        return state
    return compared(bars_named(said.get("bars")), wanted) if whole else ReadBack.FLOOR_MISSING
