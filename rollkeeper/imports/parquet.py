# SPDX-License-Identifier: EUPL-1.2
"""Reads Parquet, a batch at a time. Its reader is loaded only for such a file, since loading takes half a second.

A few kilobytes of Parquet can unpack to gigabytes, and only unpacking shows it. So the file is first read through in a separate
process with limited memory; only a file that passed is read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rollkeeper.imports.delimited import FIELD_LIMIT, Record
from rollkeeper.imports.errors import IMPORT_FIELD_TOO_LONG, IMPORT_FILE_UNREADABLE
from rollkeeper.imports.trial_read import try_reading

BATCH_ROWS: Final = 20_000
_PROBE: Final = """
import polars as pl
frame = pl.scan_parquet(file, glob=False)
texts = [name for name, kind in frame.collect_schema().items() if kind == pl.String]
row = 1
for batch in frame.collect_batches(chunk_size=int(sys.argv[2]), maintain_order=True):
    for name in texts:
        longest = batch[name].str.len_chars().arg_max()
        if longest is not None and batch[name].str.len_chars()[longest] > int(sys.argv[3]):
            print(row + 1 + longest, batch.columns.index(name) + 1)
            sys.exit(3)
    row += batch.height
"""


@dataclass(frozen=True, slots=True)
class Parquet:
    """One file of Parquet; columns of lists and structures are skipped."""

    columns: tuple[str, ...]

    @property
    def description(self) -> str:
        """Say how it is read, for a person."""
        return "Parquet"

    def records(self, file: Path, wanted: frozenset[int] | None = None) -> Iterator[Record]:
        """Yield every record, the names of the columns first."""
        import polars as pl

        yield list(self.columns)
        frame = pl.scan_parquet(file, glob=False).select(pl.col(self.columns).cast(pl.String).fill_null(""))
        for batch in frame.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True):
            yield from map(list, batch.iter_rows())


def open_parquet(file: Path) -> Parquet:
    """Return the columns of a file once it has proved readable. Refuses: IMPORT_FILE_UNREADABLE, IMPORT_FIELD_TOO_LONG."""
    probe = try_reading(file, _PROBE, str(BATCH_ROWS), str(FIELD_LIMIT))
    if probe.returncode == 3:
        row, column = probe.stdout.split()
        raise IMPORT_FIELD_TOO_LONG(file=file, row=row, column=column, limit=f"{FIELD_LIMIT:,}")
    if probe.returncode != 0:
        raise IMPORT_FILE_UNREADABLE(
            file=file, why="the Parquet is damaged, or a part of it does not fit into 2 GiB of memory"
        )
    import polars as pl

    schema = pl.scan_parquet(file, glob=False).collect_schema()
    return Parquet(tuple(name for name, kind in schema.items() if not kind.is_nested() and kind != pl.Binary))
