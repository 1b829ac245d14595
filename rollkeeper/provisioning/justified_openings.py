# SPDX-License-Identifier: EUPL-1.2
"""Which rows of this package justify that a worker opens the number of a line."""

from rollkeeper.kernel.database import rows, sql
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.worker_openings import Wanted


def is_command_due(wanted: Wanted) -> bool:
    """Tell whether a claimed command about each of these lines is on its way to the network, which knows lines by their numbers."""
    if wanted.field != LineField.NUMBER:
        return False
    found = rows(sql("provisioning", "lines_being_commanded"), {"lines": list(wanted.lines)})
    return wanted.has_all_lines(row.line_id for row in found)
