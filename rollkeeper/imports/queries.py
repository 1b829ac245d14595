# SPDX-License-Identifier: EUPL-1.2
"""The results of past imports: only counts, since the register keeps no name and no row of a file."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.imports.errors import IMPORT_UNKNOWN
from rollkeeper.imports.models import Import


@dataclass(frozen=True, slots=True)
class PastImport:
    """One import: how many rows were read, and what became of them."""

    import_id: UUID
    started_at: dt.datetime
    finished_at: dt.datetime | None
    undone_at: dt.datetime | None
    rows: int
    lines: int
    barred: int
    registered: int
    known: int
    completed: int
    left_out: int
    refused: int


def past_imports() -> list[PastImport]:
    """Return the imports, the newest first."""
    return [_shown(one) for one in Import.objects.defer("file_hash").order_by("-started_at")]


def past_import(import_id: UUID) -> PastImport:
    """Return one import. Refuses: IMPORT_UNKNOWN."""
    found = Import.objects.defer("file_hash").filter(import_id=import_id).first()
    if found is None:
        raise IMPORT_UNKNOWN(import_id=import_id)
    return _shown(found)


def _shown(one: Import) -> PastImport:
    return PastImport(
        one.import_id, one.started_at, one.finished_at, one.undone_at, rows=one.rows_done, lines=one.lines_made, barred=one.lines_barred,
        registered=one.registered, known=one.rows_known, completed=one.lines_completed, left_out=one.rows_left_out,
        refused=one.rows_refused,
    )  # fmt: skip
