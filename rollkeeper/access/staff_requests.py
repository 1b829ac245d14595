# SPDX-License-Identifier: EUPL-1.2
"""What staff ask for on a page and a worker carries out in their name: the only way, for work of milliseconds or of an hour.

A page's role in the database cannot write to a case, a campaign, a file or an agent: it records who asks for what. A worker looks up the
person's roles again, and does what a command would do. A request that waited for long is refused and not done. Some things the worker's
role can do only with such a request, and once for each (`operations/sql/asked_for.sql`).
"""

import datetime as dt
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError

from rollkeeper.access.authority import Authority
from rollkeeper.access.choices import RequestJob, RequestState
from rollkeeper.access.dual_control import reference_of
from rollkeeper.access.errors import (
    APPROVER_UNKNOWN,
    STAFF_REQUEST_BROKE,
    STAFF_REQUEST_TOO_OLD,
    STAFF_REQUEST_UNREADABLE,
    NotSignedIn,
)
from rollkeeper.access.hooks import LONG_REQUESTS, STAFF_REQUESTS
from rollkeeper.access.models import Staff
from rollkeeper.access.services import authority_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import (
    action,
    is_locked_by_others,
    is_of_one_request,
    read_json,
    rows,
    run,
    sql,
)
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.hooks import HookUnset
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.stored_refusals import restored_refusals, stored_refusals

CHANNEL: Final = "staff_requests"
"""The channel of PostgreSQL on which a page says that something waits."""
ANSWER_TIMEOUT_S: Final = 6.0
MAX_AGE_MINUTES: Final = 15
_POLL_S: Final = 0.05
_BUSY_FOR: Final = dt.timedelta(seconds=20)
_KEPT_LONG_DAYS: Final = 366
log = logging.getLogger("rollkeeper.staff_requests")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the worker who does it sees it."""

    request_id: UUID
    staff_id: StaffId
    subject: UUID | None
    said: Mapping[str, Any]
    """Facts and payload together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a request that takes long; with `again_in`, the worker goes on with the request after that time."""

    result: Mapping[str, Any] = field(default_factory=dict)
    again_in: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as a page shows it."""

    request_id: UUID
    staff_id: StaffId
    kind: str
    subject: UUID | None
    facts: Mapping[str, Any]
    state: RequestState
    requested_by: str
    requested_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: Mapping[str, Any]
    refusals: list[RollkeeperError]

    @property
    def due_on(self) -> dt.date | None:
        """Return the day that it is about, if it is about one."""
        said = self.facts.get("due_on")
        return dt.date.fromisoformat(said) if isinstance(said, str) else None

    @property
    def reference(self) -> str:
        """Return the short reference by which two people know that they mean the same thing."""
        return reference_of(str(self.subject or self.request_id))

    @property
    def is_open(self) -> bool:
        """Tell whether it is not done yet."""
        return self.ended_at is None

    @property
    def is_under_way(self) -> bool:
        """Tell whether the worker has it to do."""
        return self.state is RequestState.APPROVED


def ask_worker(
    authority: Authority, kind: str, *, subject: UUID | None = None, **payload: Any
) -> Mapping[str, Any] | None:
    """Have a worker do something in this person's name; return its result, None if it is not done yet.

    `subject` is the campaign that the request is about: the database lets the worker act on no other. `payload` holds references, days,
    counts and choices, nothing personal. Refuses: APPROVER_UNKNOWN, STAFF_REQUEST_TOO_OLD, STAFF_REQUEST_BROKE, and what the worker
    refuses.
    """
    with action():
        request_id = ask(authority, kind, subject=subject, payload=payload)
    return answer_to(request_id)


def answer_to(request_id: UUID) -> Mapping[str, Any] | None:
    """Return the result of a request, None if it is not done yet. Refuses: as `ask_worker`."""
    _await(request_id)
    return _answer(request_id)


def ask(
    authority: Authority,
    kind: str,
    *,
    job: RequestJob = RequestJob.PAGE,
    subject: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    payload: Mapping[str, Any] | None = None,
    is_pending: bool = False,
    is_kept: bool = False,
) -> UUID:
    """Record what a member of staff asks for; return its reference.

    A pending request waits for a second person; a kept one is shown on a page later.

    Precondition: inside an action that leaves an entry of what is asked about a campaign or a file. Refuses: APPROVER_UNKNOWN.
    """
    if authority.staff_id is None:
        raise APPROVER_UNKNOWN()
    request_id = new_uuid()
    rows(
        "SELECT access_ask(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [request_id, authority.staff_id, kind, job.value, subject, _written(facts or {}), _written(payload or {}), authority.is_recent,
         is_pending, _KEPT_LONG_DAYS if is_kept else 1],
    )  # fmt: skip
    run("SELECT pg_notify(%s, '')", [CHANNEL])
    return request_id


def settle_pending(request_id: UUID, *, is_done: bool) -> None:
    """End a request that waited for a second person: done, or withdrawn. Precondition: the caller's action leaves its entry."""
    rows("SELECT access_settle_pending(%s, %s)", [request_id, is_done])


def last_request(kind: str, subject: UUID | None = None, *, is_open: bool = False) -> RequestView | None:
    """Return the newest request of a kind about a subject, or about none; with `is_open`, only one that is not done yet."""
    found = rows(sql("access", "last_request"), {"kind": kind, "subject": subject, "is_open": is_open})
    return _view(found[0]) if found else None


