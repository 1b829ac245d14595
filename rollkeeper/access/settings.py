# SPDX-License-Identifier: EUPL-1.2
"""The settings of access: when a new approver may decide, and the domain of passkeys."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo

from rollkeeper.kernel.errors import Phrase
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.setting_values import address_parts
from rollkeeper.kernel.settings import Table, table


def _a_domain(name: str | None) -> str | None:
    if name is not None and not re.fullmatch(
        r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", name
    ):
        raise ValueError("write a domain in small letters without scheme or port, such as example.org")
    return name


_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,253}(?:/[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?){0,3}/?")
_FORM = "write scheme and host, and a path in small letters if there is one: https://register.example/counter"
_NAMES = ("backoffice", "counter", "portal")


def _an_address(said: str | None, info: ValidationInfo) -> str | None:
    if said is None:
        return None
    if not _ADDRESS.fullmatch(said):
        raise ValueError(_FORM)
    address_parts(said, form=_FORM)
    said = said.rstrip("/")
    for name in _NAMES:
        if (other := info.data.get(f"{name}_address")) and _host(said) == _host(other):
            _require_apart(urlsplit(said).path, urlsplit(other).path, other=f"{name}_address")
    return said


def _host(address: str) -> tuple[str | None, int]:
    """Return an address's host and port, which addresses of one origin share. http and https count as one, since a proxy redirects."""
    parts = urlsplit(address)
    port = parts.port or 443
    return parts.hostname, 443 if port == 80 else port


def _require_apart(path: str, other_path: str, *, other: str) -> None:
    """Refuse paths of two apps at one host name if one app would get the other's requests or cookies."""
    if not path or not other_path:
        raise ValueError(
            Phrase(
                "it has the host of {other}: give both a path, such as /counter, or each a host", other=other
            )
        )
    if f"{path}/".startswith(f"{other_path}/") or f"{other_path}/".startswith(f"{path}/"):
        raise ValueError(
            Phrase("its path and that of {other} are the same, or one is inside the other", other=other)
        )


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
            "without it. With a path the app is served under it."
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
    """Return the domain of subscribers' passkeys; in a demo instance it is this machine.

    None: none was set, or the portal runs no script, without which there is no passkey.
    """
    if not portal_runs_scripts():
        return None
    return settings().passkey_domain or ("localhost" if instance().kind is InstanceKind.DEMO else None)


def app_address(app: str) -> str | None:
    """Return the address of an app, without a slash at the end; None if only the operator knows it."""
    said: str | None = getattr(settings(), f"{app}_address")
    return said


def app_path(app: str) -> str:
    """Return the path under which an app is served, such as ``/counter``; empty if it has a separate host name or port."""
    return urlsplit(app_address(app) or "").path


def portal_runs_scripts() -> bool:
    """Tell whether pages of the portal may run scripts: not if an app of staff has, or may have, the same origin."""
    mine = app_address("portal")
    others = [app_address(name) for name in ("backoffice", "counter")]
    if mine is None:
        return True
    if None in others and app_path("portal"):
        return False
    return all(other is None or _host(mine) != _host(other) for other in others)
