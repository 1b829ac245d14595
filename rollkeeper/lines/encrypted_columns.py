# SPDX-License-Identifier: EUPL-1.2
"""The sealed columns of `lines_line`, as the vault reads and replaces them when it renews its keys.

Lets the vault do that without knowing the table. This is no action: nothing about a line changes, and its version stays.
"""

from collections.abc import Sequence
from uuid import UUID

from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.ids import LineId
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.rotation import LineValue

_BEFORE_ALL = LineId(UUID(int=0))


class EncryptedColumns:
    """Number and contact of every line."""

    def read(self, *, after: LineId | None, epoch_id: int, limit: int) -> list[LineValue]:
        """Return the values of the next lines that are sealed to another epoch than this one."""
        with action(), without_timeout():
            found = rows(
                sql("lines", "sealed_to_older_epochs"),
                {"after": after or _BEFORE_ALL, "epoch": epoch_id.to_bytes(4), "limit": limit},
            )
        return [
            LineValue(LineId(row.line_id), field, bytes(envelope))
            for row in found
            for field, envelope in (
                (LineField.NUMBER, row.number_sealed),
                (LineField.CONTACT, row.contact_sealed),
            )
            if envelope is not None and bytes(envelope)[2:6] != epoch_id.to_bytes(4)
        ]

    def replace(self, pairs: Sequence[tuple[LineValue, bytes]]) -> int:
        """Put the fresh envelope in the place of each value that is still there; return how many were replaced."""
        return sum(
            run(
                sql("lines", name),
                {
                    "lines": [value.line_id for value, _ in pairs if value.field is field],
                    "before": [value.envelope for value, _ in pairs if value.field is field],
                    "fresh": [fresh for value, fresh in pairs if value.field is field],
                },
            )
            for field, name in ((LineField.NUMBER, "reseal_numbers"), (LineField.CONTACT, "reseal_contacts"))
        )
