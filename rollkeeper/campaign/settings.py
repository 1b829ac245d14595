# SPDX-License-Identifier: EUPL-1.2
"""The settings of campaigns: the brakes of batches and the preview."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Campaign(Table):
    """Batches: their hourly limit, pilot, brakes and preview."""

    max_lines_per_hour: Annotated[
        int,
        Field(
            gt=0,
            description="Lines that all batches together may suspend or end in an hour. A batch keeps the cap that was set when it"
            " was prepared. At 5000 ten million lines due at once take 2,000 hours, 83 days.",
        ),
    ] = 5000
    pilot_share: Annotated[
        float, Field(gt=0, le=1, description="The share of a batch that goes first, alone, before the rest.")
    ] = 0.01
    pilot_hours: Annotated[int, Field(ge=0, description="Hours between the pilot and the rest.")] = 4
    abort_at_complaints: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="Share of a batch's lines that complained at which it stops by itself. Whoever disputes, appeals or"
            " shows a receipt complains.",
        ),
    ] = 0.02
    abort_at_failed_read_backs: Annotated[
        float, Field(gt=0, le=1, description="Share of failed read-backs at which a batch stops by itself.")
    ] = 0.02
    abort_at_emergency_jump: Annotated[
        float,
        Field(
            gt=1,
            description="Times as many anomalies of emergency calls in an hour as were usual before at which every batch stops.",
        ),
    ] = 3.0
    preview_size: Annotated[int, Field(gt=0, description="Lines shown for review by eye before a batch.")] = (
        20
    )


settings = table("campaign", Campaign)
