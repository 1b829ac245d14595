# SPDX-License-Identifier: EUPL-1.2
"""Chooses the actions that fit a line that was found: one that comes first, a few others, and the less usual ones. Pure.

Nothing is forbidden here: the services refuse what the law refuses. Actions that are impossible in this state are not offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rollkeeper.kernel.choices import Service
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.queries import LineView
from rollkeeper.registration.decisions import RELOCATABLE

_SIM: Final = frozenset({Service.MOBILE, Service.DATA_CARD})
ADDRESSES: Final[Mapping[str, tuple[str, str]]] = {
    **{kind: ("record", kind) for kind in ("register", "transfer", "install", "port_in", "relocate", "change")},
    **{what: ("subscriber_action", what) for what in ("replace-sim", "terminate")},
    **{
        what: (what.replace("-", "_"), "")
        for what in (
            "document-check", "link-document", "unlink-document", "pause", "reconnect", "portal-code", "reserve-code", "essential", "dispute",
            "suspect-forgery",
        )
    },
}  # fmt: skip
"""For each action, the name of its address and the argument of it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The actions that a page offers for a line."""

    first: str
    others: tuple[str, ...]
    rest: tuple[str, ...]


def offer(line: LineView, *, may_reconnect: bool = True) -> Offer:
    """Return the actions that fit the state of a line; a temporary reconnection is possible once."""
    if line.is_over:
        return Offer("register", ("dispute",), ("install", "port_in"))
    rest = [
        "transfer",
        "change",
        "replace-sim",
        "relocate",
        "link-document",
        "essential",
        "document-check",
        "pause",
        "dispute",
        "terminate",
    ]
    # No message reaches a suspended line, so its subscriber gets the code at the counter.
    rest.insert(0, "portal-code" if line.state is LineState.SUSPENDED else "reserve-code")
    if not line.is_registered:
        likely = ["register", "reconnect", "pause", "dispute", "document-check"]
        rest = [one for one in rest if one not in {"change", "replace-sim", "relocate", "link-document"}]
        if SuspensionReason.REGISTRATION not in line.reasons:
            likely.remove("reconnect")
    else:
        likely = [_usual(line), "change", "transfer", "terminate"]
        if line.must_reverify:
            likely = ["change", "pause", "dispute", "transfer", "terminate"]
        if line.must_reverify and SuspensionReason.REGISTRATION in line.reasons:
            likely.insert(1, "reconnect")
        rest.remove("document-check")
        rest.append("suspect-forgery")
    impossible = _impossible(line, may_reconnect=may_reconnect)
    likely = [one for one in dict.fromkeys(likely) if one not in impossible]
    return Offer(
        likely[0], tuple(likely[1:]), tuple(one for one in rest if one not in {*likely, *impossible})
    )


def _impossible(line: LineView, *, may_reconnect: bool) -> set[str]:
    """Return the actions that would be refused for this line now."""
    none = {"transfer", "terminate", "dispute"} if line.is_disputed else set()
    if not may_reconnect:
        none.add("reconnect")
    if line.service not in _SIM:
        none.add("replace-sim")
    if line.service not in RELOCATABLE:
        none.add("relocate")
    return none


def _usual(line: LineView) -> str:
    return "replace-sim" if line.service in _SIM and line.state is LineState.ACTIVE else "change"
