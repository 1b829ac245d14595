# SPDX-License-Identifier: EUPL-1.2
"""Take a file in: chunk by chunk, each one transaction with its ledger entry, so that a kill costs nothing.

One import at a time in a register (a lock of the session, gone with its process). An import that broke off goes on after
the last row that was committed; the same file with the same map is never taken in twice.
"""

import datetime as dt
import errno
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched, islice
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import DatabaseError

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.campaign.importing import chunks, holders
from rollkeeper.campaign.importing.allotments import Allotment
from rollkeeper.campaign.importing.errors import ImportRunning, NoRoom, NothingImported
from rollkeeper.campaign.importing.files import Look
from rollkeeper.campaign.importing.maps import Map
from rollkeeper.campaign.importing.pipeline import ahead
from rollkeeper.campaign.importing.refusals import SideFile, demand_place
from rollkeeper.campaign.importing.rows import RowReader, Taken
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault.blind import blind_file

ROOM: Final = "campaign"
CHUNK_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file."""

    rows: int
    lines: int
    known: int
    refused: int
    registered: int
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused_file: Path | None = None
    was_done: bool = False
    resumed_after: int = 0


def import_lines(
    authority: Authority,
    look: Look,
    made: Map,
    *,
    refused_file: Path,
    on: dt.date,
    named: object = "the map",
    chunk_rows: int = CHUNK_ROWS,
    advance: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Take in every row of a file that can be taken in; the others go into `refused_file`.

    Ledger: campaign:lines:imported a chunk, line:holding:registered a registration. Refuses: NotAllowed, ImportRunning,
    NothingImported, AllotmentFull, NoRoom, FileChanged, SideFileRefused.
    """
    role = demand(authority, Power.IMPORT_LINES)
    demand_place(refused_file)
    work = _Import(authority, role, look, made, on=on, named=named)
    with _alone():
        state = _begin(look, made)
        if state.finished_at:
            return _outcome(state, was_done=True)
        advance(state.rows_done)
        first_row = look.first_row + state.rows_done
        with SideFile(refused_file, keep_through_row=first_row - 1 if state.rows_done else 0) as side:
            for chunk in ahead(work.chunks(after=state.rows_done, size=chunk_rows)):
                work.take_in(chunk, state.import_id, side)
                advance(chunk.row_count)
            return _end(state.import_id, look, side, resumed_after=state.rows_done)


class _Import:
    """One import under way."""

    def __init__(
        self, authority: Authority, role: StaffRole, look: Look, made: Map, *, on: dt.date, named: object
    ) -> None:
        home = settings()
        self._authority, self._role, self._look, self._on = authority, role, look, on
        self._pack = load_pack(home.pack)
        self._reader = RowReader(
            made,
            header=look.header,
            country=home.country_code,
            languages=home.languages,
            pack=self._pack,
            on=on,
        )
        self._allotment = (
            Allotment(made.number, country=home.country_code, named=named) if made.number.allotment else None
        )
        self._rows_done = 0

    def chunks(self, *, after: int, size: int) -> Iterator[Taken]:
        """Read, check and seal the rows that are not in yet, a chunk at a time."""
        self._rows_done = done = after
        records = islice(self._look.records(self._reader.wanted), after, None)
        for batch in batched(records, size):
            self._look.demand_unchanged(done)
            yield chunks.seal(self._reader.take(batch, first_row=self._look.first_row + done))
            done += len(batch)

    def take_in(self, chunk: Taken, import_id: Any, side: SideFile) -> None:
        """Make the lines of one chunk, in one transaction with its entry. Refuses: AllotmentFull, NoRoom."""
        with self._room_for(side), act():
            known = self._give_numbers(chunk, import_id)
            placed = chunks.place(chunk, import_id=import_id)
            registered = holders.register(
                chunk,
                authority=self._authority,
                role=self._role,
                pack=self._pack,
                on=self._on,
            )
            counts = {
                "rows": chunk.row_count, "lines": placed.made, "known": known + placed.known,
                "refused": len(chunk.refused_rows), "registered": registered,
            }  # fmt: skip
            run(sql(ROOM, "import_progress"), counts | {"import_id": import_id})
            append_entry(
                self._authority, verb=Verb.LINES_IMPORTED, role=self._role, on=self._on,
                facts=counts | {"file": blind_file(self._look.file_hash), "import": str(import_id)},
            )  # fmt: skip
            side.write([*chunk.refusals, *chunk.remarks])
        self._rows_done += chunk.row_count

    def _give_numbers(self, chunk: Taken, import_id: Any) -> int:
        """Give numbers of the allotment to the lines that are new; return how many are known."""
        if self._allotment is None:
            return 0
        chunks.weed_inside(chunk)
        known = chunks.weed(chunk, import_id=import_id)
        chunk.columns["number"] = self._allotment.demand(
            len(chunk.rows), file=self._look.file, rows_of=chunk.rows, rows_done=self._rows_done
        )
        chunks.seal_numbers(chunk)
        return known

    @contextmanager
    def _room_for(self, side: SideFile) -> Iterator[None]:
        """Say what a full disk means here: the transaction was undone, the rows before it are in."""
        facts = {"rows": f"{self._rows_done:,}", "file": self._look.file}
        try:
            yield
        except (DatabaseError, psycopg.Error) as fault:
            cause = fault if isinstance(fault, psycopg.Error) else fault.__cause__
            if isinstance(cause, psycopg.errors.DiskFull):
                raise NoRoom(where="under the register", **facts) from None
            raise
        except OSError as fault:
            if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise NoRoom(where=f"at {side.path}", **facts) from None
            raise


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other imports out for as long as this session lives. Refuses: ImportRunning."""
    if not rows("SELECT pg_try_advisory_lock(hashtextextended('campaign:import', 0)) AS is_ours")[0].is_ours:
        raise ImportRunning
    try:
        yield
    finally:
        rows("SELECT pg_advisory_unlock(hashtextextended('campaign:import', 0)) AS was_ours")


def _begin(look: Look, made: Map) -> Any:
    """Return the record of this import: a new one, or the one that it goes on with."""
    values = {
        "import_id": new_uuid(), "started_at": clock.now(), "file_hash": blind_file(look.file_hash + made.hash),
    }  # fmt: skip
    with act():
        run(sql(ROOM, "import_begin"), values)
        return rows(sql(ROOM, "import_state"), [values["file_hash"]])[0]


def _end(import_id: Any, look: Look, side: SideFile, *, resumed_after: int) -> Outcome:
    """Close the record, or open it again where nothing at all could be taken in. Refuses: NothingImported."""
    with act():
        state = rows(sql(ROOM, "import_end"), {"import_id": import_id, "at": clock.now()})[0]
    outcome = _outcome(state, side=side, resumed_after=resumed_after)
    if outcome.lines + outcome.known == 0:
        reasons = "; ".join(f"{n:,} x {c or 'row'}: {r}" for (c, r), n in outcome.reasons.most_common(5))
        raise NothingImported(
            file=look.file,
            rows=f"{look.row_count:,}",
            reasons=reasons or "All are empty.",
            refused_file=side.path,
        )
    return outcome


def _outcome(
    state: Any, *, side: SideFile | None = None, was_done: bool = False, resumed_after: int = 0
) -> Outcome:
    return Outcome(
        rows=state.rows_done, lines=state.lines_made, known=state.rows_known, refused=state.rows_refused,
        registered=state.registered, reasons=side.counts if side else Counter(),
        refused_file=side.path if side and side.is_there else None, was_done=was_done, resumed_after=resumed_after,
    )  # fmt: skip
