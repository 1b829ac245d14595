# SPDX-License-Identifier: EUPL-1.2
"""Ask witnesses to cosign a checkpoint (c2sp.org/tlog-witness), and ask what they cosigned before.

Separate from publishing, which decides what may be signed and when it is published. All witnesses are asked at once. A witness
that is slow, unreachable or does not know this ledger is just not counted. One that holds another history is reported to the
publisher, which stops.

    POST <url>/add-checkpoint                         "old " size 0A || proof, a hash in base64 a line || 0A || checkpoint
    200  cosignature lines    409  the size that the witness holds    422  it does not continue what the witness holds
    GET  <url>/<SHA-256 of the origin in hex>/checkpoint    the newest checkpoint that the witness cosigned
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import urllib3

from rollkeeper.kernel import clock
from rollkeeper.kernel.deadlines import HttpExchanges
from rollkeeper.ledger.cosignatures import cosignature, witness_key
from rollkeeper.ledger.notes import Head
from rollkeeper.ledger.settings import Witness, settings

Prove = Callable[[int], Sequence[bytes]]
"""Given an older size, the hashes that prove that the head continues it."""

_ROUNDS = 3
_ANSWER_BYTES = 1 << 16
_MAX_CLOCK_SKEW_S = 300
_TIMEOUT_S = 10
_OK, _CONFLICT, _CONTRADICTION, _SERVER_FAULT = 200, 409, 422, 500


class Verdict(StrEnum):
    """The outcome of a request for a cosignature."""

    COSIGNED = "cosigned"
    NOT_COSIGNED = "not_cosigned"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class WitnessReply:
    """One witness's reply: its line and its instant if it cosigned, else the reason."""

    witness: str
    verdict: Verdict
    why: str = ""
    line: str = ""
    at_s: int = 0


@dataclass(frozen=True, slots=True)
class WitnessState:
    """One witness's state for this ledger: the newest checkpoint it cosigned, None if it shows none.

    `answers` is False where it could not be reached. The note is not yet verified.
    """

    witness: str
    answers: bool
    note: str | None = None
    why: str = ""


def request_cosignatures(
    head: Head, note: str, *, prove: Prove, known: Mapping[str, int]
) -> list[WitnessReply]:
    """Ask every witness of the settings to cosign `note`; `known` is what each is believed to hold, by its name."""
    asked = settings().witnesses
    answers: dict[str, WitnessReply] = {}
    olds = {one.name: min(known.get(one.name, 0), head.size) for one in asked}
    for _ in range(_ROUNDS):
        open_ones = [one for one in asked if one.name not in answers]
        bodies = [_request(old, note, proof=_proof(old, head, prove=prove)) for old in
                  (olds[one.name] for one in open_ones)]  # fmt: skip
        for one, reply in zip(open_ones, _at_once(_post, open_ones, bodies), strict=True):
            answer, olds[one.name] = _judge(one, reply, old=olds[one.name], head=head)
            if answer:
                answers[one.name] = answer
    return [answers.get(one.name) or _not(one, "it changes its mind about what it holds") for one in asked]


def _proof(old: int, head: Head, *, prove: Prove) -> Sequence[bytes]:
    return prove(old) if 0 < old < head.size else ()


def fetch_states(origin: str, *, timeout_s: float = _TIMEOUT_S) -> list[WitnessState]:
    """Ask every witness of the settings for the newest checkpoint that it cosigned."""
    asked = settings().witnesses
    path = f"{sha256(origin.encode()).hexdigest()}/checkpoint"
    replies = _at_once(
        lambda one, path: _send("GET", one, path, timeout_s=timeout_s), asked, [path] * len(asked)
    )
    return [_state(one, reply) for one, reply in zip(asked, replies, strict=True)]


@dataclass(frozen=True, slots=True)
class _HttpResponse:
    """A status and a body; status 0 and a reason if there was no response."""

    status: int
    body: str


def _judge(one: Witness, reply: _HttpResponse, *, old: int, head: Head) -> tuple[WitnessReply | None, int]:
    """Return what a reply means, or no answer yet and the size from which to ask again."""
    if reply.status == _OK:
        return _cosigned(one, reply.body, head=head), old
    if reply.status == _CONTRADICTION:
        return _against(one, "the new checkpoint does not continue the one that it cosigned"), old
    if reply.status != _CONFLICT:
        return _not(one, _reason(reply)), old
    held = _size(reply.body)
    if held is None:
        return _not(one, "it answers 409 without a size"), old
    if held > head.size:
        return _against(one, f"it cosigned {held:,} entries, and there are {head.size:,}"), old
    if held == old:
        return _against(one, f"it cosigned {held:,} other entries"), old
    return None, held


def _cosigned(one: Witness, body: str, *, head: Head) -> WitnessReply:
    found = cosignature(body.splitlines(), head=head, key=witness_key(one.vkey))
    if found is None:
        return _not(one, "it answers without a right cosignature by its key in 'ledger.witnesses'")
    if found.at_s > clock.true_seconds() + _MAX_CLOCK_SKEW_S:
        return _not(one, "its clock is ahead of this machine's")
    return WitnessReply(one.name, Verdict.COSIGNED, line=found.line, at_s=found.at_s)


def _not(one: Witness, why: str) -> WitnessReply:
    return WitnessReply(one.name, Verdict.NOT_COSIGNED, why)


def _against(one: Witness, why: str) -> WitnessReply:
    return WitnessReply(one.name, Verdict.CONTRADICTED, why)


def _state(one: Witness, reply: _HttpResponse) -> WitnessState:
    if reply.status == 0 or reply.status >= _SERVER_FAULT:
        return WitnessState(one.name, answers=False, why=_reason(reply))
    return WitnessState(one.name, answers=True, note=reply.body if reply.status == _OK else None)


def _reason(reply: _HttpResponse) -> str:
    reasons = {
        0: reply.body,
        403: "it trusts another key for this ledger (403): give it the line in 'vkey'",
        404: "it does not know this ledger (404): give it the origin and the line in 'vkey'",
    }
    return reasons.get(reply.status, f"it answers {reply.status}")


def _size(body: str) -> int | None:
    text = body.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None


def _request(old: int, note: str, *, proof: Sequence[bytes]) -> str:
    lines = [f"old {old}", *(base64.b64encode(step).decode() for step in proof)]
    return "\n".join(lines) + "\n\n" + note


def _at_once(
    send: Callable[[Witness, str], _HttpResponse], asked: Sequence[Witness], bodies: Sequence[str]
) -> list[_HttpResponse]:
    if not asked:
        return []
    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(send, asked, bodies))


def _post(one: Witness, body: str) -> _HttpResponse:
    return _send("POST", one, "add-checkpoint", body=body.encode())


def _send(
    method: str, one: Witness, path: str, *, body: bytes | None = None, timeout_s: float = _TIMEOUT_S
) -> _HttpResponse:
    try:
        status, text = HttpExchanges(largest_bytes=_ANSWER_BYTES).ask(
            method, f"{one.url.rstrip('/')}/{path}", body=body, within_s=timeout_s
        )
        return _HttpResponse(status, text.decode("utf-8", "replace"))
    except urllib3.exceptions.HTTPError as fault:
        # urllib3 counts a refused connection among those that took too long.
        away = isinstance(fault, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ProtocolError)
        late = not away and isinstance(fault, urllib3.exceptions.TimeoutError)
        return _HttpResponse(0, "it does not answer in time" if late else "it cannot be reached")
