# SPDX-License-Identifier: EUPL-1.2
"""The portal's settings: how long a code and a session last, and how often one may try."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Portal(Table):
    """The subscriber portal."""

    code_minutes: Annotated[
        int, Field(gt=0, le=60, description="Minutes for which a one-time code of the portal is good.")
    ] = 10
    code_attempts: Annotated[
        int, Field(gt=0, le=10, description="Tries for one code; then another must be asked for.")
    ] = 5
    codes_per_hour: Annotated[
        int, Field(gt=0, le=20, description="Codes sent to one line in an hour; in a day twice as many.")
    ] = 3
    code_requests_per_hour: Annotated[
        int, Field(gt=0, description="Codes that one source may ask for in an hour, whatever the numbers.")
    ] = 20
    reserved_code_minutes: Annotated[
        int,
        Field(
            gt=0,
            le=60,
            description="Minutes for which a code waits that staff keep for a line (`rollkeeper codes reserve`).",
        ),
    ] = 15
    reserved_codes_per_day: Annotated[
        int, Field(gt=0, le=20, description="Codes that staff may keep for one line in a day, over its own.")
    ] = 4
    session_minutes: Annotated[
        int, Field(gt=0, le=120, description="Minutes after which a session of the portal ends by itself.")
    ] = 20
    sim_swap_days: Annotated[
        int, Field(ge=0, description="Days after the SIM of a line was replaced on which it gets no code.")
    ] = 3
    case_days: Annotated[
        int, Field(gt=0, description="Days within which a case that a subscriber opens must be decided.")
    ] = 30


settings = table("portal", Portal)
