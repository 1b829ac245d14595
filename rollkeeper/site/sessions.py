# SPDX-License-Identifier: EUPL-1.2
"""Sessions, kept so that whoever reads their table cannot enter by what it says.

A row lies under a hash of the session's key, never under the key that the browser holds, and the database gives a face none of
another's rows (`access/sql/rows_of_a_role.sql`). What a session says is sealed under the face's own secret, which no other
face has: among it is the secret of an authenticator app while somebody adds one.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from rollkeeper.site.small_seals import NOT_OURS, seal, unseal

_PURPOSE = b"rollkeeper sessions v1"

_ROW_LENGTH = 40  # of the column: 160 bits of the hash


class SessionStore(db.SessionStore):
    """Django's own, but for the name under which a row lies."""

    def _get_session_from_db(self) -> Session | None:
        key, self._session_key = self.session_key, _row(self.session_key)
        # Forgets the key where there is no such row.
        found: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        if found is not None:
            self._session_key = key
        return found

    def exists(self, session_key: str) -> bool:
        """Tell whether there is a session of this key."""
        return Session.objects.filter(session_key=_row(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of this session."""
        made = super().create_model_instance(data)
        made.session_key = _row(made.session_key)
        return made

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what is kept of a session."""
        return seal(json.dumps(session_dict), secret=settings.SECRET_KEY, purpose=_PURPOSE)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what a session says: nothing, where another face or nobody of ours wrote it."""
        try:
            said: dict[str, Any] = json.loads(
                unseal(str(session_data), secret=settings.SECRET_KEY, purpose=_PURPOSE)
            )
        except (NOT_OURS, ValueError):
            return {}
        return said

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session, this one where no other is named."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            Session.objects.filter(session_key=_row(key)).delete()


def _row(session_key: str | None) -> str:
    return hashlib.sha256(f"rollkeeper/session {session_key}".encode()).hexdigest()[:_ROW_LENGTH]
