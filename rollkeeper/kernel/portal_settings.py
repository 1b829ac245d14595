# SPDX-License-Identifier: EUPL-1.2
"""Settings of the subscriber portal: how long a code and a session last, and how often one may try.

A part of `settings.py`, in a file of its own so that either can be read.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field


def _a_domain(name: str | None) -> str | None:
    if name is not None and not re.fullmatch(
        r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", name
    ):
        raise ValueError("write a domain in small letters without scheme or port, such as example.org")
    return name


class PortalSettings(BaseModel):
    """What an operator may choose about the subscriber portal."""

    portal_code_minutes: Annotated[
        int, Field(gt=0, le=60, description="Minutes for which a one-time code of the portal is good.")
    ] = 10
    portal_code_attempts: Annotated[
        int, Field(gt=0, le=10, description="Tries for one code; then another must be asked for.")
    ] = 5
    portal_codes_per_hour: Annotated[
        int, Field(gt=0, le=20, description="Codes sent to one line in an hour; in a day twice as many.")
    ] = 3
    portal_reserved_code_minutes: Annotated[
        int,
        Field(
            gt=0,
            le=60,
            description="Minutes for which a code waits that staff keep for a line ('keep-code').",
        ),
    ] = 15
    portal_reserved_codes_per_day: Annotated[
        int, Field(gt=0, le=20, description="Codes that staff may keep for one line in a day, over its own.")
    ] = 4
    portal_code_requests_per_hour: Annotated[
        int, Field(gt=0, description="Codes that one source may ask for in an hour, whatever the numbers.")
    ] = 20
    portal_session_minutes: Annotated[
        int, Field(gt=0, le=120, description="Minutes after which a session of the portal ends by itself.")
    ] = 20
    portal_sim_swap_days: Annotated[
        int, Field(ge=0, description="Days after the SIM of a line was replaced on which it gets no code.")
    ] = 3
    passkey_domain: Annotated[
        str | None,
        AfterValidator(_a_domain),
        Field(
            description="The domain that the addresses of all apps share, to which passkeys belong; a passkey made under another"
            " is of no use any more. Unset: passkeys of the staff belong to the address at which they were made, and the portal"
            " takes none; in a demo instance, localhost.",
        ),
    ] = None
    portal_case_days: Annotated[
        int, Field(gt=0, description="Days within which a case that a subscriber opens must be decided.")
    ] = 30
