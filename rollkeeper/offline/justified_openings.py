# SPDX-License-Identifier: EUPL-1.2
"""Which rows of this package justify that a worker opens an offline registration."""

from rollkeeper.kernel.database import rows
from rollkeeper.vault.worker_openings import Wanted


def is_registration_waiting(wanted: Wanted) -> bool:
    """Tell whether this is an offline registration that waits to be processed."""
    return bool(
        rows(
            "SELECT FROM offline_registration WHERE submission_key = %s AND ticket_id = %s AND outcome IS NULL AND sealed = %s",
            [wanted.submission_key, wanted.ticket_id, wanted.sealed],
        )
    )
