# SPDX-License-Identifier: EUPL-1.2
"""The portal's side of the door: knock, show a code, ask. All that the portal's role in the database is good for.

An unknown number takes the same statements as a known one, and nothing here learns which it was.
"""

import hashlib
import hmac
import json
import os
import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel.claims import one_at_a_time
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.rights.errors import CodeNotRight, PorterAway, TooManyKnocks
from rollkeeper.rights.kinds import AskKind
from rollkeeper.rights.sealing import new_key, open_answer
from rollkeeper.vault.blind import blind_numbers, blind_once

WAIT_SECONDS: Final = 8.0
_LOOK_SECONDS: Final = 0.02
_SOURCE_KEY: Final = os.urandom(32)  # forgotten with this process: nobody goes back from a mark to a source


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """What a browser holds for a visit. Only its hash lies in the register."""

    secret: bytes

    @classmethod
    def fresh(cls) -> "Token":
        """Make one."""
        return cls(os.urandom(32))

    @property
    def mark(self) -> bytes:
        """Return what stands for it in the register."""
        return hashlib.sha256(b"rollkeeper/visit\x00" + self.secret).digest()


def knock(number: str, *, source: str, language: str) -> UUID:
    """Ask that a code be sent to a number, if it is a line that may have one. Refuses: NumberNotRead, TooManyKnocks."""
    country = settings().country_code
    (index,) = blind_numbers([normalise_identifier(number, service=service_guess(number), country=country)])
    mark = hmac.new(_SOURCE_KEY, source.encode(), hashlib.sha256).digest()[:16]
    knock_id = new_uuid()
    with act():
        one_at_a_time(
            int.from_bytes(mark[:4], signed=True)
        )  # two of one source are counted one after the other
        (came,) = rows(
            "SELECT count(*) AS knocks FROM rights_knock"
            " WHERE source_mark = %s AND made_at > clock_timestamp() - interval '1 hour'",
            [mark],
        )
        if came.knocks >= settings().door_asks_an_hour:
            raise TooManyKnocks
        run(
            "INSERT INTO rights_knock (knock_id, number_index, source_mark, language) VALUES (%s, %s, %s, %s)",
            [knock_id, index, mark, language],
        )
        _call_porter()
    return knock_id


def show_code(knock_id: UUID, code: str) -> Token:
    """Begin a visit with the code that came to the line. Refuses: CodeNotRight, whatever was wrong."""
    token = Token.fresh()
    given = hash_code(knock_id, code)
    (opened,) = rows("SELECT rights_try_code(%s, %s, %s) AS opened", [knock_id, given, token.mark])
    if not opened.opened:
        raise CodeNotRight
    return token


def hash_code(knock_id: UUID, code: str) -> bytes:
    """Return what is kept of a code: a keyed hash, good for this knock alone. The figures of any script are figures."""
    return blind_once(knock_id, "".join(str(int(letter)) for letter in code if letter.isdecimal()))


def ask(
    token: Token,
    kind: AskKind,
    *,
    language: str,
    asked: dict[str, Any] | None = None,
    ask_id: UUID | None = None,
    sealed: bytes | None = None,
) -> dict[str, Any]:
    """Ask for something and wait for the answer; with none, it is certain that nothing was done. Refuses: PorterAway."""
    key, ask_id = new_key(), ask_id or new_uuid()
    with act():
        run(
            "INSERT INTO rights_ask (ask_id, ask_mark, kind, asked, sealed, language, public_key)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                ask_id,
                token.mark,
                kind.value,
                json.dumps(asked or {}),
                sealed,
                language,
                key.public_key().public_bytes_raw(),
            ],
        )
        _call_porter()
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if rows("SELECT FROM rights_ask WHERE ask_id = %s AND answer IS NOT NULL", [ask_id]):
            break
        time.sleep(_LOOK_SECONDS)
    # Whoever is at work on it holds the row: this waits for them, and then their answer is there.
    came = rows(sql("rights", "take_answer"), [ask_id])
    if not came or came[0].answer is None:
        raise PorterAway
    return open_answer(bytes(came[0].answer), key=key, ask_id=ask_id)


def _call_porter() -> None:
    run("NOTIFY rights")
