# SPDX-License-Identifier: EUPL-1.2
"""The settings of agents: their limits, what counts as unusual, and the days to confirm a record."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Agents(Table):
    """Those who register people for the operator."""

    daily_limit: Annotated[
        int, Field(gt=0, description="Registrations a day of an agent without its own limit.")
    ] = 50
    max_per_ten_minutes: Annotated[
        int,
        Field(
            gt=0,
            description="Registrations by one agent's account in ten minutes; more are flagged for a supervisor.",
        ),
    ] = 6
    max_lines_per_person: Annotated[
        int,
        Field(
            gt=0,
            description="Lines of one person by one agent within the window; more are flagged for a supervisor.",
        ),
    ] = 3
    window_days: Annotated[
        int,
        Field(gt=0, le=366, description="Days within which an agent's registrations are compared."),
    ] = 30
    abandoned_fewest: Annotated[
        int,
        Field(
            gt=0,
            description="Pictures by one account in a day from which unused pictures are reviewed.",
        ),
    ] = 10
    reverification_days: Annotated[
        int,
        Field(
            gt=0,
            le=366,
            description="Days to confirm a record after proof of delivery, by the law's calendar.",
        ),
    ] = 60
    audit_within_days: Annotated[
        int, Field(gt=0, le=3650, description="Days between audits of an agent.")
    ] = 365


settings = table("agents", Agents)
