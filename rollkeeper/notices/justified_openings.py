# SPDX-License-Identifier: EUPL-1.2
"""Which rows of this package justify that a worker opens the number or address of a line."""

from rollkeeper.kernel.database import rows, sql
from rollkeeper.vault.worker_openings import Wanted


def is_notice_due(wanted: Wanted) -> bool:
    """Tell whether a claimed notice is on its way to each of these lines."""
    found = rows(sql("notices", "lines_being_notified"), {"lines": list(wanted.lines)})
    return wanted.has_all_lines(row.line_id for row in found)
