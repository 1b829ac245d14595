# SPDX-License-Identifier: EUPL-1.2
"""What a subscriber is shown: where their lines stand, who looked, their receipts; what is held is in `held`.

Plain objects of strings, numbers and days, since they travel sealed from the porter to the page.
"""

import datetime as dt
from typing import Any

from rollkeeper.campaign.queries import explain_line
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.ledger.queries import Held, looks
from rollkeeper.ledger.receipts import code_of, find_by_code
from rollkeeper.ledger.verbs import Verb
from rollkeeper.ledger.words import DONE
from rollkeeper.lines.looks import spans_of
from rollkeeper.lines.queries import last_until, view_line
from rollkeeper.rights.appealing import can_appeal
from rollkeeper.rights.applying import waiting_until
from rollkeeper.rights.choosing import show_limits
from rollkeeper.rights.consenting import show_consents
from rollkeeper.rights.errors import NotAmongYours
from rollkeeper.rights.heirs import named_by
from rollkeeper.rights.held import list_kept, open_kept
from rollkeeper.rights.passkeys import passkeys_of
from rollkeeper.rights.visits import Holding, Visit
from rollkeeper.subscribers.queries import documents_of

_WITH_RECEIPT = [verb for verb in DONE if isinstance(verb, Verb)]
type Shown = dict[str, Any]


def show_all(visit: Visit, *, language: str, on: dt.date) -> Shown:
    """Return everything that a visit may see without opening anything."""
    held = [one for one in visit.holdings() if one.line_id != visit.line_id or one.is_present]
    others = [one for one in held if one.line_id != visit.line_id]
    here = next((one for one in held if one.line_id == visit.line_id), None)
    return {
        "proved": visit.is_proved, "held": visit.person_id is not None, "proofs_left": visit.proofs_left,
        "lines": [_line(visit.line_id, here, here=True, language=language, on=on)]
        + [_line(one.line_id, one, here=False, language=language, on=on) for one in others],
        "looks": show_looks(visit),
        "receipts": [one for line_id, since in _spans(visit) for one in _receipts(line_id, since)],
        "kept": [row for one in held for row in list_kept(visit, one)],
        "limits": show_limits(visit), "applied_until": _day_of(waiting_until(visit.line_id)),
        "consents": show_consents(visit, on=on),
        "named": {part.value: day.isoformat() for part, day in named_by(visit.person_id).items()}
        if visit.is_proved and visit.person_id else {},
        "documents": _documents(visit),
        "passkeys": passkeys_of(visit.person_id) if visit.is_proved and visit.person_id else [],
    }  # fmt: skip


def show_held(visit: Visit, *, pictures: bool, language: str, on: dt.date) -> Shown:
    """Return all that is held about whoever proved to be the holder, in clear; with `pictures`, copies of documents too.

    Ledger: vault:sealed:opened for each value. Refuses: ProofNeeded, CopyStoreAway.
    """
    visit.demand_proof()
    shown = show_all(visit, language=language, on=on)
    shown["kept"] = open_kept(visit, pictures=pictures, on=on)
    return shown


def show_looks(visit: Visit) -> list[Shown]:
    """Return who looked, the newest first: at the person once they proved who they are, else at the line in the hand."""
    spans = spans_of(visit.person_id) if visit.person_id else {}
    held = [spans[one.holding_id] for one in visit.holdings()]
    found = (
        looks(visit.person_id, held=held)
        if visit.is_proved
        else looks(None, held=held or [Held(visit.line_id, last_until(visit.line_id), None)])
    )
    return [
        {
            "at": look.at.isoformat(),
            "role": look.role,
            "field": look.field,
            "purpose": look.purpose,
            "leaf": look.leaf_index,
            "withheld_until": look.withheld_until and look.withheld_until.isoformat(),
        }
        for look in reversed(found[-500:])
    ]


def show_receipt(visit: Visit, code: str) -> Shown:
    """Return a whole receipt of a line of this visit, as a text that anybody can check.

    Refuses: NotAmongYours, ReceiptCodeNotRead, ReceiptNotKnown, ReceiptsNotReady.
    """
    found = find_by_code(code)
    if found.mark.line_id not in {visit.line_id, *(one.line_id for one in visit.holdings())}:
        raise NotAmongYours
    return {"code": found.code, "text": found.text, "proven": found.is_proven}


def _documents(visit: Visit) -> list[Shown]:
    """Return by which documents whoever proved to be the holder is known, those that were joined among them: no number."""
    if not visit.is_proved or visit.person_id is None:
        return []
    return [
        {"document_type": one.document_type, "since": _day_of(one.since), "until": _day_of(one.until)}
        for one in documents_of(visit.person_id)
    ]


def _day_of(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _line(line_id: LineId, holding: Holding | None, *, here: bool, language: str, on: dt.date) -> Shown:
    line, told = view_line(line_id), explain_line(line_id, on=on, language=language)
    assert line is not None  # noqa: S101 - a visit ends with its line, and a holding has one
    return {
        "line": str(line_id), "here": here, "service": line.service.value, "state": line.state.value,
        "registered": line.is_registered and (holding is None or holding.is_present),
        "disputed": line.is_disputed, "reasons": [reason.value for reason in line.reasons],
        "held": holding is not None and holding.is_present,
        "since": holding.since.date().isoformat() if holding else line.activated_on.isoformat(),
        "until": holding.until.date().isoformat() if holding and holding.until else None,
        "contested_on": holding.contested_on.isoformat() if holding and holding.contested_on else None,
        "stage": told.stage if told else None,
        # What happened to the line after they gave it away is somebody else's.
        "sentences": [{"text": s.text, "article": s.article, "language": s.language} for s in told.sentences]
        if told and (holding is None or holding.is_present) else [],
        "cases": _cases(line_id, holding), "can_appeal": can_appeal(line_id, holding.holding_id if holding else None),
    }  # fmt: skip


def _cases(line_id: LineId, holding: Holding | None) -> list[Shown]:
    found = rows(
        "SELECT kind, about, opened_on, due_on, settled_on, upheld FROM rights_case"
        " WHERE line_id = %s AND holding_id IS NOT DISTINCT FROM %s ORDER BY opened_on DESC",
        [line_id, holding.holding_id if holding else None],
    )
    return [
        {
            "kind": row.kind, "about": row.about, "opened_on": row.opened_on.isoformat(), "due_on": row.due_on.isoformat(),
            "settled_on": row.settled_on and row.settled_on.isoformat(), "upheld": row.upheld,
        }
        for row in found
    ]  # fmt: skip


def _spans(visit: Visit) -> list[tuple[LineId, dt.datetime | None]]:
    """Return the lines and since when what was done to them is theirs to know; a line given away is left out.

    A line that ended in their hands is not: its end is the receipt that they may need most.
    """
    if visit.person_id is None:
        return [(visit.line_id, last_until(visit.line_id))]
    return [(one.line_id, one.since) for one in visit.holdings() if one.is_present or _ended_theirs(one)]


def _ended_theirs(holding: Holding) -> bool:
    return holding.ended_on is not None and last_until(holding.line_id) == holding.until


def _receipts(line_id: LineId, since: dt.datetime | None) -> list[Shown]:
    found = rows(
        sql("rights", "entries_of_line"),
        {"line_id": line_id, "verbs": [verb.value for verb in _WITH_RECEIPT], "since": since},
    )
    return [
        {
            "code": code_of(EntryId(row.entry_id), row.body.encode()), "day": row.day.isoformat(), "verb": row.verb,
            "line": str(line_id),
        }
        for row in found
    ]  # fmt: skip
