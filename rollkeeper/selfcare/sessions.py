# SPDX-License-Identifier: EUPL-1.2
"""A session as the portal worker sees it, and which lines it may see.

A clerk, an agent or a file may register a line under another person's document. So the line in the hand does not open that person's other
records at once: the person is notified of the new line, and has some days to say that it is not theirs. A line that was registered without
its document being seen, as from a file, never opens them: no one is notified of it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, subscriber_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import prepared_rows, run, sql
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.lines.choices import LineState
from rollkeeper.selfcare.errors import (
    DOCUMENT_NEVER_CHECKED,
    INVALID_REQUEST,
    LINE_TOO_NEW,
    NOT_YOUR_LINE,
    VERIFICATION_NEEDED,
    SessionExpired,
)
from rollkeeper.selfcare.settings import new_line_days


@dataclass(frozen=True, slots=True)
class Tenure:
    """One present or past line of a person, while data about it is kept."""

    line_id: LineId
    tenure_id: TenureId
    party_kind: str
    commitment: str | None
    contested_on: dt.date | None
    good_through: dt.date | None
    identity_check: str | None
    since: dt.datetime
    until: dt.datetime | None
    service: Service
    region: str | None
    payment: Payment
    state: LineState
    activated_on: dt.date
    terminated_on: dt.date | None
    number_sealed: bytes | None

    @property
    def is_present(self) -> bool:
        """Tell whether the line is theirs now."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class PortalSession:
    """A living session for one line and its present tenure."""

    session_mark: bytes
    line_id: LineId
    tenure_id: TenureId | None
    person_id: PersonId | None
    is_verified: bool
    attempts_left: int
    ends_at: dt.datetime
    is_remote: bool
    """The subscriber registered remotely and the document was not seen: their own data proves nothing."""
    was_handed_over: bool = False
    """The code did not come to the line: it was heard in the care number's menu, given at a counter, or read in a letter."""
    is_contested: bool = False
    """The person in whose name the line is registered says that it is not theirs: another person has it in hand."""
    is_company: bool = False
    """The subscriber is a company: its name and the number of its licence are public, and prove nothing."""
    is_declared: bool = False
    """No document was seen when the line was registered: it opens no other data of its subscriber."""
    alone_until: dt.date | None = None
    """Before this day the line is too new to open other data of its subscriber; None: it is not too new."""
    held_since: dt.datetime | None = None
    """Since when its subscriber has the line; a corrected record does not change it."""
    read_before: tuple[Tenure, ...] | None = None
    """The tenures that it may see, if they were already read (`with_tenures_read`)."""

    @property
    def is_limited(self) -> bool:
        """Tell whether only requests that help the line are allowed, because a caller's number can be forged; a passkey lifts this."""
        return self.was_handed_over and not self.is_verified

    @property
    def reads_reasons(self) -> bool:
        """Tell whether the session may read the reasons of staff: of the proved subscriber, or of a line without one to which the code was sent."""
        return self.is_verified or (self.person_id is None and not self.was_handed_over)

    @property
    def authority(self) -> Authority:
        """Return the acting Authority. Its commitment in the ledger leads back to no person, and the portal cannot choose it."""
        return subscriber_authority(sha256(b"rollkeeper/actor\x00" + self.session_mark).hexdigest())

    def tenures(self) -> Sequence[Tenure]:
        """Return the tenures that this session may see: the line in the hand and, for a proved subscriber, their lines that had not ended when it
        was registered. Of two such lines, the person with the older one was notified of the newer one.
        """
        if self.read_before is not None:
            return self.read_before
        if self.person_id is None:
            return []
        held, since = tenures_of(self.person_id), self.held_since
        return [
            one
            for one in held
            if one.tenure_id == self.tenure_id
            or (self.is_whole and since and (one.until is None or one.until > since))
        ]

    def with_tenures_read(self) -> "PortalSession":
        """Return this session with its tenures already read, for a page that asks for them many times and changes nothing."""
        return replace(self, read_before=tuple(self.tenures()))

    def since_of(self, tenure: Tenure) -> dt.datetime:
        """Return since when the subscriber has this line; a corrected record belongs to the same tenure."""
        if tenure.tenure_id == self.tenure_id and self.held_since:
            return self.held_since
        since, held = tenure.since, self.tenures()
        while before := next(
            (one for one in held if one.line_id == tenure.line_id and one.until == since), None
        ):
            since = before.since
        return since

    def opens(self, tenure: Tenure) -> bool:
        """Tell whether the session may read the data recorded for one of its tenures.

        For a line newer than the line in the hand it must wait: its user was not notified of the older line, sees it only at the portal,
        and needs time to say that it is not theirs.
        """
        is_older = self.held_since is not None and tenure.since < self.held_since
        return tenure.tenure_id == self.tenure_id or is_older or tenure.since < opens_newer_before()

    def line_in(self, payload: dict[str, Any]) -> tuple[LineId, TenureId | None]:
        """Return the line that a request is about and its tenure; if it names no line, the line in the hand.

        A line that the subscriber gave away is shown, but they may no longer act on it. Refuses: INVALID_REQUEST, NOT_YOUR_LINE.
        """
        try:
            line_id = LineId(UUID(str(payload["line"]))) if payload.get("line") else self.line_id
        except ValueError:
            raise INVALID_REQUEST() from None
        if line_id == self.line_id:
            return line_id, self.tenure_id
        for one in self.tenures():
            if one.line_id == line_id and one.is_present:
                return line_id, one.tenure_id
        raise NOT_YOUR_LINE()

    @property
    def is_whole(self) -> bool:
        """Tell whether the session may see the person's data apart from this line: other lines, documents, passkeys, every access."""
        return self.is_verified and not self.alone_until and not self.is_declared

    def require_not_alone(self) -> PersonId:
        """Return the person who proved to be the subscriber, on a line that opens their other data.

        Refuses: VERIFICATION_NEEDED, DOCUMENT_NEVER_CHECKED, LINE_TOO_NEW.
        """
        person_id = self.require_verification()
        if self.is_declared:
            raise DOCUMENT_NEVER_CHECKED()
        if self.alone_until:
            raise LINE_TOO_NEW(day=self.alone_until)
        return person_id

    def require_verification(self) -> PersonId:
        """Return the person who proved to be the subscriber. Refuses: VERIFICATION_NEEDED."""
        if not self.is_verified or self.person_id is None:
            raise VERIFICATION_NEEDED()
        return self.person_id


