# SPDX-License-Identifier: EUPL-1.2
"""Which element serves which kind of service, as one gateway before them all.

Several elements may serve one line (a mobile line: its data in the HLR, its calls in the SIP core). It is barred, open or absent
if all of them say so; if they disagree it is `partly`, which proves nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import CommandId, LineId
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.base import NOTHING_LEFT, Gateway, Order, Wanted


class ServiceRouter:
    """The gateway that hands every line to the elements of its service, and a line without elements to `fallback`."""

    def __init__(
        self,
        elements: Mapping[str, Gateway],
        *,
        by_service: Mapping[Any, Sequence[str]],
        fallback: Gateway | None,
        services: Callable[[Sequence[LineId]], Mapping[LineId, str]] | None = None,
    ) -> None:
        self._elements = dict(elements) | ({_FALLBACK: fallback} if fallback else {})
        self._by_service = by_service
        self._services = services or services_of
        self.needs_number = any(one.needs_number for one in self._elements.values())

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        """Send each order to its elements in turn: a line is restored wherever possible, but barred step by step."""
        names = self._names([one.line_id for one in orders])
        answers: dict[CommandId, list[Answer]] = {one.key: [] for one in orders}
        for name, element in self._elements.items():
            mine = [
                one
                for one in orders
                if name in names[one.line_id]
                and (one.kind is CommandKind.RESTORE or set(answers[one.key]) <= {Answer.ACCEPTED})
            ]
            if mine:
                sent = mine if element.needs_number else [replace(one, number=None) for one in mine]
                for one, answer in zip(mine, element.push(sent), strict=True):
                    answers[one.key].append(answer)
        return [_together(answers[one.key], kind=one.kind) for one in orders]

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        """Ask every element of each line."""
        names = self._names(lines)
        said: dict[LineId, list[ReadBack]] = {line: [] for line in lines}
        for name, element in self._elements.items():
            mine = [line for line in said if name in names[line]]
            if mine:
                for line, one in zip(mine, element.read_back(mine, bars=bars), strict=True):
                    said[line].append(one)
        return [_agreed(said[line]) for line in lines]

    def _names(self, lines: Sequence[LineId]) -> dict[LineId, Sequence[str]]:
        services = self._services(lines)
        return {line: self._by_service.get(services.get(line, ""), (_FALLBACK,)) for line in lines}


_FALLBACK: Final = "fallback"


def services_of(lines: Sequence[LineId]) -> Mapping[LineId, str]:
    """Return the service of each line that the register knows."""
    found = rows("SELECT line_id, service FROM lines_line WHERE line_id = ANY(%s)", [list(lines)])
    return {row.line_id: row.service for row in found}


def _together(answers: Sequence[Answer], *, kind: CommandKind) -> Answer:
    """Return what the elements of a line answer together; a restore that one of them did not accept is tried again."""
    worst = (
        (Answer.REFUSED, Answer.RETRY) if kind is not CommandKind.RESTORE else (Answer.RETRY, Answer.REFUSED)
    )
    for one in worst:
        if one in answers:
            return one
    return Answer.ACCEPTED if answers else Answer.RETRY


def _agreed(said: Sequence[ReadBack]) -> ReadBack:
    for one in (ReadBack.FLOOR_MISSING, ReadBack.EXCESS):
        if one in said:
            return one
    if not said or ReadBack.UNKNOWN in said:
        return ReadBack.UNKNOWN
    return said[0] if len(set(said)) == 1 else ReadBack.PARTLY
