# SPDX-License-Identifier: EUPL-1.2
"""Which rows of this package justify that a worker opens the number or address of a line."""

from rollkeeper.kernel.database import rows, sql
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.worker_openings import Wanted


def is_notice_due(wanted: Wanted) -> bool:
    """Tell whether a claimed notice is on its way to each of these lines, by a channel that needs what is wanted."""
    asked = {"lines": list(wanted.lines), "is_number": wanted.field == LineField.NUMBER}
    found = rows(sql("notices", "lines_being_notified"), asked)
    return wanted.has_all_lines(row.line_id for row in found)
