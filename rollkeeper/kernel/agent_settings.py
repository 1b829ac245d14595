# SPDX-License-Identifier: EUPL-1.2
"""Settings about those who act for the operator: caps, what counts as unusual, days to confirm a record.

A part of `settings.py`, in a file of its own so that either can be read.
"""

from typing import Annotated

from pydantic import BaseModel, Field


class AgentSettings(BaseModel):
    """What an operator may choose about agents."""

    agents_daily_limit: Annotated[
        int, Field(gt=0, description="Registrations a day of an agent that was given no cap of its own.")
    ] = 50
    agents_max_per_ten_minutes: Annotated[
        int, Field(gt=0, description="Registrations by one agent's account in ten minutes; the next is held.")
    ] = 6
    agents_max_lines_per_person: Annotated[
        int,
        Field(
            gt=0,
            description="Lines that an agent registers for one person within the window; the next is held.",
        ),
    ] = 3
    agents_window_days: Annotated[
        int,
        Field(gt=0, description="Days within which an agent's registrations are held against each other."),
    ] = 30
    agents_abandoned_fewest: Annotated[
        int,
        Field(
            gt=0,
            description="Pictures taken by an account in a day from which on it is asked what came of them.",
        ),
    ] = 10
    agents_reverification_days: Annotated[
        int,
        Field(
            gt=0,
            description="Days to confirm a record, counted by the law's calendar from proof of delivery.",
        ),
    ] = 60
    agents_audit_within_days: Annotated[
        int, Field(gt=0, description="Days after an audit of an agent by which the next is due.")
    ] = 365
