# SPDX-License-Identifier: EUPL-1.2
"""The counter's settings: how long an idle page stays open, and how much all counters together may terminate and replace."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Counter(Table):
    """The counter."""

    idle_minutes: Annotated[
        int,
        Field(
            gt=0, le=60,
            description="Idle minutes until a counter signs out and clears its page.",
        ),
    ] = 5  # fmt: skip
    terminations_per_day: Annotated[
        int,
        Field(
            ge=0,
            description="Contracts that counters together terminate in 24 hours.",
        ),
    ] = 100  # fmt: skip
    sims_replaced_per_day: Annotated[
        int,
        Field(
            ge=0,
            description="SIMs replaced in a day after which former numbers stay. `rollkeeper setup` applies both.",
        ),
    ] = 100  # fmt: skip


settings = table("counter", Counter)
