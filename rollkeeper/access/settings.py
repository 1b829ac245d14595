# SPDX-License-Identifier: EUPL-1.2
"""The settings of access: when a new approver may decide, and the domain of passkeys."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import Table, table


def _a_domain(name: str | None) -> str | None:
    if name is not None and not re.fullmatch(
        r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", name
    ):
        raise ValueError("write a domain in small letters without scheme or port, such as example.org")
    return name


def _an_address(said: str | None) -> str | None:
    if said is not None and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]{1,253}/?", said):
        raise ValueError("write scheme and host without a path, such as https://counter.example.org")
    return said and said.rstrip("/")


class Access(Table):
    """Rules for signing in and for approvals."""

    approver_cooldown_hours: Annotated[
        int | None,
        Field(
            ge=0,
            le=720,
            description="Hours until a new role approves with others, and until a password or second factor changed at the "
            "back office opens values and signs commands. Unset: 24, in a demo instance 0.",
        ),
    ] = None
    index_lookups_per_day: Annotated[
        int,
        Field(
            ge=0,
            description="Numbers and documents that counters together, and back offices together, look up in a day; "
            "a registration takes about six. `rollkeeper setup` applies it.",
        ),
    ] = 50_000
    reauthenticate_minutes: Annotated[
        int,
        Field(
            ge=1, le=60,
            description="Minutes for which a password, passkey or code counts for approvals and the like.",
        ),
    ] = 5  # fmt: skip
    session_hours: Annotated[
        int,
        Field(
            ge=1, le=24, description="Hours after which a session of staff ends however it is used."
        ),
    ] = 12  # fmt: skip
    backoffice_address: Annotated[
        str | None,
        AfterValidator(_an_address),
        Field(
            description="Where staff reach the back office, for links of other apps and invitations; behind a proxy there are none "
            "without it."
        ),
    ] = None
    counter_address: Annotated[
        str | None, AfterValidator(_an_address), Field(description="Where staff reach the counter, likewise.")
    ] = None
    portal_address: Annotated[
        str | None,
        AfterValidator(_an_address),
        Field(description="Where subscribers reach the portal, likewise."),
    ] = None
    passkey_domain: Annotated[
        str | None,
        AfterValidator(_a_domain),
        Field(
            description="The apps' shared domain, for passkeys; a change makes old ones useless. Unset: staff passkeys belong "
            "to one app's address and the portal accepts none.",
        ),
    ] = None


settings = table("access", Access)


def passkey_domain() -> str | None:
    """Return the domain of this instance's passkeys; a demo instance's is this machine. None: none was set."""
    return settings().passkey_domain or ("localhost" if instance().kind is InstanceKind.DEMO else None)
