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
            description="Lines that all batches together can suspend or terminate in an hour. A batch keeps the limit of its "
            "preparation. At 5000, ten million lines take 83 days.",
        ),
    ] = 5000
    pilot_share: Annotated[
        float, Field(gt=0, le=1, description="The first share of a batch, which runs alone.")
    ] = 0.01
    pilot_hours: Annotated[int, Field(ge=0, description="Hours between the pilot and the rest.")] = 4
    abort_at_complaints: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="Share of a batch's lines with complaints (disputes, appeals, receipts) at which it stops.",
        ),
    ] = 0.02
    abort_at_failed_read_backs: Annotated[
        float, Field(gt=0, le=1, description="Share of failed read-backs at which a batch stops.")
    ] = 0.02
    abort_at_emergency_jump: Annotated[
        float,
        Field(
            gt=1,
            description="Anomalies of emergency calls in an hour, as a multiple of the usual number, at which every batch stops.",
        ),
    ] = 3.0
    run_from_hour: Annotated[
        int | None,
        Field(
            ge=0,
            le=23,
            description="From this hour of its day on an approved batch runs by itself. Without it a person runs each: on the "
            "batch's page, or by `rollkeeper campaign run`.",
        ),
    ] = None
    preview_size: Annotated[int, Field(gt=0, description="Lines in a batch's preview.")] = 20


settings = table("campaign", Campaign)
