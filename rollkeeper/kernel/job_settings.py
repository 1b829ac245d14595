# SPDX-License-Identifier: EUPL-1.2
"""Settings of background jobs: how often.

A part of `settings.py`, in a file of its own so that either can be read.
"""

from typing import Annotated

from pydantic import BaseModel, Field


class JobSettings(BaseModel):
    """What an operator may choose about the work that nobody has to ask for (`rollkeeper worker`)."""

    background_jobs: Annotated[
        bool,
        Field(
            description="Whether this instance sends notices, tells the network, publishes and erases by itself. An instance that"
            " was restored does not, until somebody who knows that the other one is gone says so here."
        ),
    ] = True
    publish_every_minutes: Annotated[
        int, Field(gt=0, le=1440, description="Minutes from one publication of the ledger to the next.")
    ] = 60
    ledger_publish_within_hours: Annotated[
        int, Field(gt=0, description="Greatest age of the published checkpoint before the doctor warns.")
    ] = 24
    erase_every_hours: Annotated[
        int,
        Field(
            gt=0,
            le=12,
            description="Hours from one erasure of what may not be kept to the next; what came to nothing is gone"
            " within 24.",
        ),
    ] = 12
