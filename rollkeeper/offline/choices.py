# SPDX-License-Identifier: EUPL-1.2
"""What came of a registration that was taken without a network."""

from enum import StrEnum


class Outcome(StrEnum):
    """What came of one offline registration; none while it waits."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    """It is tried again."""
