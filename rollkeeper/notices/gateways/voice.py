# SPDX-License-Identifier: EUPL-1.2
"""Calls, by a program of the operator's that knows its telephone system. Numbers go through a pipe and touch no disk.

    PROGRAM call      in:  {"reference", "to", "says": [{"language", "text"}], "is_repeat"}   out: {"reference", "answer": taken|refused}
    PROGRAM results   out: {"reference", "ended": heard|hung_up|busy|no_answer|no_such_number, "key": "5"}
    PROGRAM forget    in:  {"reference"}: these results were taken in

JSON, a line each. What it `says` is said one language after the other: more than one where nobody knows which is understood; the key,
pressed after any of them, ends the call as heard. A reference that comes again is the same call, to be placed once. `key` is what was pressed at the end;
the program is not told which one the text asks for in any other way than the text, and so cannot guess it.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.settings import settings
from rollkeeper.notices.errors import NoCalls
from rollkeeper.notices.gateways.base import CHUNK, Answer, Handing, Message
from rollkeeper.notices.kinds import CallEnd
from rollkeeper.notices.receipts import Receipt
from rollkeeper.notices.rules import judge_call

_ANSWERS: Final = {"taken": Answer.TAKEN, "refused": Answer.REFUSED}
_MOST_BYTES: Final = 50_000_000


class Calls:
    """The gateway to the program."""

    rings, at_once = True, CHUNK

    def __init__(self, program: str, *, patience_s: float = 60) -> None:
        self._program, self._patience_s = program, patience_s

    @classmethod
    def of_this_home(cls) -> "Calls":
        """Return the program that the settings name. Refuses: NoCalls."""
        program = settings().voice_program
        if program is None:
            raise NoCalls(why="no 'voice_program' is named")
        return cls(program)

    def send(self, messages: Sequence[Message]) -> list[Handing]:
        """Hand over the calls; what the program did not answer is for later."""
        if not messages:
            return []
        try:
            said = {
                one.get("reference"): one.get("answer") for one in self._ask("call", map(_call, messages))
            }
        except NoCalls:
            said = {}
        return [_handing(one, said.get(str(one.reference))) for one in messages]

    def results(self) -> list[Receipt]:
        """Return what became of calls. A row that cannot be read says nothing. Refuses: NoCalls."""
        return [one for row in self._ask("results", ()) if (one := _receipt(row))]

    def forget(self, receipts: Sequence[Receipt]) -> None:
        """Say that these results were taken into the register. Refuses: NoCalls."""
        self._ask("forget", ({"reference": one.reference} for one in receipts))

    def _ask(self, what: str, rows: Iterable[Mapping[str, object]]) -> list[dict[str, Any]]:
        given = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own program, by its whole path
                [self._program, what], input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                timeout=self._patience_s, env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            if what != "call":
                raise NoCalls(why="the program did not end in time") from None
            return list(_objects(late.stdout or b""))  # what it said of the first calls, it has done
        except OSError:
            raise NoCalls(why="the program cannot be run") from None
        if done.returncode and what != "call":
            raise NoCalls(why=f"the program ended with {done.returncode}")
        return list(_objects(done.stdout[:_MOST_BYTES]))


def _call(message: Message) -> dict[str, object]:
    return {
        "reference": str(message.reference),
        "to": message.address.reveal(),
        "says": [{"language": one.language, "text": one.text} for one in message.said],
        "is_repeat": message.is_repeat,
    }


def _handing(message: Message, answer: object) -> Handing:
    said = _ANSWERS.get(str(answer), Answer.LATER)
    return Handing(said, f"voice-{message.reference}" if said is Answer.TAKEN else None)


def _objects(octets: bytes) -> Iterator[dict[str, Any]]:
    for line in octets.splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            yield row


def _receipt(row: Mapping[str, Any]) -> Receipt | None:
    """Judge one result. It counts from when it is read: a day later harms nobody, a day earlier would."""
    try:
        attempt_id, ended = UUID(str(row["reference"])), CallEnd(str(row["ended"]))
    except (KeyError, ValueError):
        return None
    pressed = row.get("key")
    outcome = judge_call(ended, pressed=None if pressed is None else str(pressed), attempt_id=attempt_id)
    return Receipt(str(attempt_id), outcome, clock.now())
