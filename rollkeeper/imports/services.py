# SPDX-License-Identifier: EUPL-1.2
"""Imports a file chunk by chunk, each in one transaction with its ledger entry, so that a killed import loses nothing.

A register runs one import at a time (a lock of the session, gone with its process). An import that broke off goes on after
the last row that was committed; the same file with the same map is never imported twice.
"""

import datetime as dt
import errno
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched, islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import DatabaseError

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.imports import chunks, declared_subscribers
from rollkeeper.imports.column_dictionary import MOST_KINDS
from rollkeeper.imports.column_samples import shown_values
from rollkeeper.imports.errors import (
    IMPORT_DISK_FULL,
    IMPORT_VALUES_UNMAPPED,
    NOTHING_IMPORTED,
)
from rollkeeper.imports.files import FileScan
from rollkeeper.imports.mapping import ImportMap
from rollkeeper.imports.number_ranges import NumberRange
from rollkeeper.imports.pipeline import ahead
from rollkeeper.imports.reject_file import RejectFile, require_writable
from rollkeeper.imports.rows import RowChunk, RowReader
from rollkeeper.imports.undo import keep_lines, one_import_at_a_time
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.errors import raise_all
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, pack_for
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import mark_as_entered
from rollkeeper.vault.blind_index import blind_file

