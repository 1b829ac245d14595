# SPDX-License-Identifier: EUPL-1.2
"""What staff ask for on a page and a worker carries out in their name, within seconds.

A page's role in the database may write nothing of a case, an incident or an agent: it writes down who asks for what, and waits for the answer.
The worker looks up the person's roles again, and does what a command would do. What waited for long is refused and not done.
"""

import datetime as dt
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError

from rollkeeper.access.authority import Authority
from rollkeeper.access.errors import (
    APPROVER_UNKNOWN,
    STAFF_REQUEST_BROKE,
    STAFF_REQUEST_TOO_OLD,
    STAFF_REQUEST_UNREADABLE,
    NotSignedIn,
)
from rollkeeper.access.hooks import STAFF_REQUESTS
from rollkeeper.access.models import Staff
from rollkeeper.access.services import authority_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.errors import RollkeeperError, fault_in, row_of
from rollkeeper.kernel.hooks import HookUnset
from rollkeeper.kernel.ids import new_uuid

CHANNEL: Final = "staff_requests"
"""The channel of PostgreSQL on which a page says that something waits."""
ANSWER_TIMEOUT_S: Final = 6.0
MAX_AGE_MINUTES: Final = 15
_POLL_S: Final = 0.05
log = logging.getLogger("rollkeeper.staff_requests")


def ask_worker(authority: Authority, kind: str, **payload: Any) -> Mapping[str, Any] | None:
    """Have a worker do something in this person's name; return its result, None where it is not done yet.

    `payload` holds references, days, counts and choices, nothing personal. Refuses: APPROVER_UNKNOWN, STAFF_REQUEST_TOO_OLD,
    STAFF_REQUEST_BROKE, and what is refused where it is carried out.
    """
    if authority.staff_id is None:
        raise APPROVER_UNKNOWN()
    request_id = new_uuid()
    with action():
        run(
            "INSERT INTO access_staffrequest (request_id, staff_id, kind, payload, is_recent) VALUES (%s, %s, %s, %s, %s)",
            [request_id, authority.staff_id, kind, json.dumps(payload, default=str), authority.is_recent],
        )
        run("SELECT pg_notify(%s, '')", [CHANNEL])
    _await(request_id)
    return _answer(request_id)


def do_staff_requests(*, limit: int) -> int:
    """Carry out what waits, the oldest first; return how many there were."""
    done = 0
    while done < limit and _do_next():
        done += 1
    return done


def forget_staff_requests() -> int:
    """Delete what is a day old; return how many there were."""
    return run("DELETE FROM access_staffrequest WHERE made_at < clock_timestamp() - interval '1 day'")


def text_in(payload: Mapping[str, Any], name: str) -> str:
    """Return a text of a request. Refuses: STAFF_REQUEST_UNREADABLE."""
    text = payload.get(name)
    if not isinstance(text, str):
        raise STAFF_REQUEST_UNREADABLE()
    return text


def reference_in(payload: Mapping[str, Any], name: str) -> UUID:
    """Return a reference of a request. Refuses: STAFF_REQUEST_UNREADABLE."""
    try:
        return UUID(text_in(payload, name))
    except ValueError:
        raise STAFF_REQUEST_UNREADABLE() from None


def day_in(payload: Mapping[str, Any], name: str) -> dt.date:
    """Return a day of a request. Refuses: STAFF_REQUEST_UNREADABLE."""
    try:
        return dt.date.fromisoformat(text_in(payload, name))
    except ValueError:
        raise STAFF_REQUEST_UNREADABLE() from None


def _await(request_id: UUID) -> None:
    """Wait for the answer, but no longer than a page may take."""
    until = time.monotonic() + ANSWER_TIMEOUT_S
    asked = "SELECT FROM access_staffrequest WHERE request_id = %s AND done_at IS NOT NULL"
    while time.monotonic() < until and not rows(asked, [request_id]):
        time.sleep(_POLL_S)


def _answer(request_id: UUID) -> Mapping[str, Any] | None:
    found = rows("SELECT result, refusal FROM access_staffrequest WHERE request_id = %s", [request_id])
    refusal, result = (_read(found[0].refusal), _read(found[0].result)) if found else (None, None)
    if refusal is not None:
        raise fault_in(refusal)
    return result


def _do_next() -> bool:
    with action():
        found = rows(sql("access", "next_staff_request"))
        if not found:
            return False
        (row,) = found
        result, refusal = _outcome(row)
        run(
            "UPDATE access_staffrequest SET payload = '{}', done_at = clock_timestamp(), result = %s, refusal = %s WHERE request_id = %s",
            [_written(result), _written(refusal), row.request_id],
        )
    return True


def _outcome(row: Any) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """Carry out one request; return its result, or what was refused. What is refused is undone."""
    try:
        with action():
            return _done(row), None
    except RollkeeperError as fault:
        return None, row_of(fault)
    except (OperationalError, InterfaceError):
        raise
    except Exception as broke:  # noqa: BLE001 - one request that breaks must not stop the others; no value is logged
        log.error("a request of kind %s broke: %s", row.kind, type(broke).__name__)  # noqa: TRY400
        return None, row_of(STAFF_REQUEST_BROKE())


def _done(row: Any) -> Mapping[str, Any]:
    if row.age_minutes > MAX_AGE_MINUTES:
        raise STAFF_REQUEST_TOO_OLD(minutes=MAX_AGE_MINUTES)
    staff = Staff.objects.filter(staff_id=row.staff_id).first()
    if staff is None:
        raise NotSignedIn
    try:
        do = STAFF_REQUESTS.only(row.kind)
    except HookUnset:
        raise STAFF_REQUEST_UNREADABLE() from None
    authority = replace(authority_of(staff), is_recent=row.is_recent)
    return do(authority, _read(row.payload) or {}, clock.today())


def _read(kept: Any) -> Any:
    return json.loads(kept) if isinstance(kept, str) else kept


def _written(what: Mapping[str, Any] | None) -> str | None:
    return None if what is None else json.dumps(dict(what), default=str)
