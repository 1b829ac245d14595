# SPDX-License-Identifier: EUPL-1.2
"""Sessions, stored so that a reader of their table cannot use them to sign in.

A row has a hash of the session's key, never the key in the browser, and the database gives an app none of another's rows
(`access/sql/rows_of_a_role.sql`). The content is encrypted with the app's own secret, which no other app has: it may include the
secret of an authenticator app while it is being added.
"""

import datetime as dt
import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session

from rollkeeper.kernel import clock
from rollkeeper.kernel.database import prepared_rows
from rollkeeper.site.field_encryption import INVALID, decrypt, encrypt

_PURPOSE = b"rollkeeper sessions v1"
_STEP = dt.timedelta(seconds=10)
"""Where a session ends some time after its last request, its row says so to this step: not every request writes to the disk."""
_ROW_LENGTH = 40  # of the column: 160 bits of the hash


class SessionStore(db.SessionStore):
    """Django's own, but for the name under which a row lies, and for how often it is written."""

    _ends_at: dt.datetime | None = None
    """As the row says that was read."""

    def load(self) -> dict[str, Any]:
        """Return the content of the session; an expired or unknown one has no user, and its key is discarded."""
        found = prepared_rows(
            "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s",
            [_row(self.session_key), clock.true_now()],
        )
        if not found:
            self._session_key = None
            return {}
        self._ends_at = found[0].expire_date
        return self.decode(found[0].session_data)

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - as Django calls it
        """Keep the session; where nothing in it changed and it was kept a moment ago, look only whether it has ended."""
        if (
            must_create
            or self.modified
            or not self._ends_at
            or self.get_expiry_date() - self._ends_at > _STEP
        ):
            super().save(must_create)
        elif not self.exists(self.session_key or ""):
            raise UpdateError

    def exists(self, session_key: str) -> bool:
        """Tell whether there is a session of this key."""
        return bool(prepared_rows("SELECT FROM django_session WHERE session_key = %s", [_row(session_key)]))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of this session."""
        made = super().create_model_instance(data)
        made.session_key = _row(made.session_key)
        return made

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what is kept of a session."""
        return encrypt(json.dumps(session_dict), secret=settings.SECRET_KEY, purpose=_PURPOSE)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the content of a session: nothing, if another app or a foreign program wrote it."""
        try:
            said: dict[str, Any] = json.loads(
                decrypt(str(session_data), secret=settings.SECRET_KEY, purpose=_PURPOSE)
            )
        except (INVALID, ValueError):
            return {}
        return said

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session, this one where no other is named."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            Session.objects.filter(session_key=_row(key)).delete()


def _row(session_key: str | None) -> str:
    return hashlib.sha256(f"rollkeeper/session {session_key}".encode()).hexdigest()[:_ROW_LENGTH]
