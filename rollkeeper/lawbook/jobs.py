# SPDX-License-Identifier: EUPL-1.2
"""Background job of this package: keep the text of the law in force."""

from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob


def note() -> int:
    """Record the text of the law, if it changed."""
    from rollkeeper.lawbook.services import note_law

    note_law(on=clock.today())
    return 0


JOBS = (PeriodicJob("note-law", note, interval_s=lambda: 3600.0),)
