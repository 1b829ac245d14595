# SPDX-License-Identifier: EUPL-1.2
"""Sessions, stored so that a reader of their table cannot use them to sign in.

A row has a hash of the session's key, never the key in the browser, and the database gives an app none of another's rows
(`access/sql/rows_of_a_role.sql`). The content is encrypted with the app's own secret, which no other app has: it may include the
secret of an authenticator app while it is being added.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.conf import settings
from django.contrib.auth import SESSION_KEY as AUTH_USER
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session

from rollkeeper.access.field_encryption import INVALID, decrypt, encrypt
from rollkeeper.access.models import Staff
from rollkeeper.access.queries import ACCOUNT, WITH_SECRETS, account_of
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.agents.queries import OF_AGENT
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import Role, in_transaction, prepared_later, prepared_rows, this_role

_PURPOSE = b"rollkeeper sessions v1"
_STEP = dt.timedelta(seconds=10)
"""A session's end moves with each request, but its row is updated only in steps of this length: so not every request writes to disk."""
SOURCE_MARK = "source_mark"
"""The key under which a session stores a hash of the address from which its owner signed in."""
_KEPT = (
    "UPDATE django_session SET session_data = %s, expire_date = %s, staff_id = coalesce(%s::uuid, staff_id),"
    " source_mark = coalesce(nullif(source_mark, ''), %s) FROM (SELECT {how}) AS commit (how)"
    " WHERE commit.how = commit.how AND session_key = %s AND begun_by = CURRENT_USER RETURNING reference"
)
_KEPT_AT_ONCE = _KEPT.format(how="set_config('synchronous_commit', 'off', true)")
_KEPT_WITH_ITS_ACT = _KEPT.format(how="''")
_FOUND = (
    "SELECT d.session_data, d.expire_date{account} WHERE d.session_key = %(key)s AND d.begun_by = CURRENT_USER"
    " AND d.expire_date > %(now)s AND d.begun_at > %(oldest)s"
)
_FOUND_ALONE = _FOUND.format(account=" FROM django_session d")
_FOUND_WITH_ACCOUNT = _FOUND.format(
    account=f", {ACCOUNT}, {OF_AGENT} AS is_of_agent FROM django_session d LEFT JOIN access_staff s ON s.staff_id = d.staff_id{WITH_SECRETS}"
)
_ROW_LENGTH = 40  # of the column: 160 bits of the hash


class SessionStore(db.SessionStore):
    """Django's store, but a row lies under another name, and is written less often."""

    _ends_at: dt.datetime | None = None
    """When the session ends, according to the row that was read."""
    _kept: Callable[[], list[Any]] | None = None
    """If an act wrote the session: a function that returns the row that was written."""
    account: Staff | None = None
    """The account of a member of staff's session, with the roles of the day, as it was when the session was read."""

    def load(self) -> dict[str, Any]:
        """Return the content of the session; an unknown or ended session has no content, and its key is discarded.

        A session ends some time after its last request, and after `access.session_hours` even if it is used.
        """
        now, on = clock.true_now(), clock.today()
        of_staff = this_role() is not Role.PORTAL
        found = prepared_rows(
            _FOUND_WITH_ACCOUNT if of_staff else _FOUND_ALONE,
            {"key": _row(self.session_key), "now": now, "oldest": now - dt.timedelta(hours=access_settings().session_hours)}
            | ({"day": on} if of_staff else {}),
        )  # fmt: skip
        if not found:
            self._session_key = None
            return {}
        self._ends_at = found[0].expire_date
        if of_staff and found[0].staff_id:
            self.account = account_of(found[0], on=on)
            self.account.is_of_agent = found[0].is_of_agent
        return self.decode(found[0].session_data)

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - as Django calls it
        """Save the session; if nothing in it changed and it was saved a moment ago, only check that it still exists."""
        kept, self._kept = self._kept, None
        if kept is not None and not self.modified:
            if not kept():
                raise UpdateError
        elif self.session_key is None:
            self.create()
        elif must_create:
            super().save(must_create)
            if _whose(dict(self.items())):
                self._write()
        elif self.modified or not self._ends_at or self.get_expiry_date() - self._ends_at > _STEP:
            self._write()
        elif not self.exists(self.session_key):
            raise UpdateError

    def keep_with_act(self) -> None:
        """Write the session in the transaction of an act, with its commit. `save` checks whether the session still existed."""
        self._kept = self._write_later()
        self.modified = False

    def _write(self) -> None:
        if not self._write_later()():
            raise UpdateError

    def _write_later(self) -> Callable[[], list[Any]]:
        """Write the content and, the first time, the account and source; return a function that gives the row, if the session still exists.

        No answer waits for the disk: if a server dies within half a second, the session is as before, and its owner types a number again.
        """
        content = dict(self.items())
        return prepared_later(
            _KEPT_WITH_ITS_ACT if in_transaction() else _KEPT_AT_ONCE,
            [
                self.encode(content),
                self.get_expiry_date(),
                _whose(content),
                bytes.fromhex(content.get(SOURCE_MARK, "")),
                _row(self.session_key),
            ],
        )

    def exists(self, session_key: str) -> bool:
        """Tell whether there is a session of this key."""
        return bool(prepared_rows("SELECT FROM django_session WHERE session_key = %s", [_row(session_key)]))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of this session."""
        made = super().create_model_instance(data)
        made.session_key = _row(made.session_key)
        return made

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the sealed content of a session to store."""
        return encrypt(json.dumps(session_dict), secret=settings.SECRET_KEY, purpose=_PURPOSE)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the content of a session; empty if another app or program wrote it."""
        try:
            said: dict[str, Any] = json.loads(
                decrypt(str(session_data), secret=settings.SECRET_KEY, purpose=_PURPOSE)
            )
        except (INVALID, ValueError):
            return {}
        return said

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session: this one, if no other is named."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            Session.objects.filter(session_key=_row(key)).delete()


def _whose(content: dict[str, Any]) -> str | None:
    """Return the account that is signed in, or in the second step of a sign-in: the session ends with the others of that account."""
    waits = content.get(LOGIN_SESSION_KEY)
    whose: str | None = content.get(AUTH_USER) or (waits.get("user_pk") if isinstance(waits, dict) else None)
    return whose


def reference_of(session_key: str | None) -> UUID | None:
    """Return the reference by which a session's owner sees it."""
    found = prepared_rows("SELECT reference FROM django_session WHERE session_key = %s", [_row(session_key)])
    return found[0].reference if found else None


def _row(session_key: str | None) -> str:
    return hashlib.sha256(f"rollkeeper/session {session_key}".encode()).hexdigest()[:_ROW_LENGTH]
