# SPDX-License-Identifier: EUPL-1.2
"""The choices of offline registrations."""

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of one offline registration; none while it waits."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    """It is tried again."""
