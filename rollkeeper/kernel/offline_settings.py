# SPDX-License-Identifier: EUPL-1.2
"""Settings of the counter: how long it stays open untouched, and what it records offline.

A part of `settings.py`, in a file of its own so that either can be read.
"""

from typing import Annotated

from pydantic import BaseModel, Field


class OfflineSettings(BaseModel):
    """What an operator may choose about the counter and its offline registrations."""

    counter_idle_minutes: Annotated[
        int,
        Field(
            gt=0, le=60,
            description="Minutes after which a counter that nobody touched signs out by itself and forgets what was typed.",
        ),
    ] = 5  # fmt: skip
    counter_terminations_per_day: Annotated[
        int,
        Field(
            ge=0,
            description="Contracts that all counters together may end within 24 hours because their subscribers ask; a counter that"
            " was taken over ends no more. `rollkeeper setup` puts it into effect.",
        ),
    ] = 100  # fmt: skip
    offline_max_age_days: Annotated[
        int,
        Field(
            gt=0, le=14,
            description="Days within which what a counter recorded offline counts as of when it was recorded offline;"
            " so long may a page go on without asking the register, and so long again may it wait to be sent.",
        ),
    ] = 7  # fmt: skip
