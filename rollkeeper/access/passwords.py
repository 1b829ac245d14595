# SPDX-License-Identifier: EUPL-1.2
"""Checks a user name and a password: as slowly for a name that does not exist, and not endlessly often.

One place for the command line and both web apps. Each counts attempts separately, in its own rows: an attacker who controls one
app cannot reset attempts counted at another.
"""

import datetime as dt
import hashlib
import hmac

from django.contrib.auth.hashers import check_password, make_password

from rollkeeper.access.errors import NotSignedIn, TooManyAttempts
from rollkeeper.access.models import Staff
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import run

TRIES = 5
WINDOW = dt.timedelta(minutes=5)


def staff_with(username: str, password: str) -> Staff:
    """Return the member of staff with this user name and password. Refuses: TooManyAttempts, NotSignedIn."""
    mark = _mark(username)
    if _count_attempt(mark) > TRIES:
        raise TooManyAttempts(tries=TRIES, minutes=int(WINDOW.total_seconds() // 60))
    staff = Staff.objects.filter(username=canonical_username(username)).first()
    if staff is None:
        make_password(password)  # as long as a check would take
        raise NotSignedIn
    if not check_password(password, staff.password) or not staff.is_active:
        raise NotSignedIn
    run("DELETE FROM access_attempt WHERE name_mark = %s AND counted_by = CURRENT_USER", [mark])
    return staff


def canonical_username(text: str) -> str:
    """Return a user name as it is kept: without blanks around it, in small letters."""
    return text.strip().lower()


def _count_attempt(mark: bytes) -> int:
    statement = database.sql("access", "count_attempt")
    return int(database.rows(statement, {"mark": mark, "window": WINDOW})[0].tries)


def _mark(username: str) -> bytes:
    """Return a hash of a user name, which may be any text, even a password typed into the wrong field."""
    key = stores.staff_secret().encode()
    return hmac.new(key, canonical_username(username).encode(), hashlib.sha256).digest()
