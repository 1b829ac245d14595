# SPDX-License-Identifier: EUPL-1.2
"""What the ledger says, as a test asks for it."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollkeeper.kernel.database import rows


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger: its body, raw and parsed."""

    entry_id: int
    verb: str
    line_id: UUID | None
    person_id: UUID | None
    staff_id: UUID | None
    text: str
    body: dict[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """Return its facts, none where it has none."""
        return self.body.get("facts", {})


def entries(verb: str = "%", *, line_id: UUID | None = None) -> list[Entry]:
    """Return the entries in order: of every verb, of one verb, or of a package's (`network:%`); of one line or of all."""
    found = rows(
        "SELECT entry_id, verb, line_id, person_id, staff_id, body AS text FROM ledger_entry"
        " WHERE verb LIKE %s AND (%s::uuid IS NULL OR line_id = %s) ORDER BY entry_id",
        [verb, line_id, line_id],
    )
    return [Entry(*row, body=json.loads(row.text)) for row in found]
