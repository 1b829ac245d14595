# SPDX-License-Identifier: EUPL-1.2
"""Open what a demand names, for the holder of that day alone, and seal the answer to the authority's key.

Done in a process that has keys and no web, by the two who decided. What happens in which order is the point of this file:
the demand is entered as opened and committed, every value is entered and committed before its key is touched, and what is
read lives in memory until it is sealed. A process killed in between has left entries and no answer; it is done again.
"""

import datetime as dt
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

import pyrage

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.disclosures.acts import (
    agreed_put_offs,
    deciders,
    demand_lawful,
    demand_same_number,
    locked_demand,
)
from rollkeeper.disclosures.authorities import locked_authority, read_key, staff_of
from rollkeeper.disclosures.errors import AnswerExists, ChangedHands, NeedsWarrant, NotEnoughDeciders
from rollkeeper.disclosures.keeping import tell_if_due
from rollkeeper.disclosures.kinds import DemandState, Instrument, Outcome
from rollkeeper.disclosures.models import Demand
from rollkeeper.disclosures.rules import are_enough
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, sql
from rollkeeper.kernel.ids import HoldingId, PersonId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.acts import append_entry, withhold_looks
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault.acts import open_sealed
from rollkeeper.vault.blind import blind_numbers
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.files import open_file
from rollkeeper.vault.opening import note_file_opened

