# SPDX-License-Identifier: EUPL-1.2
"""The settings of the workers: whether this instance runs its background jobs."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Jobs(Table):
    """The background jobs."""

    background_jobs: Annotated[
        bool,
        Field(
            description="Whether this instance runs its jobs. A restored instance does not, until you set this, when the other "
            "instance is certainly gone."
        ),
    ] = True


settings = table("jobs", Jobs)
