# SPDX-License-Identifier: EUPL-1.2
"""What the portal shows a subscriber: the status of their lines, the access history, their receipts; personal data is in `personal_data`.

All of it is plain strings, numbers and days, since the portal worker sends it sealed to the page.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.queries import Deadline, explain_line
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.ledger.errors import RECEIPT_NOT_FOUND
from rollkeeper.ledger.labels import ACTION_LABELS
from rollkeeper.ledger.queries import AccessEntry, TenurePeriod, accesses, missing_accesses
from rollkeeper.ledger.receipts import ParsedEntry, code_of, find_by_code
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.access_history import access_periods
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import LineView, last_tenure_ended_at, view_line
from rollkeeper.lines.reconnection import may_reconnect, works_until
from rollkeeper.selfcare.appeals import has_appeal_left
from rollkeeper.selfcare.applications import pending_until
from rollkeeper.selfcare.choices import CaseKind, DecisionReason
from rollkeeper.selfcare.consents import show_consents
from rollkeeper.selfcare.delegates import delegates_of
from rollkeeper.selfcare.errors import VERIFICATION_NEEDED
from rollkeeper.selfcare.line_selection import show_limits
from rollkeeper.selfcare.passkeys import passkeys_of
from rollkeeper.selfcare.personal_data import list_entries, open_entries
from rollkeeper.selfcare.queries import tenures_as_one
from rollkeeper.selfcare.sessions import PortalSession, Tenure
from rollkeeper.selfcare.verification import why_not_verifiable
from rollkeeper.subscribers.queries import documents_of

_WITH_RECEIPT = [verb for verb in ACTION_LABELS if isinstance(verb, Verb)]
_MOST_OF_A_KIND: Final = 500
type Shown = dict[str, Any]


def show_dashboard(session: PortalSession, *, language: str, on: dt.date) -> Shown:
    """Return everything that a session may see without opening anything."""
    session = session.with_tenures_read()
    held = [one for one in session.tenures() if one.line_id != session.line_id or one.is_present]
    others = [one for one in held if one.line_id != session.line_id]
    here = next((one for one in held if one.line_id == session.line_id), None)
    lines = [_line(session, session.line_id, here, language=language, on=on)]
    lines += [_line(session, one.line_id, one, language=language, on=on) for one in others]
    return {
        "verified": session.is_verified, "held": session.person_id is not None, "attempts_left": session.attempts_left,
        "lines": lines, "reasons_wait": _keep_back_reasons(session, lines),
        **_recorded(session, on=on),
        "receipts": [one for line_id, since in _spans(session) for one in _receipts(line_id, since)],
        "limited": session.is_limited,
        "limits": show_limits(session), "applied_until": _day_of(pending_until(session.line_id)),
        **_own(session),
        "documents": _documents(session),
        "alone_until": _day_of(session.alone_until) if session.is_verified else None,
        "is_unseen": session.is_verified and session.is_declared,
        "proof_refused": why_not_verifiable(session),
    }  # fmt: skip


def _recorded(session: PortalSession, *, on: dt.date) -> Shown:
    """Return what is recorded about the person and who saw it; nothing in a limited session."""
    if session.is_limited:
        return {"accesses": [], "missing": [], "kept": [], "consents": []}
    return {
        "accesses": show_access_history(session),
        "missing": _missing(session),
        "kept": [
            row for one in session.tenures() if session.opens(one) for row in list_entries(session, one)
        ],
        "consents": show_consents(session, on=on),
    }


def _own(session: PortalSession) -> Shown:
    """Return the person's delegates and passkeys; nothing before they proved who they are."""
    if not session.is_whole or not session.person_id:
        return {"named": {}, "passkeys": []}
    delegates = delegates_of(session.person_id)
    return {
        "named": {part.value: day.isoformat() for part, day in delegates.items()},
        "passkeys": passkeys_of(session.person_id),
    }


def export_all(session: PortalSession, *, images: bool, language: str, on: dt.date) -> Shown:
    """Return all data about the verified subscriber, in clear; with `images`, document copies too.

    Ledger: vault:sealed:opened for each value. Refuses: VERIFICATION_NEEDED, DOCUMENT_STORE_UNAVAILABLE.
    """
    session.require_verification()
    shown = show_dashboard(session, language=language, on=on)
    del shown["alone_until"], shown["is_unseen"], shown["proof_refused"]
    for line in shown["lines"]:
        # The file does not contain the page's sentences about the stage, nor the end of a reconnection.
        del line["works_until"]
        line["deadline"] = line["deadline"] and {
            name: fact for name, fact in line["deadline"].items() if name not in {"title", "lines"}
        }
    shown["kept"] = open_entries(session, images=images, on=on)
    return shown


