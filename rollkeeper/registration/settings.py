# SPDX-License-Identifier: EUPL-1.2
"""The settings of registrations taken offline, which selfcare, the counter and the offline worker all read."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.settings import Table, table


class Offline(Table):
    """Registrations taken without a network."""

    max_age_days: Annotated[
        int,
        Field(
            gt=0, le=14,
            description="Days within which what a counter recorded offline counts as of when it was recorded offline;"
            " so long may a page go on without asking the register, and so long again may it wait to be sent.",
        ),
    ] = 7  # fmt: skip


settings = table("offline", Offline)
