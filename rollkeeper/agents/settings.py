# SPDX-License-Identifier: EUPL-1.2
"""The settings of agents: their limits, what counts as unusual, and the days to confirm a record."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Agents(Table):
    """Those who register people for the operator."""

    daily_limit: Annotated[
        int, Field(gt=0, description="Registrations a day of an agent that was given no cap of its own.")
    ] = 50
    max_per_ten_minutes: Annotated[
        int, Field(gt=0, description="Registrations by one agent's account in ten minutes; the next is held.")
    ] = 6
    max_lines_per_person: Annotated[
        int,
        Field(
            gt=0,
            description="Lines that an agent registers for one person within the window; the next is held.",
        ),
    ] = 3
    window_days: Annotated[
        int,
        Field(gt=0, description="Days within which an agent's registrations are held against each other."),
    ] = 30
    abandoned_fewest: Annotated[
        int,
        Field(
            gt=0,
            description="Pictures taken by an account in a day from which on it is asked what came of them.",
        ),
    ] = 10
    reverification_days: Annotated[
        int,
        Field(
            gt=0,
            description="Days to confirm a record, counted by the law's calendar from proof of delivery.",
        ),
    ] = 60
    audit_within_days: Annotated[
        int, Field(gt=0, description="Days after an audit of an agent by which the next is due.")
    ] = 365


settings = table("agents", Agents)