def show_access_history(session: PortalSession) -> list[Shown]:
    """Return the accesses, the newest first: to the person's data once they proved who they are, else to the line in the hand."""
    spans = access_periods(session.person_id) if session.person_id else {}
    held = [spans[one.tenure_id] for one in session.tenures()]
    if (
        not session.is_whole
    ):  # Only the line in hand, since they got it: a corrected record belongs to the same tenure.
        held = [replace(one, since=session.held_since) for one in held]
    found = (
        accesses(session.person_id, held=held)
        if session.is_whole
        else accesses(
            None, held=held or [TenurePeriod(session.line_id, last_tenure_ended_at(session.line_id), None)]
        )
    )
    return [
        {
            "at": access.at.isoformat(),
            "role": access.role,
            "field": access.field,
            "purpose": access.purpose,
            "leaf": access.leaf_index,
            "code": access.code,
            "withheld_until": access.withheld_until and access.withheld_until.isoformat(),
        }
        for access in reversed(_newest(found))
    ]


def _newest(found: Sequence[AccessEntry]) -> list[AccessEntry]:
    """Return the newest of each kind, so that many lookups, or the subscriber's own accesses, do not hide openings by others."""
    kinds: dict[tuple[bool, bool], list[AccessEntry]] = {}
    for one in found:
        kinds.setdefault((one.role == StaffRole.SUBSCRIBER, one.field != ""), []).append(one)
    kept = [one for some in kinds.values() for one in some[-_MOST_OF_A_KIND:]]
    return sorted(kept, key=lambda one: one.entry_id)


def _missing(session: PortalSession) -> list[str]:
    """Return the days of missing ledger entries that may have been accesses, since the first of the session's tenures began."""
    begun = [one.since for one in session.tenures()] + ([session.held_since] if session.held_since else [])
    since = min(map(clock.local_day, begun), default=None)
    return [one.day.isoformat() for one in missing_accesses(since=since)]


def show_receipt(session: PortalSession, code: str) -> Shown:
    """Return a whole receipt of a line of this session, as a text that anyone can check.

    The receipt of a decision gives the reason. Another person's receipt is not found. Refuses: VERIFICATION_NEEDED, INVALID_RECEIPT_CODE, RECEIPT_NOT_FOUND, ReceiptsNotReady.
    """
    found = find_by_code(code)
    is_about_reasons = _says_why(found.entry)
    if found.entry.line_id not in {session.line_id, *(one.line_id for one in session.tenures())} or (
        is_about_reasons and _is_of_other(session, found.entry)
    ):
        raise RECEIPT_NOT_FOUND(code=found.code)
    if is_about_reasons and not session.reads_reasons:
        raise VERIFICATION_NEEDED()
    return {"code": found.code, "text": found.text, "proven": found.is_proven}


def _says_why(entry: ParsedEntry) -> bool:
    """Tell whether an entry contains the reason of a decision by staff; it is no secret that a person withdrew their case."""
    because = entry.facts.get("because", DecisionReason.TAKEN_BACK)
    return entry.verb == Verb.FORGERY_JUDGED or because != DecisionReason.TAKEN_BACK


def _is_of_other(session: PortalSession, entry: ParsedEntry) -> bool:
    """Tell whether a case is of an earlier or later subscriber: only that subscriber may learn the reason of its decision."""
    if "case" not in entry.facts:
        return False
    found = rows(
        "SELECT c.tenure_id, h.person_id FROM selfcare_case c"
        " LEFT JOIN lines_tenure h ON h.line_id = c.line_id AND h.tenure_id = c.tenure_id WHERE c.case_id = %s",
        [entry.facts["case"]],
    )
    return not any(
        one.person_id == session.person_id if one.tenure_id else _is_by_user(session, entry.line_id)
        for one in found
    )


def _is_by_user(session: PortalSession, line_id: LineId | None) -> bool:
    return session.is_verified or (line_id is not None and last_tenure_ended_at(line_id) is None)


def _documents(session: PortalSession) -> list[Shown]:
    """Return the documents recorded for the verified subscriber, including joined ones: no numbers."""
    if not session.is_whole or session.person_id is None:
        return []
    return [
        {"document_type": one.document_type, "since": _day_of(one.since), "until": _day_of(one.until)}
        for one in documents_of(session.person_id)
    ]