def active_session(session_mark: bytes) -> PortalSession:
    """Return the session of this mark and lock it for this transaction. Refuses: SessionExpired."""
    found = prepared_rows(sql("selfcare", "session"), {"session_mark": session_mark})
    if not found:
        raise SessionExpired
    row = found[0]
    return PortalSession(
        bytes(row.session_mark), LineId(row.line_id), row.tenure_id, row.person_id, row.is_verified, row.attempts_left, row.ends_at,
        row.is_remote, row.is_limited, row.is_contested, row.is_company, bool(row.is_declared), _alone_until(row.held_since), row.held_since,
    )  # fmt: skip


def _alone_until(since: dt.datetime | None) -> dt.date | None:
    """Return the day from which a line registered at this instant opens its subscriber's other data; None if it does now."""
    if since is None or since < opens_others_before():
        return None
    return clock.local_day(since) + dt.timedelta(days=new_line_days())


def opens_others_before() -> dt.datetime:
    """Return the instant before which a line must have been registered to open other lines of its subscriber today."""
    return _days_ago(new_line_days())


def opens_newer_before() -> dt.datetime:
    """Return the instant before which a line must have been registered so that an older line of the same person opens its data today.

    Its subscriber was not notified of the older line. They see that line at the portal once their own is no longer new; then they have
    the same number of days to say that it is not theirs.
    """
    return _days_ago(2 * new_line_days())


def _days_ago(days: int) -> dt.datetime:
    if not days:
        return dt.datetime.max.replace(tzinfo=dt.UTC)
    return dt.datetime.combine(clock.today() - dt.timedelta(days=days - 1), dt.time(), clock.zone())


def end_session(session: PortalSession) -> None:
    """End a session now."""
    run("DELETE FROM selfcare_portalsession WHERE session_mark = %s", [session.session_mark])


def end_all_sessions() -> int:
    """End every session now, and make every unused code worthless; return how many sessions there were."""
    run("UPDATE selfcare_coderequest SET code_hash = NULL WHERE code_hash IS NOT NULL")
    run("UPDATE selfcare_postedcode SET code_hash = NULL WHERE code_hash IS NOT NULL")
    return run("DELETE FROM selfcare_portalsession")


def tenures_of(person_id: PersonId) -> list[Tenure]:
    """Return the lines of one person, the newest first."""
    return [
        Tenure(
            LineId(row.line_id), TenureId(row.tenure_id), row.party_kind, row.commitment, row.contested_on, row.good_through, row.identity_check, row.since,
            row.until, Service(row.service), row.region, Payment(row.payment), LineState(row.state), row.activated_on, row.terminated_on,
            None if row.number_sealed is None else bytes(row.number_sealed),
        )
        for row in prepared_rows(sql("selfcare", "tenures_of"), {"person_id": person_id})
    ]  # fmt: skip


def drop_unsent_codes() -> None:
    """Delete all unanswered requests for codes: after a restore, the instance that made the backup has answered them already."""
    run("DELETE FROM selfcare_coderequest WHERE processed_at IS NULL")
    run("DELETE FROM selfcare_postedcode WHERE reference IS NULL")
