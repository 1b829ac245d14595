# SPDX-License-Identifier: EUPL-1.2
"""Batches with a commit after every few lines, as separate processes: many instants at which to be killed.

This module imports nothing of pytest: each process would have to import it again, since `tests.command_server` has not.
"""

import datetime as dt
import sys
from uuid import UUID

DUE = dt.date(2012, 3, 2)


def run_in_small_chunks() -> None:
    """Run `rollkeeper campaign run`."""
    from rollkeeper.campaign import batch_execution
    from rollkeeper.operations import cli

    batch_execution.CHUNK = 7
    sys.argv = ["rollkeeper", "campaign", "run", "--on", DUE.isoformat()]
    cli.main()


def act_in_small_chunks(act: str, batch_id: str) -> None:
    """Run a batch, or undo it, without the command around it."""
    from rollkeeper.access.authority import worker_authority
    from rollkeeper.campaign import batch_execution, batch_rollback
    from rollkeeper.campaign.errors import BatchNotInState
    from rollkeeper.kernel import clock
    from rollkeeper.kernel.ids import BatchId

    batch_execution.CHUNK = batch_rollback.CHUNK = 7
    clock.set_demo_date(DUE)
    print("ready", flush=True)
    try:
        if act == "run":
            batch_execution.run_batch(worker_authority(), BatchId(UUID(batch_id)), on=DUE)
        else:
            batch_rollback.undo_batch(worker_authority(), BatchId(UUID(batch_id)), on=DUE)
    except BatchNotInState as fault:
        if fault.facts["state"] not in ("done", "undone"):  # killed between its last commit and its end
            raise
