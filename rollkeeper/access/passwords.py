# SPDX-License-Identifier: EUPL-1.2
"""Checks a user name and a password: just as slowly for a name that does not exist, and only a limited number of times.

The command line and both web apps use it. Each counts attempts separately, in its own rows: an attacker who controls one
app cannot reset attempts counted at another.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence

from django.contrib.auth.hashers import check_password, make_password

from rollkeeper.access.choices import SignInOutcome, SignInSource
from rollkeeper.access.errors import NotSignedIn, TooManyAttempts
from rollkeeper.access.models import Staff
from rollkeeper.access.sign_ins import record_sign_in
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import run

TRIES = 5
"""Wrong passwords for one user name from one source."""
TRIES_PER_NAME = 30
"""For one user name from all sources together. The limit does not apply to a source from which this name signed in lately."""
TRIES_PER_SOURCE = 100
"""From one source for all user names together: a shop, or a whole operator, may have one address."""
TRIES_ENTERED = 500
"""For all names from all sources together. After so many, tries of unknown names leave no entry: they would fill the ledger for ever."""
WINDOW = dt.timedelta(minutes=5)
KNOWN_FOR = dt.timedelta(days=90)
CONSOLE = "console"
"""The source of a user who types on the machine itself."""


def staff_with(username: str, password: str, *, source: str = CONSOLE) -> Staff:
    """Return the member of staff with this user name and password; `source` is the address of the client.

    A stranger who tries a name locks that name only at the stranger's own address. Refuses: TooManyAttempts, NotSignedIn.
    """
    name = canonical_username(username)
    here, all_over, whole_source = (_mark("here", name, source), _mark("name", name), _mark("source", source))
    counted = _count_attempts([here, all_over, whole_source])
    staff, source_class = Staff.objects.filter(username=name).first(), class_of(name, source)
    if (
        counted[here] > TRIES
        or counted[whole_source] > TRIES_PER_SOURCE
        or (counted[all_over] > TRIES_PER_NAME and not _is_known(name, source))
    ):
        is_first = TRIES + 1 in {counted[here], counted[all_over] - TRIES_PER_NAME + TRIES}
        if is_first and _is_entered(staff):
            record_sign_in(staff, SignInOutcome.LIMIT_REACHED, source=source_class)
        raise TooManyAttempts(tries=TRIES, minutes=int(WINDOW.total_seconds() // 60))
    is_entered = _is_entered(staff)
    if staff is None:
        make_password(password)  # as long as a check would take
        if is_entered:
            record_sign_in(None, SignInOutcome.WRONG_PASSWORD, source=source_class)
        raise NotSignedIn
    if not check_password(password, staff.password) or not staff.is_active:
        record_sign_in(staff, SignInOutcome.WRONG_PASSWORD, source=source_class)
        raise NotSignedIn
    run(
        database.sql("access", "forgive_attempts"),
        {"here": here, "others": [all_over, whole_source], "known": _mark("known", name, source)},
    )
    return staff


def _is_entered(staff: Staff | None) -> bool:
    """Count a try; tell whether it leaves an entry if it fails. A try that is refused without a check of its password is not counted."""
    everyone = _mark("everyone")
    return _count_attempts([everyone])[everyone] <= TRIES_ENTERED or staff is not None


def count_code(username: str, code: str, *, using: str) -> bool:
    """Count a try of a second factor; tell whether this code is tried for the first time. Refuses: TooManyAttempts.

    A code that was used in any process is refused until long after it has expired.
    """
    name = canonical_username(username)
    tried, this_code = _mark("codes", name), _mark("code", name, code)
    counted = _count_attempts([tried, this_code], using=using)
    if counted[tried] > TRIES:
        raise TooManyAttempts(tries=TRIES, minutes=int(WINDOW.total_seconds() // 60))
    return counted[this_code] == 1


def forgive_codes(username: str, *, using: str) -> None:
    """Delete the count of wrong second factors after a right one."""
    mark = _mark("codes", canonical_username(username))
    run("DELETE FROM access_attempt WHERE name_mark = %s AND counted_by = CURRENT_USER", [mark], using=using)


def canonical_username(text: str) -> str:
    """Return a user name as it is kept: without blanks around it, in small letters."""
    return text.strip().lower()


def _count_attempts(marks: Sequence[bytes], *, using: str = "default") -> dict[bytes, int]:
    found = database.rows(
        database.sql("access", "count_attempts"),
        {"marks": sorted(marks), "window": WINDOW, "known_for": KNOWN_FOR},
        using=using,
    )
    return {bytes(row.name_mark): row.tries for row in found}


def class_of(username: str, source: str) -> SignInSource:
    """Return the class of a source for an account."""
    if source == CONSOLE:
        return SignInSource.CONSOLE
    return SignInSource.KNOWN if _is_known(canonical_username(username), source) else SignInSource.NEW


def source_mark(source: str) -> bytes:
    """Return a hash that is equal for two sessions from one source."""
    return _mark("session", source)


def _is_known(name: str, source: str) -> bool:
    """Tell whether this name signed in from this source lately."""
    statement = "SELECT FROM access_attempt WHERE name_mark = %s AND counted_by = CURRENT_USER AND since > clock_timestamp() - %s"
    return bool(database.rows(statement, [_mark("known", name, source), KNOWN_FOR]))


def _mark(kind: str, *words: str) -> bytes:
    """Return a hash of a user name, which may be a password typed into the wrong field, or of an address."""
    key = stores.staff_secret().encode()
    return hmac.new(key, "\0".join([kind, *words]).encode(), hashlib.sha256).digest()
