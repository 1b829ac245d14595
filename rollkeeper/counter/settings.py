# SPDX-License-Identifier: EUPL-1.2
"""The counter's settings: how long it stays open untouched, and how much all counters together may terminate."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Counter(Table):
    """The counter."""

    idle_minutes: Annotated[
        int,
        Field(
            gt=0, le=60,
            description="Minutes without input after which a counter signs out and clears the page.",
        ),
    ] = 5  # fmt: skip
    terminations_per_day: Annotated[
        int,
        Field(
            ge=0,
            description="Contracts that all counters together terminate in 24 hours. `rollkeeper setup` puts it into effect.",
        ),
    ] = 100  # fmt: skip


settings = table("counter", Counter)