PACKAGE: Final = "imports"
CHUNK_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result for a file."""

    rows: int
    lines: int
    known: int
    refused: int
    registered: int
    left_out: int = 0
    barred: int = 0
    completed: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused_file: Path | None = None
    was_done: bool = False
    resumed_after: int = 0


def import_lines(
    authority: Authority,
    scan: FileScan,
    made: ImportMap,
    *,
    refused_file: Path,
    on: dt.date,
    named: object = "the map",
    chunk_rows: int = CHUNK_ROWS,
    advance: Callable[[int], None] = lambda _: None,
) -> ImportResult:
    """Import every row of a file that can be imported; the others go into `refused_file`.

    Ledger: imports:lines:imported a chunk, line:tenure:registered a registration, line:line:marked_essential a known line that the
    file protects. Refuses: NOT_ALLOWED, IMPORT_RUNNING,
    IMPORT_VALUES_UNMAPPED, NOTHING_IMPORTED, NUMBER_RANGE_EXHAUSTED, IMPORT_DISK_FULL, IMPORT_FILE_CHANGED, REJECT_FILE_NOT_WRITABLE;
    and, of a file with registrations, as `require_act`.
    """
    role = require(authority, Permission.IMPORT_LINES)
    if made.parts and load_pack(instance().pack).duty:
        pack_for(Act.COLLECT, on=on)
    require_writable(refused_file)
    require_named_values(scan, made)
    work = _Import(authority, role, scan, made, on=on, named=named)
    with one_import_at_a_time():
        state = _begin(scan, made)
        if state.finished_at:
            return _outcome(state, was_done=True)
        advance(state.rows_done)
        first_row = scan.first_row + state.rows_done
        with RejectFile(refused_file, keep_through_row=first_row - 1 if state.rows_done else 0) as side:
            for chunk in ahead(work.chunks(after=state.rows_done, size=chunk_rows)):
                work.take_in(chunk, state.import_id, side)
                advance(chunk.row_count)
            return _end(state.import_id, scan, side, resumed_after=state.rows_done)


def require_named_values(scan: FileScan, made: ImportMap) -> None:
    """Make sure that the map names every kind in the file, before anything is written. Refuses: IMPORT_VALUES_UNMAPPED, all at once.

    A status without a meaning could be a terminated line, and a kind of document a registration that would be lost.
    """
    kinds = {column: (named, where) for column, named, where in made.kinds()}
    found = scan.distinct_values(kinds, most=MOST_KINDS)
    raise_all([
        IMPORT_VALUES_UNMAPPED(file=scan.file, column=column, values=shown_values(unknown), where=where)
        for column, (named, where) in kinds.items()
        if (unknown := [value for value in found[column] if value not in named])
    ])  # fmt: skip


class _Import:
    """One import under way."""

    def __init__(
        self,
        authority: Authority,
        role: StaffRole,
        scan: FileScan,
        made: ImportMap,
        *,
        on: dt.date,
        named: object,
    ) -> None:
        here = instance()
        self._authority, self._role, self._scan, self._on = authority, role, scan, on
        self._pack = load_pack(here.pack)
        self._reader = RowReader(
            made,
            header=scan.header,
            country=here.country_code,
            languages=here.languages,
            pack=self._pack,
            on=on,
        )
        self._number_range = (
            NumberRange(made.number, country=here.country_code, named=named)
            if made.number.number_range
            else None
        )
        self._rows_done = 0

    def chunks(self, *, after: int, size: int) -> Iterator[RowChunk]:
        """Read, check and seal the rows that are not in yet, a chunk at a time."""
        self._rows_done = done = after
        records = islice(self._scan.records(self._reader.wanted), after, None)
        for batch in batched(records, size):
            self._scan.require_unchanged(done)
            yield chunks.seal(self._reader.parse(batch, first_row=self._scan.first_row + done))
            done += len(batch)

    def take_in(self, chunk: RowChunk, import_id: Any, side: RejectFile) -> None:
        """Make the lines of one chunk, in one transaction with its entry. Refuses: NUMBER_RANGE_EXHAUSTED, IMPORT_DISK_FULL."""
        with self._reporting_full_disk(side), action():
            known = self._assign_numbers(chunk, import_id)
            copied = chunks.copy_chunk(chunk, import_id=import_id, on=self._on)
            self._protect([LineId(UUID(bytes=one)) for one in chunk.essential])
            registered = declared_subscribers.register(
                chunk,
                authority=self._authority,
                role=self._role,
                pack=self._pack,
                on=self._on,
            )
            counts = {
                "rows": chunk.row_count, "lines": copied.made, "known": known + copied.known,
                "refused": len(chunk.refused_rows), "registered": registered, "left_out": chunk.left_out,
                "barred": copied.barred, "completed": len(chunk.completions),
            }  # fmt: skip
            run(sql(PACKAGE, "progress"), counts | {"import_id": import_id})
            keep_lines(import_id, rows_before=self._rows_done, line_ids=chunk.columns["line_id"])
            append_entry(
                self._authority, verb=Verb.LINES_IMPORTED, role=self._role, on=self._on,
                facts=counts | {"file": blind_file(self._scan.file_hash), "import": str(import_id)},
            )  # fmt: skip
            side.write([*chunk.row_errors, *chunk.remarks])
        self._rows_done += chunk.row_count

    def _protect(self, lines: Sequence[LineId]) -> None:
        """Mark known lines as essential. An import never removes the mark: only a person at a counter does."""
        for line_id in lines:
            entry_id = append_entry(
                self._authority, verb=Verb.LINE_MARKED_ESSENTIAL, role=self._role, on=self._on, line_id=line_id,
                facts={"essential": True},
            )  # fmt: skip
            mark_as_entered(line_id, entry_id)

    def _assign_numbers(self, chunk: RowChunk, import_id: Any) -> int:
        """Give numbers of the number range to the lines that are new; return how many are known."""
        if self._number_range is None:
            return 0
        chunks.drop_duplicates(chunk)
        known = chunks.drop_existing(chunk, import_id=import_id)
        chunk.columns["number"] = self._number_range.demand(
            len(chunk.rows), file=self._scan.file, rows_of=chunk.rows, rows_done=self._rows_done
        )
        chunks.seal_numbers(chunk)
        return known

    @contextmanager
    def _reporting_full_disk(self, side: RejectFile) -> Iterator[None]:
        """Say what a full disk means here: the transaction was undone, the rows before it are in."""
        facts = {"rows": f"{self._rows_done:,}", "file": self._scan.file}
        try:
            yield
        except (DatabaseError, psycopg.Error) as fault:
            cause = fault if isinstance(fault, psycopg.Error) else fault.__cause__
            if isinstance(cause, psycopg.errors.DiskFull):
                raise IMPORT_DISK_FULL(where="under the register", **facts) from None
            raise
        except OSError as fault:
            if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise IMPORT_DISK_FULL(where=f"at {side.path}", **facts) from None
            raise


def _begin(scan: FileScan, made: ImportMap) -> Any:
    """Return the record of this import: a new record, or the record of the import that broke off."""
    values = {
        "import_id": new_uuid(), "started_at": clock.now(), "file_hash": blind_file(scan.file_hash + made.hash),
    }  # fmt: skip
    with action():
        run(sql(PACKAGE, "begin"), values)
        return rows(sql(PACKAGE, "state"), [values["file_hash"]])[0]


def _end(import_id: Any, scan: FileScan, side: RejectFile, *, resumed_after: int) -> ImportResult:
    """Close the record, or reset it if nothing at all could be imported. Refuses: NOTHING_IMPORTED."""
    with action():
        state = rows(sql(PACKAGE, "end"), {"import_id": import_id, "at": clock.now()})[0]
    result = _outcome(state, side=side, resumed_after=resumed_after)
    if result.lines + result.known == 0:
        reasons = "; ".join(f"{n:,} x {c or 'row'}: {r}" for (c, r), n in result.reasons.most_common(5))
        raise NOTHING_IMPORTED(
            file=scan.file,
            rows=f"{scan.row_count:,}",
            reasons=reasons or "All are empty.",
            refused_file=side.path,
        )
    return result


def _outcome(
    state: Any, *, side: RejectFile | None = None, was_done: bool = False, resumed_after: int = 0
) -> ImportResult:
    return ImportResult(
        rows=state.rows_done, lines=state.lines_made, known=state.rows_known, refused=state.rows_refused,
        registered=state.registered, left_out=state.rows_left_out, barred=state.lines_barred,
        completed=state.lines_completed, reasons=side.counts if side else Counter(),
        refused_file=side.path if side and side.is_there else None, was_done=was_done, resumed_after=resumed_after,
    )  # fmt: skip