def _day_of(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _line(
    session: PortalSession, line_id: LineId, tenure: Tenure | None, *, language: str, on: dt.date
) -> Shown:
    line = view_line(line_id)
    assert line is not None  # noqa: S101 - a session ends with its line, and a tenure has one
    said: Shown = {
        "line": str(line_id), "here": line_id == session.line_id, "service": line.service.value,
        "held": tenure is not None and tenure.is_present,
        "since": clock.local_day(session.since_of(tenure)).isoformat() if tenure else line.activated_on.isoformat(),
        "until": clock.local_day(tenure.until).isoformat() if tenure and tenure.until else None,
        "contested_on": _day_of(tenure.contested_on) if tenure else None,
        "good_through": _day_of(tenure.good_through) if tenure else None,
        "cases": _cases(line_id, tenure),
    }  # fmt: skip
    # The line's state after this tenure concerns another subscriber, unless the line ended with this tenure.
    is_theirs = tenure is None or tenure.is_present or _ended_theirs(tenure)
    present = _at_present(line, tenure, language=language, on=on) if is_theirs else _GIVEN_AWAY
    return {**said, **present}


_GIVEN_AWAY: Final[Mapping[str, Any]] = MappingProxyType({
    "state": "", "registered": False, "must_reverify": False, "disputed": False, "reasons": [], "barred": "", "stage": None,
    "sentences": [], "deadline": None, "has_appeal_left": False, "may_reconnect": False, "works_until": None,
})  # fmt: skip
"""The present state as shown for a line that was given away since: nothing."""


def _at_present(line: LineView, tenure: Tenure | None, *, language: str, on: dt.date) -> Shown:
    is_open, explained = (
        tenure is None or tenure.is_present,
        explain_line(line.line_id, on=on, language=language),
    )
    return {
        "state": line.state.value, "registered": line.is_registered and is_open, "must_reverify": line.must_reverify and is_open,
        "disputed": line.is_disputed, "reasons": [reason.value for reason in line.reasons], "barred": line.level,
        "stage": explained.stage if explained else None,
        "sentences": [{"text": s.text, "article": s.article, "language": s.language} for s in explained.sentences]
        if explained and is_open else [],
        "deadline": _deadline(explained.deadline) if explained and explained.deadline and is_open else None,
        "has_appeal_left": has_appeal_left(line.line_id, tenure.tenure_id if tenure else None),
        "may_reconnect": may_reconnect(line),
        "works_until": ends_at.isoformat() if (ends_at := _works_until(line)) else None,
    }  # fmt: skip


def _works_until(line: LineView) -> dt.datetime | None:
    return works_until(line.line_id) if line.state is LineState.SUSPENDED else None


def _keep_back_reasons(session: PortalSession, lines: list[Shown]) -> bool:
    """Remove the reasons of decisions if the session may not learn them; tell whether any reason was removed.

    A line without a subscriber may have had one after the case: then its user may be another person by now.
    """
    if session.reads_reasons and _is_by_user(session, session.line_id):
        return False
    kept_back = [
        case for line in lines for case in line["cases"] if case["because"] and not case["withdrawn"]
    ]
    for case in kept_back:
        case["because"] = None
    return bool(kept_back)


def _deadline(deadline: Deadline) -> Shown:
    return {
        "follows": deadline.follows.value, "counted": deadline.counted, "days": deadline.days,
        "last_day": _day_of(deadline.last_day_on), "earliest": _day_of(deadline.earliest_on), "barred": BarLevel.partial(deadline.bars),
        "title": dict(deadline.title), "lines": deadline.lines,
    }  # fmt: skip


def _cases(line_id: LineId, tenure: Tenure | None) -> list[Shown]:
    found = rows(
        "SELECT case_id, kind, about, opened_on, due_on, settled_on, upheld, because FROM selfcare_case"
        " WHERE line_id = %(line)s AND (tenure_id = ANY (%(tenures)s::uuid[]) OR tenure_id IS NULL AND %(tenures)s::uuid[] = '{}')"
        " ORDER BY opened_on DESC",
        {"line": line_id, "tenures": tenures_as_one(line_id, tenure.tenure_id if tenure else None)},
    )
    return [
        {
            "case": str(row.case_id), "kind": row.kind, "about": row.about, "opened_on": row.opened_on.isoformat(), "due_on": row.due_on.isoformat(),
            "settled_on": row.settled_on and row.settled_on.isoformat(), "upheld": row.upheld,
            "withdrawn": row.because == DecisionReason.TAKEN_BACK,
            # Only the people who decide it may know what staff found about a document that may be forged.
            "because": row.because if row.kind != CaseKind.FORGERY else None,
        }
        for row in found
    ]  # fmt: skip


def _spans(session: PortalSession) -> list[tuple[LineId, dt.datetime | None]]:
    """Return the subscriber's lines, each with the instant from which they may know what was done to it; lines given away are left out.

    A line that ended while it was theirs is included: the receipt of its end is the one that they may need most.
    """
    if session.is_limited and session.person_id is not None:
        return []
    if session.person_id is None:
        return [(session.line_id, last_tenure_ended_at(session.line_id))]
    return [
        (one.line_id, session.since_of(one))
        for one in session.tenures()
        if one.is_present or _ended_theirs(one)
    ]


def _ended_theirs(tenure: Tenure) -> bool:
    return tenure.terminated_on is not None and last_tenure_ended_at(tenure.line_id) == tenure.until


def _receipts(line_id: LineId, since: dt.datetime | None) -> list[Shown]:
    found = rows(
        sql("selfcare", "entries_of_line"),
        {"line_id": line_id, "verbs": [verb.value for verb in _WITH_RECEIPT], "since": since},
    )
    return [
        {
            "code": code_of(EntryId(row.entry_id), row.body.encode()), "day": row.day.isoformat(), "verb": row.verb,
            "line": str(line_id), "bars": facts.get("bars", ""), "act": facts.get("act") or facts.get("part", ""),
        }
        for row in found
        for facts in [ParsedEntry(row.body.encode()).facts]
    ]  # fmt: skip
