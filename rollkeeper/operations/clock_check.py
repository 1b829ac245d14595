# SPDX-License-Identifier: EUPL-1.2
"""Checks whether this machine's clock was ahead: then some work is due later than the longest wait.

The worker makes such commands and notices due again; limits that begin in the future begin again by themselves.
"""

from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.clock_steps import require_true_clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.notices.services import latest_try as latest_of_notices
from rollkeeper.operations.findings import Finding, Health
from rollkeeper.provisioning.services import latest_try as latest_of_commands

_MOST_APART_S: Final = 60
"""Both clocks judge a batch's day and its approvals: if they differ, each refuses the other's work."""


def look_at_the_clock() -> Finding:
    """Report a clock that was set forwards or differs; otherwise count the work that is due later than the longest wait."""
    try:
        require_true_clock()
    except RollkeeperError as refused:
        return Finding("", Health.ERROR, str(refused), refused.advice)
    (server,) = rows("SELECT extract(epoch FROM clock_timestamp())::bigint AS seconds")
    apart_s = abs(server.seconds - clock.true_seconds())
    if apart_s > _MOST_APART_S:
        return Finding(
            "", Health.ERROR, f"The clocks of this machine and of the register's server are {apart_s:,} seconds apart.",
            "Correct the wrong one, and keep both right by NTP; docs/runbook/wrong-date.md.",
        )  # fmt: skip
    (ahead,) = rows(
        "SELECT (SELECT count(*) FROM provisioning_command WHERE kind = 'restore' AND state IN ('waiting', 'sent')"
        " AND next_try_at > %s) AS commands,"
        " (SELECT count(*) FROM notices_notice WHERE state = 'queued' AND next_try_at > %s) AS notices,"
        " (SELECT count(*) FROM kernel_job WHERE began_at > clock_timestamp() + interval '1 minute') AS jobs",
        [latest_of_commands(), latest_of_notices()],
    )
    named = [
        f"{count:,} {what}"
        for count, what in (
            (ahead.commands, "restore commands"),
            (ahead.notices, "notices"),
            (ahead.jobs, "jobs"),
        )
        if count
    ]
    if not named:
        return Finding("", Health.OK, "Nothing lies further ahead than it may wait: the clock was not ahead.")
    return Finding(
        "", Health.WARNING, f"The clock was ahead: {', '.join(named)} lie further ahead than they may wait.",
        "Keep 'rollkeeper worker' running, which makes them due; docs/runbook/wrong-date.md.",
    )  # fmt: skip