def pending_requests(kind: str) -> list[RequestView]:
    """Return the requests of a kind that wait for a second person, the oldest first."""
    found = rows(sql("access", "pending_requests"), {"kind": kind})
    return [_view(row) for row in found]


def recent_requests(kind: str, *, limit: int) -> list[RequestView]:
    """Return the latest requests of a kind, done or not, the newest first."""
    return [_view(row) for row in rows(sql("access", "recent_requests"), {"kind": kind, "limit": limit})]


def requests_under_way() -> list[RequestView]:
    """Return the approved requests that a worker has not done yet, the oldest first."""
    return [_view(row) for row in rows(sql("access", "requests_under_way"))]


def do_staff_requests(*, limit: int, job: RequestJob = RequestJob.PAGE) -> int:
    """Carry out the requests that wait for a job, the oldest first; return how many there were."""
    done = 0
    while done < limit and _do_next(job):
        done += 1
    return done


def forget_staff_requests() -> int:
    """Delete requests that are a day old, or a year old if a page shows them; return how many there were."""
    return int(rows("SELECT access_forget_requests() AS gone")[0].gone)


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
    """Wait for the answer, up to the longest time that a page may take."""
    until = time.monotonic() + ANSWER_TIMEOUT_S
    asked = "SELECT FROM access_staffrequest WHERE request_id = %s AND done_at IS NOT NULL"
    while time.monotonic() < until and not rows(asked, [request_id]):
        time.sleep(_POLL_S)


def _answer(request_id: UUID) -> Mapping[str, Any] | None:
    asked = "SELECT CASE WHEN done_at IS NOT NULL THEN result END AS result, refusal FROM access_staffrequest WHERE request_id = %s"
    (found,) = rows(asked, [request_id])
    raise_all(restored_refusals(_read(found.refusal) or ()))
    result: Mapping[str, Any] | None = _read(found.result)
    return result


def _do_next(job: RequestJob) -> bool:
    """Do the oldest request; return whether there was one. Long work commits by itself; other work and its answer are one transaction."""
    found = rows(_NEXT, [job.value, None])
    if not found:
        return False
    (row,) = found
    if _is_long(row.kind):
        _keep(row, *_outcome(row))
        return True
    with action():
        for still in rows(_NEXT, [job.value, row.request_id]):
            _keep(still, *_outcome(still))
    return True


_NEXT: Final = "SELECT *, extract(epoch FROM clock_timestamp() - made_at) / 60 AS age_minutes FROM access_next_request(%s, %s)"


def _keep(row: Any, outcome: Outcome | None, refused: list[dict[str, Any]] | None) -> None:
    if outcome is not None and outcome.again_in is not None:
        rows(
            "SELECT access_postpone_request(%s, %s, %s)",
            [row.request_id, outcome.again_in.total_seconds(), _written(outcome.result)],
        )
        return
    result = None if outcome is None else _written(outcome.result)
    rows(
        "SELECT access_answer_request(%s, %s, %s)",
        [row.request_id, result, None if refused is None else json.dumps(refused)],
    )


def _outcome(row: Any) -> tuple[Outcome | None, list[dict[str, Any]] | None]:
    """Carry out one request; return its result or its refusals. A refused request changes nothing."""
    try:
        if _is_long(row.kind):
            return _done(row), None
        with action():
            return _done(row), None
    except RollkeeperError as fault:
        return None, stored_refusals(fault)
    except Exception as broke:  # one request that breaks must not stop the others; no value is logged
        if isinstance(broke, (OperationalError, InterfaceError)) and not is_of_one_request(broke):
            raise
        if is_locked_by_others(broke) and not _is_long(row.kind) and row.age_minutes < MAX_AGE_MINUTES:
            return Outcome(again_in=_BUSY_FOR), None
        log.error("a request of kind %s broke: %s", row.kind, type(broke).__name__)  # noqa: TRY400
        return None, stored_refusals(STAFF_REQUEST_BROKE())


def _done(row: Any) -> Outcome:
    if row.age_minutes > MAX_AGE_MINUTES and row.again_at is None:
        raise STAFF_REQUEST_TOO_OLD(minutes=MAX_AGE_MINUTES)
    staff = Staff.objects.filter(staff_id=row.staff_id).first()
    if staff is None:
        raise NotSignedIn
    authority = replace(authority_of(staff), is_recent=row.is_recent)
    said = {**(_read(row.facts) or {}), **(_read(row.payload) or {})}
    if _is_long(row.kind):
        return LONG_REQUESTS.only(row.kind)(
            authority, Asked(row.request_id, StaffId(row.staff_id), row.subject, said), clock.today()
        )
    try:
        do = STAFF_REQUESTS.only(row.kind)
    except HookUnset:
        raise STAFF_REQUEST_UNREADABLE() from None
    return Outcome(do(authority, said, clock.today()))


def _is_long(kind: str) -> bool:
    return any(key == kind for key, _ in LONG_REQUESTS.each_by_key())


def _view(row: Any) -> RequestView:
    name = Staff.objects.filter(staff_id=row.staff_id).values_list("username", flat=True).first()
    return RequestView(
        row.request_id, StaffId(row.staff_id), row.kind, row.subject, _read(row.facts) or {}, RequestState(row.state), name or "",
        row.made_at, row.done_at, _read(row.result) or {}, restored_refusals(_read(row.refusal) or ()),
    )  # fmt: skip


def _read(kept: Any) -> Any:
    return read_json(kept) if isinstance(kept, str) else kept


def _written(what: Mapping[str, Any]) -> str:
    return json.dumps(dict(what), default=str)
