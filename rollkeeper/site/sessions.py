# SPDX-License-Identifier: EUPL-1.2
"""Sessions, kept so that whoever reads their table cannot enter by what it says.

The faces share one table and each face's role may read all of it. So a row lies under a hash of the session's key, never
under the key that the browser holds; and what a session says is signed with the face's own secret, which no other face has.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

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

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session, this one where no other is named."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            Session.objects.filter(session_key=_row(key)).delete()


def _row(session_key: str | None) -> str:
    return hashlib.sha256(f"rollkeeper/session {session_key}".encode()).hexdigest()[:_ROW_LENGTH]
