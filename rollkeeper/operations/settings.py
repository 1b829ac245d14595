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
            description="Whether this instance sends notices, tells the network, publishes and erases by itself. An instance that"
            " was restored does not, until somebody who knows that the other one is gone says so here."
        ),
    ] = True


settings = table("jobs", Jobs)
