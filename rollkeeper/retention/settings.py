# SPDX-License-Identifier: EUPL-1.2
"""The settings of retention: how often records that may no longer be kept are erased."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Retention(Table):
    """Erasure of what may no longer be kept."""

    erase_every_hours: Annotated[
        int,
        Field(
            gt=0,
            le=12,
            description="Hours between erasure runs; abandoned records are erased within 24.",
        ),
    ] = 12
    erase_per_day_percent: Annotated[
        float,
        Field(
            gt=0,
            le=100,
            description="Share of the register erased in a day; more needs two people.",
        ),
    ] = 1.0
    erase_per_day_least: Annotated[
        int,
        Field(
            ge=0,
            description="Records erased in a day however small the register.",
        ),
    ] = 50


settings = table("retention", Retention)
