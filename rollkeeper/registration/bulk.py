# SPDX-License-Identifier: EUPL-1.2
"""Registrations in bulk, from a file: the same act as at the counter, some thousands in a transaction.

An interrupted run is simply run again: rows recorded before give their first receipt. Refused rows go to a reject file
with row, column and reason, never with a value.
"""

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.files import new_draft
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.registration.accesses import Outcome
from rollkeeper.registration.errors import InvalidDocumentNumber
from rollkeeper.registration.file_reader import Row, read_rows, require_usable, with_keys
from rollkeeper.registration.pipeline import active_pack, record
from rollkeeper.registration.submissions import Receipt, RegistrationKind, Submission

BATCH_ROWS = 2000

_ABOUT_THE_KEY = frozenset({"invalid_submission_key", "submission_key_used"})


@dataclass(slots=True)
class Tally:
    """The results for the rows of a file."""

    rows: int = 0
    recorded: int = 0
    repeated: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def refused_file(path: Path) -> Path:
    """Return where the refused rows of a file are written."""
    return path.with_name(f"{path.name}.refused.jsonl")


def register_file(
    authority: Authority, path: Path, *, on: dt.date, moved: Callable[[int], None],
    action_kind: RegistrationKind = RegistrationKind.REGISTER,
) -> Tally:  # fmt: skip
    """Register all rows of a file by the same kind of act; write each refused row to the reject file and continue.

    `moved` is called with the progress since its last call. Refuses, as a whole: FILE_NOT_USABLE, the faults of a table, NO_REGISTRATION_DUTY,
    NOT_ALLOWED.
    """
    require(authority, Permission.REGISTER)
    active_pack(on)
    require_usable(path)
    side, tally = refused_file(path), Tally()
    draft, raw = new_draft(side)
    with TextIOWrapper(raw, encoding="utf-8") as refused:
        draft.replace(side)
        for rows, step in _batches(path):
            _register_rows(authority, rows, action_kind=action_kind, on=on, tally=tally, refused=refused)
            moved(step)
        if not tally.refused:
            _remove_own(side, refused)
    return tally


def _remove_own(side: Path, refused: IO[str]) -> None:
    """Remove the reject file, unless another run of the same file has put its own there."""
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(refused.fileno()), side.stat()):
            side.unlink()


def _register_rows(
    authority: Authority, rows: Sequence[Row], *, action_kind: RegistrationKind, on: dt.date, tally: Tally, refused: IO[str]
) -> None:  # fmt: skip
    keyed = with_keys(rows)
    outcomes: dict[int, Outcome] = {
        row.number: row.content for row in keyed if isinstance(row.content, RollkeeperError)
    }
    for group in _without_repetition([row for row in keyed if row.number not in outcomes]):
        contents = [row.content for row in group if isinstance(row.content, Submission)]
        found = record(authority, contents, action_kind=action_kind, on=on)
        outcomes |= {row.number: outcome for row, outcome in zip(group, found, strict=True)}
    for number in sorted(outcomes):
        _count(number, outcomes[number], tally=tally, refused=refused)


def _batches(path: Path) -> Iterator[tuple[list[Row], int]]:
    """Yield the rows in batches, each with the progress in the file that it makes."""
    batch: list[Row] = []
    done = reached = 0
    for row, reached in read_rows(path):
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield batch, reached - done
            batch, done = [], reached
    if batch:
        yield batch, reached - done


def _without_repetition(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Split rows so that no part has a number or a key twice: so a later row sees what an earlier row recorded."""
    part: list[Row] = []
    seen: set[str] = set()
    for row in rows:
        names = _names(row)
        if not seen.isdisjoint(names):
            yield part
            part, seen = [], set()
        part.append(row)
        seen |= names
    if part:
        yield part


def _names(row: Row) -> set[str]:
    assert isinstance(row.content, Submission)  # noqa: S101 - rows with faults were removed
    number = row.content.number
    try:
        service = row.content.service or service_guess(number)
        number = normalise_identifier(number, service=service, country=instance().country_code)
    except NumberNotRead:
        number = f"unread {row.number}"
    return {f"number {number}", f"key {row.content.submission_key}"}


def _count(row: int, outcome: Outcome, *, tally: Tally, refused: IO[str]) -> None:
    tally.rows += 1
    if isinstance(outcome, Receipt):
        tally.repeated += outcome.is_repeat
        tally.recorded += not outcome.is_repeat
        return
    tally.refused += 1
    for fault in outcome.faults:
        tally.reasons[fault.code] = tally.reasons.get(fault.code, 0) + 1
        said = {
            "row": row,
            "column": column_of(fault),
            "code": fault.code,
            "reason": str(fault),
            "remedy": fault.advice,
        }
        refused.write(json.dumps(said, ensure_ascii=False) + "\n")


def column_of(fault: RollkeeperError) -> str:
    """Return the column of a file that a fault is about."""
    if "column" in fault.facts:
        return str(fault.facts["column"])
    if fault.code in _ABOUT_THE_KEY:
        return "submission_key"
    part, attribute = str(fault.facts.get("part", "")), str(fault.facts.get("attribute", ""))
    if fault.code.startswith("document_") or isinstance(fault, InvalidDocumentNumber):
        attribute = "document_number"
    if not part:
        return "service" if "service" in fault.facts else "number"
    return attribute if part == "subscriber" else f"{part}.{attribute}".rstrip(".")
