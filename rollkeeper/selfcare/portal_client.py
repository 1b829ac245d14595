# SPDX-License-Identifier: EUPL-1.2
"""What the web app does at the database: request a code, redeem it, send requests. The portal's role in the database may do nothing else.

For an unknown number it runs the same statements as for a known one, and it does not learn which it was.
"""

import hashlib
import hmac
import json
import os
import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.codes import figures_in
from rollkeeper.kernel.database import action, prepared_rows, rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.notices.gateways.registry import channels_with_a_gateway
from rollkeeper.selfcare.answer_encryption import new_key, open_answer
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.errors import REGISTER_UNAVAILABLE, TooManyCodeRequests, WrongCode
from rollkeeper.selfcare.settings import settings
from rollkeeper.vault.blind_index import blind_numbers, blind_once, blind_references

CHANNEL: Final = "selfcare"
"""The channel of PostgreSQL on which the portal notifies the portal worker of new requests."""
CODE_FIGURES: Final = 8
"""The number of figures of a code that is typed within minutes: sent to the line, or handed over."""
ANSWER_TIMEOUT_S: Final = 8.0
_POLL_S: Final = 0.02
_SOURCE_KEY: Final = os.urandom(32)  # Never stored, so that no hash can be traced to its source later.


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """The browser's token of a session. The register stores only its hash."""

    secret: bytes

    @classmethod
    def fresh(cls) -> "Token":
        """Make a new token."""
        return cls(os.urandom(32))

    @property
    def mark(self) -> bytes:
        """Return the token's hash for the register."""
        return hashlib.sha256(b"rollkeeper/session\x00" + self.secret).digest()


def request_code(number: str, *, source: str, language: str) -> UUID:
    """Ask that a code be sent to a number, if it is a line that may have one. Refuses: NumberNotRead, TooManyCodeRequests."""
    (index,) = blind_numbers([normalised(number)])
    mark = hmac.new(_SOURCE_KEY, source.encode(), hashlib.sha256).digest()[:16]
    code_request_id = new_uuid()
    with action():
        lock_matter("code_request", mark.hex())  # Two requests of one source are counted one after the other.
        (came,) = rows("SELECT selfcare_requests_of_source(%s) AS code_requests", [mark])
        if came.code_requests >= settings().code_requests_per_hour:
            raise TooManyCodeRequests
        run(
            "INSERT INTO selfcare_coderequest (code_request_id, number_index, source_mark, language) VALUES (%s, %s, %s, %s)",
            [code_request_id, index, mark, language],
        )
        _wake_worker()
    return code_request_id


def normalised(number: str) -> str:
    """Return a typed number as the register writes it. Refuses: NumberNotRead."""
    return normalise_identifier(number, service=service_guess(number), country=instance().country_code)


def redeem_code(code_request_id: UUID, code: str) -> Token:
    """Begin a session with the code that was sent to the line, or by letter. Refuses: WrongCode, for every invalid code."""
    token = Token.fresh()
    given, posted = hash_code(code_request_id, code), hash_posted_code(code)
    # Two transactions, since the database compares a code only after its try was committed.
    rows("SELECT selfcare_count_try(%s, %s, %s)", [code_request_id, given, posted])
    (opened,) = rows("SELECT selfcare_verify_code(%s, %s) AS opened", [code_request_id, token.mark])
    if not opened.opened:
        raise WrongCode
    return token


def request_letter(code_request_id: UUID) -> None:
    """Ask for a letter with a code, for the number typed on this page. The page behaves the same for every number."""
    rows("SELECT selfcare_request_letter(%s)", [code_request_id])


def offers_letters() -> bool:
    """Tell whether this instance sends letters with codes at all."""
    return settings().letters_per_day > 0 and Channel.POST in channels_with_a_gateway()


def hash_posted_code(code: str) -> bytes:
    """Return the keyed hash stored for a code sent by letter. It is valid on any page, since the page that asked is gone by then."""
    return blind_references([f"sent by letter {figures_in(code)}"])[0]


def hash_code(code_request_id: UUID, code: str) -> bytes:
    """Return the keyed hash stored for a code, valid for this code request alone. Figures may be typed in any script."""
    return blind_once(code_request_id, figures_in(code))


def send_request(
    token: Token,
    kind: PortalRequestKind,
    *,
    language: str,
    payload: dict[str, Any] | None = None,
    request_id: UUID | None = None,
    sealed: bytes | None = None,
) -> dict[str, Any]:
    """Send a request and wait for the answer; if no answer comes, it is certain that nothing was done. Refuses: REGISTER_UNAVAILABLE."""
    key, request_id = new_key(), request_id or new_uuid()
    with action():
        run(
            "INSERT INTO selfcare_portalrequest (request_id, session_mark, kind, payload, sealed, language, public_key)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                request_id,
                token.mark,
                kind.value,
                json.dumps(payload or {}),
                sealed,
                language,
                key.public_key().public_bytes_raw(),
            ],
        )
        _wake_worker()
    until = time.monotonic() + ANSWER_TIMEOUT_S
    while time.monotonic() < until:
        if rows(
            "SELECT FROM selfcare_portalrequest WHERE request_id = %s AND answer IS NOT NULL", [request_id]
        ):
            break
        time.sleep(_POLL_S)
    # The worker locks the row while it works: this statement waits for it, and then the answer is there.
    came = prepared_rows(sql("selfcare", "take_answer"), [request_id])
    if not came or came[0].answer is None:
        raise REGISTER_UNAVAILABLE()
    return open_answer(bytes(came[0].answer), key=key, request_id=request_id)


def _wake_worker() -> None:
    run(f"NOTIFY {CHANNEL}")
