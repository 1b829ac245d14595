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
            description="Days within which an offline registration counts from its time. A page works so long without the "
"register; its data can then wait so long again.",
        ),
    ] = 7  # fmt: skip


settings = table("offline", Offline)
