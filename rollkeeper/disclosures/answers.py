# SPDX-License-Identifier: EUPL-1.2
"""Open what a disclosure request names, for the subscriber of that day alone, and seal the answer to the authority's key.

Runs in the vault service, for the two who decided. The order of steps is the point of this file: the request is recorded as opened
and committed; the opening of each value is recorded and committed before its key is used; opened values exist only in memory until
they are sealed. A process that is killed in between leaves entries and no answer; then the two repeat the command.
"""

import datetime as dt
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pyrage

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import roles_that_count
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.disclosures.authorities import locked_authority, read_key, staff_of
from rollkeeper.disclosures.choices import DisclosureState, Instrument, Outcome
from rollkeeper.disclosures.due_actions import notify_if_due
from rollkeeper.disclosures.errors import (
    ANSWER_FILE_EXISTS,
    PROTECTED_NEEDS_WARRANT,
    SEVERAL_SUBSCRIBERS,
    WRONG_APPROVERS,
)
from rollkeeper.disclosures.models import DisclosureRequest
from rollkeeper.disclosures.rules import are_enough_approvers
from rollkeeper.disclosures.services import (
    agreed_deferrals,
    approvers,
    locked_disclosure,
    require_lawful,
    require_same_number,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.files import creating
from rollkeeper.kernel.ids import PersonId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.attributes import LINE_ATTRIBUTES, OF_THE_SIM
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry, withhold_accesses
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault.blind_index import blind_numbers
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.files import open_file
from rollkeeper.vault.opening import note_file_opened
from rollkeeper.vault.services import open_sealed

_PADDED_TO_BYTES: Final = 4096
_UNKNOWN_SIM: Final = -1


@dataclass(frozen=True, slots=True)
class Answered:
    """The result: the answer sealed to the authority's key, its hash, and whether there was any data."""

    outcome: Outcome
    answer_hash: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class _Cleared:
    """A disclosure request that may be opened now."""

    tenure: Any
    fields: tuple[Field, ...]
    public_key: str


def answer_disclosure(
    authority: Authority,
    second: Authority,
    disclosure_id: UUID,
    *,
    number: str,
    held_on: dt.date,
    on: dt.date,
) -> Answered:
    """Open the requested fields and return the encrypted answer. Again: opens again.

    Ledger: disclosures:request:opened, then vault:sealed:opened for each field, and disclosures:person:notified if the notification
    is not deferred. Refuses: NOT_ALLOWED, DISCLOSURE_UNKNOWN, DISCLOSURE_NOT_PENDING, WRONG_APPROVERS, NUMBER_MISMATCH, DisclosureRefused,
    SEVERAL_SUBSCRIBERS, PROTECTED_NEEDS_WARRANT, SEAL_ONLY_PROCESS, TOO_MANY_OPENINGS.
    """
    for one in (authority, second):
        require(one, Permission.OPEN_ON_DISCLOSURE)
    cleared = _clear(authority, second, disclosure_id, number=number, held_on=held_on, on=on)
    values = _open_fields(authority, second, disclosure_id, cleared, held_on=held_on, on=on)
    answer = _written(disclosure_id, held_on, cleared.tenure if values else None, values, on=on)
    sealed = pyrage.encrypt(answer, [read_key(cleared.public_key)])
    outcome = Outcome.HELD if values else Outcome.NOTHING_HELD
    return _note_answer(authority, disclosure_id, sealed, outcome=outcome, on=on)


def read_instrument(authority: Authority, disclosure_id: UUID, *, on: dt.date) -> bytes:
    """Return the instrument unchanged. It may be malicious: open it on a machine where it can do no harm.

    Ledger: vault:sealed:opened. Refuses: NOT_ALLOWED, DISCLOSURE_UNKNOWN, DISCLOSURE_NOT_PENDING, SEAL_ONLY_PROCESS, TOO_MANY_OPENINGS, CannotOpen.
    """
    require(authority, Permission.DECIDE_DISCLOSURE)
    with action():
        found = locked_disclosure(
            disclosure_id, DisclosureState.WAITING, DisclosureState.APPROVED, DisclosureState.OPENED
        )
        if found.file_id is None:
            raise CannotOpen
    note_file_opened(authority, disclosure_id=disclosure_id, on=on)
    return open_file(authority, disclosure_id, found.file_id)


def _clear(
    authority: Authority,
    second: Authority,
    disclosure_id: UUID,
    *,
    number: str,
    held_on: dt.date,
    on: dt.date,
) -> _Cleared:
    pack = load_pack(instance().pack)
    with action():
        found = locked_disclosure(disclosure_id, DisclosureState.APPROVED, DisclosureState.OPENED)
        asking = locked_authority(found.authority_id)
        law = require_lawful(found, asking, pack, on=on)
        _require_approvers(authority, second, found)
        written = require_same_number(found, number=number, held_on=held_on)
        tenure = _tenure(found, written)
        if tenure is not None:
            _require_warrant_if_protected(authority, tenure, found)
        _mark_opened(found, tenure, on=on)
        append_entry(
            authority, verb=Verb.DISCLOSURE_OPENED, role=require(authority, Permission.OPEN_ON_DISCLOSURE), on=on, pack=pack.hash,
            article=law.article,
            facts={"disclosure": str(disclosure_id), "fields": len(found.fields), "key": asking.key_hash},
        )  # fmt: skip
    return _Cleared(tenure, tuple(Field(name) for name in found.fields), asking.public_key)


def _require_approvers(authority: Authority, second: Authority, found: DisclosureRequest) -> None:
    both = {staff_of(one) for one in (authority, second)}
    if not both <= approvers(found.disclosure_id) or not are_enough_approvers(
        roles_that_count(Permission.DECIDE_DISCLOSURE, both), entered_by=found.entered_by
    ):
        raise WRONG_APPROVERS()


def _tenure(found: DisclosureRequest, written: str) -> Any:
    since = dt.datetime.combine(found.held_on or dt.date.min, found.held_at or dt.time.min, clock.zone())
    until = since if found.held_at else dt.datetime.combine(since.date(), dt.time.max, clock.zone())
    held = rows(
        sql("disclosures", "tenures_on"),
        {"index": blind_numbers([written])[0], "since": since, "until": until},
    )
    if len({one.person_id for one in held}) > 1:
        raise SEVERAL_SUBSCRIBERS()
    return held[-1] if held else None


def _require_warrant_if_protected(authority: Authority, tenure: Any, found: DisclosureRequest) -> None:
    by_officer = StaffRole.DATA_PROTECTION_OFFICER in authority.roles
    if tenure.is_protected and not (by_officer and found.instrument == Instrument.WARRANT.value):
        raise PROTECTED_NEEDS_WARRANT()


def _mark_opened(found: DisclosureRequest, tenure: Any, *, on: dt.date) -> None:
    found.state, found.opened_on = DisclosureState.OPENED.value, found.opened_on or on
    if tenure is not None:
        found.line_id, found.person_id = tenure.line_id, tenure.person_id
        deferral = agreed_deferrals(found.disclosure_id)
        if deferral and deferral[-1].until >= on:
            withhold_accesses(found.disclosure_id, until=deferral[-1].until, on=on)
    found.save(update_fields=["state", "opened_on", "line_id", "person_id"])


def _open_fields(
    authority: Authority, second: Authority, disclosure_id: UUID, cleared: _Cleared, *, held_on: dt.date, on: dt.date
) -> dict[str, str]:  # fmt: skip
    """Open each field of the tenure; leave out values that were not recorded or are erased, and values of another SIM than that day's."""
    values: dict[str, str] = {}
    if cleared.tenure is None:
        return values
    kept_by = _sim_on(cleared.tenure, held_on)
    for field in cleared.fields:
        is_of_sim = field.value in OF_THE_SIM
        if is_of_sim and kept_by == _UNKNOWN_SIM:
            continue
        with suppress(CannotOpen):
            values[field.value] = open_sealed(
                authority, **_where(cleared.tenure, field, is_kept=is_of_sim and kept_by is not None), field=field,
                purpose=Purpose.LEGAL_DISCLOSURE, on=on, second=second, disclosure_id=disclosure_id,
                kept_by=kept_by if is_of_sim else None,
            ).reveal()  # fmt: skip
    if _sim_on(cleared.tenure, held_on) != kept_by:  # replaced meanwhile
        return {name: value for name, value in values.items() if name not in OF_THE_SIM}
    return values


def _sim_on(tenure: Any, held_on: dt.date) -> int | None:
    """Return the ledger entry that replaced the SIM of that day: the old SIM's values are kept under this entry, if at all.

    None: that day's SIM is the one recorded now. _UNKNOWN_SIM: the SIM was replaced on that very day, or a replacement of an earlier
    day was entered after this one.
    """
    replaced = rows(
        sql("disclosures", "sims_of_tenure"), {"line": tenure.line_id, "tenure": tenure.tenure_id}
    )
    since = [(one.day, one.entry_id) for one in replaced if one.day >= held_on]
    if not since:
        return None
    day, entry_id = min(since)
    is_sure = day > held_on and all(one.entry_id < entry_id for one in replaced if one.day < held_on)
    return int(entry_id) if is_sure else _UNKNOWN_SIM


def _where(tenure: Any, field: Field, *, is_kept: bool) -> dict[str, Any]:
    """Return the person and tenure under which a field is recorded.

    They are the tenure's own, unless a correction of the record left a value about the line in an earlier tenure. `is_kept`: the value
    is of a former SIM, which is always recorded under the tenure itself.
    """
    found = []
    if field.value in LINE_ATTRIBUTES and not is_kept:
        named = {
            "line": tenure.line_id,
            "tenure": tenure.tenure_id,
            "field": field.value,
            "is_of_sim": field.value in OF_THE_SIM,
        }
        verbs = {"corrected": Verb.TENURE_CORRECTED.value, "replaced": Verb.SIM_REPLACED.value}
        found = rows(sql("disclosures", "tenure_with_field"), named | verbs)
    there = found[0] if found else tenure
    return {"person_id": PersonId(there.person_id), "tenure_id": TenureId(there.tenure_id)}


def _written(
    disclosure_id: UUID, held_on: dt.date, tenure: Any, values: dict[str, str], *, on: dt.date
) -> bytes:
    """Return the answer as JSON, padded with spaces so that its length does not say whether anything was held.

    ::

        {"v": 1, "disclosure": "<UUID>", "held_on": "<day>", "answered_on": "<day>", "held": true | false,
         "assurance": "...", "contested": true | false, "fields": {"name": "...", ...}}

    `assurance` says how well the identity was checked; `contested`, whether the person says that the line is not theirs. These two
    and `fields` are there only if something was held.
    """
    answer: dict[str, object] = {
        "v": 1, "disclosure": str(disclosure_id), "held_on": held_on.isoformat(), "answered_on": on.isoformat(),
        "held": tenure is not None,
    }  # fmt: skip
    if tenure is not None:
        answer |= {
            "assurance": tenure.assurance, "contested": tenure.contested_on is not None, "fields": values,
        }  # fmt: skip
    text = json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n"
    return text + b" " * (-len(text) % _PADDED_TO_BYTES)


def _note_answer(
    authority: Authority, disclosure_id: UUID, sealed: bytes, *, outcome: Outcome, on: dt.date
) -> Answered:
    answer_hash = sha256(sealed).hexdigest()
    with action():
        found = locked_disclosure(disclosure_id, DisclosureState.OPENED)
        # A later answer that finds nothing does not undo the outcome of the first: the person is still notified of that one.
        found.outcome = Outcome.HELD.value if found.outcome == Outcome.HELD.value else outcome.value
        found.answer_hash = answer_hash
        found.save(update_fields=["outcome", "answer_hash"])
        notify_if_due(authority, found, role=require(authority, Permission.OPEN_ON_DISCLOSURE), on=on)
    return Answered(outcome, answer_hash, sealed)


def write_new(into: Path, make: Callable[[], bytes]) -> None:
    """Create a file that only its owner may read, then write into it what `make` returns; if that fails, no file stays.

    Refuses: ANSWER_FILE_EXISTS, before `make` is called; what `make` refuses.
    """
    try:
        made = creating(into)
    except OSError:
        raise ANSWER_FILE_EXISTS() from None
    with made as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
