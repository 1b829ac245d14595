# SPDX-License-Identifier: EUPL-1.2
"""Calls, by the operator's own program, which knows the telephone system. Numbers go through a pipe and touch no disk.

    PROGRAM call      in:  {"reference", "to", "says": [{"language", "text"}], "is_repeat"}   out: {"reference", "answer": accepted|refused}
    PROGRAM results   out: {"reference", "ended": heard|hung_up|busy|no_answer|no_such_number, "key": "5"}
    PROGRAM forget    in:  {"reference"}: these results were taken in

JSON, one object a line. The texts in `says` are spoken one language after the other: more than one if the subscriber's language
is unknown; the key, pressed after any of them, ends the call as heard. A repeated reference is the same call, to be placed once.
`key` is what was pressed at the end; the program learns the requested key only from the text, and so cannot guess it.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.notices.choices import CallResult
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.errors import VoiceProgramFailed
from rollkeeper.notices.gateways.base import CHUNK, Answer, Message, SubmissionResult, log_away
from rollkeeper.notices.rules import judge_call
from rollkeeper.notices.settings import settings

_ANSWERS: Final = {"accepted": Answer.ACCEPTED, "refused": Answer.REFUSED}
_MOST_BYTES: Final = 50_000_000


class VoiceGateway:
    """The gateway to the program."""

    rings, batch_size = True, CHUNK

    def __init__(self, program: str, *, patience_s: float = 60) -> None:
        self._program, self._patience_s = program, patience_s

    @classmethod
    def of_this_instance(cls) -> "VoiceGateway":
        """Return the program that the settings name. Refuses: VoiceProgramFailed."""
        program = settings().voice_program
        if program is None:
            raise VoiceProgramFailed(why="no 'notices.voice_program' is named")
        return cls(program)

    def send(self, messages: Sequence[Message]) -> list[SubmissionResult]:
        """Hand over the calls; calls without an answer of the program are for later."""
        if not messages:
            return []
        try:
            said = {
                str(one.get("reference")): one.get("answer")
                for one in self._ask("call", map(_call, messages))
            }
        except VoiceProgramFailed as fault:
            log_away("The program for calls", fault)
            said = {}
        return [_result(one, said.get(str(one.reference))) for one in messages]

    def results(self) -> list[DeliveryReport]:
        """Return how calls ended; a row that cannot be read is skipped. Refuses: VoiceProgramFailed."""
        return [one for row in self._ask("results", ()) if (one := _report(row))]

    def forget(self, reports: Sequence[DeliveryReport]) -> None:
        """Say that these results were taken into the register. Refuses: VoiceProgramFailed."""
        self._ask("forget", ({"reference": one.reference} for one in reports))

    def _ask(self, what: str, rows: Iterable[Mapping[str, object]]) -> list[dict[str, Any]]:
        given = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own program, by its whole path
                [self._program, what], input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                timeout=self._patience_s, env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            if what != "call":
                raise VoiceProgramFailed(why="the program did not end in time") from None
            return list(_objects(late.stdout or b""))  # it has made the calls that it already reported
        except OSError:
            raise VoiceProgramFailed(why="the program cannot be run") from None
        if done.returncode and what != "call":
            raise VoiceProgramFailed(why=f"the program ended with {done.returncode}")
        return list(_objects(done.stdout[:_MOST_BYTES]))


def _call(message: Message) -> dict[str, object]:
    return {
        "reference": str(message.reference),
        "to": message.address.reveal(),
        "says": [{"language": one.language, "text": one.text} for one in message.texts],
        "is_repeat": message.is_repeat,
    }


def _result(message: Message, answer: object) -> SubmissionResult:
    said = _ANSWERS.get(str(answer), Answer.RETRY)
    return SubmissionResult(said, f"voice-{message.reference}" if said is Answer.ACCEPTED else None)


def _objects(octets: bytes) -> Iterator[dict[str, Any]]:
    for line in octets.splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            yield row


def _report(row: Mapping[str, Any]) -> DeliveryReport | None:
    """Judge one result. It counts from when it is read: a day too late does no harm, a day too early would."""
    try:
        attempt_id, ended = UUID(str(row["reference"])), CallResult(str(row["ended"]))
    except (KeyError, ValueError):
        return None
    pressed = row.get("key")
    outcome = judge_call(ended, pressed=None if pressed is None else str(pressed), attempt_id=attempt_id)
    return DeliveryReport(str(attempt_id), outcome, clock.now())
