# SPDX-License-Identifier: EUPL-1.2
"""The settings of the workers: whether this instance runs its background jobs.

A restored instance runs none until its operator says so, whatever the settings and the environment say: the instance that it
was restored from may still live, and two instances that notify people and command the network do harm.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, data_dir, table


class Jobs(Table):
    """The background jobs."""

    background_jobs: Annotated[
        bool,
        Field(
            description="Whether this instance runs its jobs. A restored instance runs none until 'rollkeeper finish-restore'."
        ),
    ] = True


settings = table("jobs", Jobs)


def restored_mark() -> Path:
    """Return the file whose presence says that this instance was restored and that its restore is not finished."""
    return data_dir() / "restored"


def may_run_jobs() -> bool:
    """Tell whether this instance may do anything by itself."""
    return settings().background_jobs and not restored_mark().exists()
