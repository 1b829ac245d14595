# SPDX-License-Identifier: EUPL-1.2
"""Answers callers of the care number's voice menu who want to verify a message.

The number comes on standard input and not as an argument, which every process on the machine could read. The caller learns
nothing that the message did not say, and a number not in the register gets the same "no" as any other.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Final

from rollkeeper.kernel.menu_input import plain_lines
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.queries import LineView, find_line_by_input
from rollkeeper.notices.errors import NoNotice
from rollkeeper.notices.queries import GenuineNotice, find_genuine_notice

_MOST_WRONG: Final = 5
_WITHIN_S: Final = 3600
_MOST_CALLERS: Final = 100_000
_NO: Final[dict[str, object]] = {"genuine": False}


def answers(asked: Iterable[str]) -> Iterator[dict[str, object]]:
    """Answer each line `NUMBER CODE`, in order. An unreadable line is answered "no"."""
    wrong: dict[str, list[float]] = {}
    for text in plain_lines(asked):
        typed, _, code = text.partition(" ")
        line = _line(typed)
        number = (
            str(line.line_id) if line else typed
        )  # by line: else each way to write a number would give further tries
        now, tries = time.monotonic(), wrong.pop(number, [])
        tries = [at for at in tries if at > now - _WITHIN_S]
        found = _find(line, code) if len(tries) < _MOST_WRONG else None
        if found is None:
            wrong[number] = [*tries, now][-_MOST_WRONG:]
            if len(wrong) > _MOST_CALLERS:
                wrong.pop(next(iter(wrong)))
        yield _said(found) if found else _NO


def _line(number: str) -> LineView | None:
    try:
        return find_line_by_input(number)
    except NumberNotRead:
        return None


def _find(line: LineView | None, code: str) -> GenuineNotice | None:
    try:
        return find_genuine_notice(line.line_id, code=code) if line else None
    except NoNotice:
        return None


def _said(found: GenuineNotice) -> dict[str, object]:
    return {
        "genuine": True,
        "kind": found.kind.value,
        "queued_on": found.queued_on,
        "promised_on": found.promised_on,
        "languages": found.languages,
    }
