# SPDX-License-Identifier: EUPL-1.2
"""The settings of lines: when evidence of a declared hardship is asked for."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Lines(Table):
    """Lines and their clocks."""

    hardship_evidence_days: Annotated[
        int,
        Field(
            gt=0,
            description="Days after which staff are reminded of a missing proof of hardship. A missing proof has no consequence.",
        ),
    ] = 30


settings = table("lines", Lines)
