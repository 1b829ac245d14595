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
            description="Lines that all batches together act on in an hour; a batch keeps the limit of its preparation. At "
            "5000, ten million lines take 83 days.",
        ),
    ] = 5000
    pilot_share: Annotated[
        float, Field(gt=0, le=1, description="The first share of a batch, which runs alone.")
    ] = 0.01
    pilot_hours: Annotated[int, Field(ge=0, le=720, description="Hours between the pilot and the rest.")] = 4
    abort_at_complaints: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="Share of lines with complaints (disputes, appeals, receipts) at which a batch stops.",
        ),
    ] = 0.02
    abort_at_failed_read_backs: Annotated[
        float, Field(gt=0, le=1, description="Share of failed read-backs at which a batch stops.")
    ] = 0.02
    abort_at_emergency_jump: Annotated[
        float,
        Field(
            gt=1,
            description="Anomalies of emergency calls in an hour, against the usual number, at which every batch stops.",
        ),
    ] = 3.0
    run_from_hour: Annotated[
        int | None,
        Field(
            ge=0,
            le=23,
            description="The hour of its day from which an approved batch runs by itself. Unset: a person runs each (its "
            "page, or `rollkeeper campaign run`).",
        ),
    ] = None
    preview_size: Annotated[int, Field(gt=0, description="Lines in a batch's preview.")] = 20


settings = table("campaign", Campaign)
