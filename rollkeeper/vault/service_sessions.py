# SPDX-License-Identifier: EUPL-1.2
"""Sessions of staff at the vault service: kept only in its memory, short, and valid for one user of this machine.

A session begins with a password and a second factor. It ends after some minutes, when the account is closed, when its password
changes, and with the service. Only a hash of the token is kept.
"""

import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.access.models import Staff
from rollkeeper.access.passwords import staff_with
from rollkeeper.access.queries import staff_of
from rollkeeper.access.second_factor import has_code, require_second_factor
from rollkeeper.access.services import authority_of
from rollkeeper.kernel import clock
from rollkeeper.vault.errors import VAULT_SESSION_OVER

LASTS_S: Final = 300.0
MAX_SESSIONS: Final = 500


@dataclass(frozen=True, slots=True)
class _Session:
    staff_id: UUID
    password_mark: bytes
    user: int
    ends_at: float


class Sessions:
    """The sessions of one service."""

    def __init__(self, *, lasts_s: float = LASTS_S) -> None:
        self._lasts_s = lasts_s
        self._kept: dict[bytes, _Session] = {}
        self._lock = threading.Lock()

    def begin(self, username: str, password: str, code: str | None, *, user: int) -> dict[str, object]:
        """Check who asks, and begin a session for one user of the machine; without a code say whether one is needed.

        Refuses: NotSignedIn, TooManyAttempts, NO_SECOND_FACTOR, PASSKEY_ONLY.
        """
        staff = staff_with(username, password)
        if code is None and has_code(staff):
            return {"needs_code": True}
        require_second_factor(staff, lambda: code or "")
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._forget_over()
            self._kept[_mark(token)] = _Session(
                staff.staff_id, _password_mark(staff), user, time.monotonic() + self._lasts_s
            )
        return {"needs_code": False, "token": token, "staff_id": str(staff.staff_id)}

    def authority(self, token: str, *, user: int) -> Authority:
        """Return whom a session belongs to, with the roles of today. Refuses: VAULT_SESSION_OVER."""
        with self._lock:
            found = self._kept.get(_mark(token))
        if found is None or found.user != user or found.ends_at < time.monotonic():
            raise VAULT_SESSION_OVER()
        staff = staff_of(found.staff_id, on=clock.today())
        if (
            staff is None
            or not staff.is_active
            or not hmac.compare_digest(_password_mark(staff), found.password_mark)
        ):
            raise VAULT_SESSION_OVER()
        return authority_of(staff)

    def end(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._kept.pop(_mark(token), None)

    def _forget_over(self) -> None:
        now = time.monotonic()
        self._kept = {mark: one for mark, one in self._kept.items() if one.ends_at >= now}
        while len(self._kept) >= MAX_SESSIONS:
            self._kept.pop(next(iter(self._kept)))


def _mark(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _password_mark(staff: Staff) -> bytes:
    return hashlib.sha256(staff.password.encode()).digest()
