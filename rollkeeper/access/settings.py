# SPDX-License-Identifier: EUPL-1.2
"""The settings of access: when a new approver may decide, and the domain of passkeys."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from rollkeeper.kernel.settings import Table, table


def _a_domain(name: str | None) -> str | None:
    if name is not None and not re.fullmatch(
        r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", name
    ):
        raise ValueError("write a domain in small letters without scheme or port, such as example.org")
    return name


class Access(Table):
    """Rules for signing in and for approvals."""

    approver_cooldown_hours: Annotated[
        int | None,
        Field(
            ge=0,
            description="Hours after which whoever was given a role may decide with others (two people). Not set: 24, in a demo"
            " instance none. `notices.alarms_to` is notified of each such role.",
        ),
    ] = None
    passkey_domain: Annotated[
        str | None,
        AfterValidator(_a_domain),
        Field(
            description="The domain that the addresses of all apps share, to which passkeys belong; a passkey made under another"
            " is of no use any more. Unset: passkeys of the staff belong to the address at which they were made, and the portal"
            " takes none; in a demo instance, localhost.",
        ),
    ] = None


settings = table("access", Access)
