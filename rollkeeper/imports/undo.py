# SPDX-License-Identifier: EUPL-1.2
"""Undoes an import that was a mistake: the wrong file, the wrong map, the wrong instance.

Possible while nothing happened to any of its lines: no one registered, no notice went out, no clock was paused. Numbers and
references are free at once, so that the right file can follow. The next run of the package retention erases the sealed values, and asks
two people if they are many.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.imports import copy_rows
from rollkeeper.imports.errors import IMPORT_IN_USE, IMPORT_RUNNING, IMPORT_UNDONE_BEFORE, IMPORT_UNKNOWN
from rollkeeper.imports.models import Chunk, Import
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, sql, without_timeout
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

_PACKAGE = "imports"


@dataclass(frozen=True, slots=True)
class Undone:
    """An import that was undone. `completed` counts known lines that keep what the import added to them."""

    import_id: UUID
    lines: int
    completed: int


def undo_import(authority: Authority, import_id: UUID, *, on: dt.date) -> Undone:
    """Undo every line that an import made, all of them or none; the same file can then be imported again.

    Refuses: NOT_ALLOWED, IMPORT_UNKNOWN, IMPORT_UNDONE_BEFORE, IMPORT_RUNNING, IMPORT_IN_USE. Ledger: imports:line:undone a line,
    imports:import:undone.
    """
    role = require(authority, Permission.IMPORT_LINES)
    with one_import_at_a_time(), action(), without_timeout():
        found = Import.objects.select_for_update().filter(import_id=import_id).first()
        if found is None:
            raise IMPORT_UNKNOWN(import_id=import_id)
        if found.undone_at:
            raise IMPORT_UNDONE_BEFORE(import_id=import_id)
        chunks = Chunk.objects.filter(import_id=import_id).order_by("rows_before")
        _require_untouched(chunks)
        values = {
            "import_id": import_id, "on": on, "at": clock.now(), "verb": Verb.LINE_UNDONE.value, "role": role.value,
            "actor": authority.commitment, "staff_id": authority.staff_id,
        }  # fmt: skip
        lines = 0
        for chunk in chunks.iterator(chunk_size=1):
            lines += int(rows(sql(_PACKAGE, "undo_lines"), values | {"line_ids": chunk.line_ids})[0].lines)
        chunks.delete()
        Import.objects.filter(import_id=import_id).update(undone_at=clock.now(), file_hash=None)
        append_entry(
            authority, verb=Verb.IMPORT_UNDONE, role=role, on=on, facts={"import": str(import_id), "lines": lines}
        )  # fmt: skip
    return Undone(import_id, lines, found.lines_completed)


def _require_untouched(chunks: QuerySet[Chunk]) -> None:
    """Lock the lines and make sure that nothing happened to them. Refuses: IMPORT_IN_USE."""
    lines = changed = notified = 0
    for chunk in chunks.iterator(chunk_size=1):
        rows("SELECT lines_lock_lines(%s)", [chunk.line_ids])
        (used,) = rows(sql(_PACKAGE, "lines_in_use"), {"line_ids": chunk.line_ids})
        lines, changed, notified = (
            lines + len(chunk.line_ids),
            changed + used.changed,
            notified + used.notified,
        )
    if changed or notified:
        raise IMPORT_IN_USE(lines=f"{lines:,}", changed=f"{changed:,}", notified=f"{notified:,}")


def keep_lines(import_id: UUID, *, rows_before: int, line_ids: Sequence[bytes]) -> None:
    """Note which lines a chunk made. Precondition: inside the action that makes them."""
    if line_ids:
        made = copy_rows.chunk_tuple(import_id, rows_before, line_ids)
        with connection.cursor() as cursor, cursor.copy(sql(_PACKAGE, "copy_chunk")) as copy:
            copy.write(copy_rows.SIGNATURE + made + copy_rows.TRAILER)


@contextmanager
def one_import_at_a_time() -> Iterator[None]:
    """Keep other imports out for as long as this session lives. Refuses: IMPORT_RUNNING."""
    if not rows("SELECT pg_try_advisory_lock(hashtextextended('imports:import', 0)) AS is_ours")[0].is_ours:
        raise IMPORT_RUNNING()
    try:
        yield
    finally:
        rows("SELECT pg_advisory_unlock(hashtextextended('imports:import', 0)) AS was_ours")