_PADDED_TO_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it: the hash of the sealed file, and whether anything was held. The words are in the file alone."""

    outcome: Outcome
    answer_hash: str


@dataclass(frozen=True, slots=True)
class _Cleared:
    """A demand that may be opened now."""

    holding: Any
    fields: tuple[Field, ...]
    public_key: str


def answer_demand(
    authority: Authority,
    second: Authority,
    demand_id: UUID,
    *,
    number: str,
    held_on: dt.date,
    into: Path,
    on: dt.date,
) -> Answered:
    """Open what the demand names and write the answer, sealed, into a file that is not there yet. Again: opens anew.

    Ledger: disclosures:demand:opened, then vault:sealed:opened a field, and disclosures:person:told where nothing was put
    off. Refuses: NotAllowed, DemandUnknown, DemandNotWaiting, NotEnoughDeciders, NumberDiffers, DemandRefused,
    ChangedHands, NeedsWarrant, AnswerExists, OnlySeals, TooManyOpenings.
    """
    for one in (authority, second):
        demand(one, Power.OPEN_ON_DEMAND)
    with write_new(into) as file:
        try:
            cleared = _clear(authority, second, demand_id, number=number, held_on=held_on, on=on)
            values = _open_fields(authority, second, demand_id, cleared, on=on)
            answer = _written(demand_id, held_on, cleared.holding if values else None, values, on=on)
            sealed = pyrage.encrypt(answer, [read_key(cleared.public_key)])
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
            outcome = Outcome.HELD if values else Outcome.NOTHING_HELD
            return _note_answer(authority, demand_id, sealed, outcome=outcome, on=on)
        except BaseException:
            into.unlink(missing_ok=True)
            raise


def read_instrument(authority: Authority, demand_id: UUID, *, on: dt.date) -> bytes:
    """Return the instrument as it came. It may be made to attack whoever opens it: look at it on a machine for that.

    Ledger: vault:sealed:opened. Refuses: NotAllowed, DemandUnknown, DemandNotWaiting, OnlySeals, TooManyOpenings, CannotOpen.
    """
    demand(authority, Power.DECIDE_DEMAND)
    with act():
        found = locked_demand(demand_id, DemandState.WAITING, DemandState.APPROVED, DemandState.OPENED)
        if found.file_id is None:
            raise CannotOpen
    note_file_opened(authority, demand_id=demand_id, on=on)
    return open_file(authority, demand_id, found.file_id)


def _clear(
    authority: Authority, second: Authority, demand_id: UUID, *, number: str, held_on: dt.date, on: dt.date
) -> _Cleared:
    pack = load_pack(settings().pack)
    with act():
        found = locked_demand(demand_id, DemandState.APPROVED, DemandState.OPENED)
        asking = locked_authority(found.authority_id)
        law = demand_lawful(found, asking, pack, on=on)
        _demand_deciders(authority, second, found)
        written = demand_same_number(found, number=number, held_on=held_on)
        holding = _holding(found, written)
        if holding is not None:
            _demand_protection(authority, holding, found)
        _mark_opened(found, holding, on=on)
        append_entry(
            authority, verb=Verb.DEMAND_OPENED, role=demand(authority, Power.OPEN_ON_DEMAND), on=on, pack=pack.hash,
            article=law.article,
            facts={"demand": str(demand_id), "fields": len(found.fields), "key": asking.key_hash},
        )  # fmt: skip
    return _Cleared(holding, tuple(Field(name) for name in found.fields), asking.public_key)


def _demand_deciders(authority: Authority, second: Authority, found: Demand) -> None:
    both: dict[UUID, frozenset[StaffRole]] = {staff_of(one): one.roles for one in (authority, second)}
    if not both.keys() <= deciders(found.demand_id) or not are_enough(both, entered_by=found.entered_by):
        raise NotEnoughDeciders


def _holding(found: Demand, written: str) -> Any:
    since = dt.datetime.combine(found.held_on or dt.date.min, found.held_at or dt.time.min, clock.zone())
    until = since if found.held_at else dt.datetime.combine(since.date(), dt.time.max, clock.zone())
    held = rows(
        sql("disclosures", "holdings_on"),
        {"index": blind_numbers([written])[0], "since": since, "until": until},
    )
    if len({one.person_id for one in held}) > 1:
        raise ChangedHands
    return held[-1] if held else None


def _demand_protection(authority: Authority, holding: Any, found: Demand) -> None:
    by_officer = StaffRole.DATA_PROTECTION_OFFICER in authority.roles
    if holding.is_protected and not (by_officer and found.instrument == Instrument.WARRANT.value):
        raise NeedsWarrant


def _mark_opened(found: Demand, holding: Any, *, on: dt.date) -> None:
    found.state, found.opened_on = DemandState.OPENED.value, found.opened_on or on
    if holding is not None:
        found.line_id, found.person_id = holding.line_id, holding.person_id
        put_off = agreed_put_offs(found.demand_id)
        if put_off and put_off[-1].until >= on:
            withhold_looks(found.demand_id, until=put_off[-1].until, on=on)
    found.save(update_fields=["state", "opened_on", "line_id", "person_id"])


def _open_fields(
    authority: Authority, second: Authority, demand_id: UUID, cleared: _Cleared, *, on: dt.date
) -> dict[str, str]:
    """Open each field of the one holding; what was not recorded or is erased is left out."""
    values: dict[str, str] = {}
    if cleared.holding is None:
        return values
    for field in cleared.fields:
        with suppress(CannotOpen):
            values[field.value] = open_sealed(
                authority, person_id=PersonId(cleared.holding.person_id),
                holding_id=HoldingId(cleared.holding.holding_id), field=field, purpose=Purpose.LEGAL_DEMAND, on=on,
                second=second, demand_id=demand_id,
            ).reveal()  # fmt: skip
    return values


def _written(
    demand_id: UUID, held_on: dt.date, holding: Any, values: dict[str, str], *, on: dt.date
) -> bytes:
    """Write the answer, filled up with spaces, so that its length does not say whether anything was held.

    ::

        {"v": 1, "demand": "<UUID>", "held_on": "<day>", "answered_on": "<day>", "held": true | false,
         "assurance": "...", "contested": true | false, "fields": {"name": "...", ...}}

    `assurance` says how well it was checked, `contested` that the person says the line is not theirs. Both and `fields`
    are there only where something was held.
    """
    answer: dict[str, object] = {
        "v": 1, "demand": str(demand_id), "held_on": held_on.isoformat(), "answered_on": on.isoformat(),
        "held": holding is not None,
    }  # fmt: skip
    if holding is not None:
        answer |= {
            "assurance": holding.assurance, "contested": holding.contested_on is not None, "fields": values,
        }  # fmt: skip
    text = json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n"
    return text + b" " * (-len(text) % _PADDED_TO_BYTES)


def _note_answer(
    authority: Authority, demand_id: UUID, sealed: bytes, *, outcome: Outcome, on: dt.date
) -> Answered:
    answer_hash = sha256(sealed).hexdigest()
    with act():
        found = locked_demand(demand_id, DemandState.OPENED)
        found.outcome, found.answer_hash = outcome.value, answer_hash
        found.save(update_fields=["outcome", "answer_hash"])
        tell_if_due(authority, found, role=demand(authority, Power.OPEN_ON_DEMAND), on=on)
    return Answered(outcome, answer_hash)


def write_new(into: Path) -> BinaryIO:
    """Make a file that is not there yet and that its owner alone may read. Refuses: AnswerExists."""
    try:
        return os.fdopen(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")
    except OSError:
        raise AnswerExists from None
