# SPDX-License-Identifier: EUPL-1.2
"""The web apps: each a separate process with its own port, database role and addresses.

Separate processes, because a counter that shares memory with a process that may read is no longer write-only. Separate
origins, so that a fault in one page cannot reach into another app; if they share one, each app has a path, and the portal has no scripts.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.kernel.database import Role

if TYPE_CHECKING:
    from rollkeeper.access.roles import StaffRole

SHEET: Final = Path(__file__).parent / "static" / "built" / "rollkeeper.css"
"""The style sheet of all apps."""


class AppName(StrEnum):
    """The names of the apps, as options of commands and addresses use them."""

    BACKOFFICE = "backoffice"
    COUNTER = "counter"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class App:
    """One web app, and the roles of staff that open it."""

    name: str
    title: str | Promise
    role: Role
    port_offset: int
    urls: str
    role_names: frozenset[str]
    """The roles of staff that open it (`access.roles`), as text: a process that only starts others needs no Django."""
    seals: bool = False
    """Whether it seals people into the vault; then it has the password of the sealer in the store of keys."""
    seals_files: bool = False
    """Whether it seals files that staff upload, and no people; then it has the same password."""
    needs: tuple[str, ...] = ()
    """Further files of the instance that it reads, if they exist."""
    is_staffs: bool = True
    """Whether staff sign in here; otherwise it is for subscribers, who enter a code that was sent to their line."""

    @property
    def has_sealer(self) -> bool:
        """Tell whether it writes into the store of keys: it adds wrapped keys there and reads none."""
        return self.seals or self.seals_files

    @property
    def opens_to(self) -> "frozenset[StaffRole]":
        """Return the roles of staff that open it."""
        from rollkeeper.access.roles import StaffRole

        return frozenset(map(StaffRole, self.role_names))


APPS = (
    App(
        AppName.BACKOFFICE.value,
        _("Back office"),
        Role.BACKOFFICE,
        0,
        "rollkeeper.backoffice.urls",
        frozenset(
            {
                "supervisor",
                "campaign_manager",
                "data_protection_officer",
                "auditor",
                "administrator",
            }
        ),
        seals_files=True,
    ),
    App(
        AppName.COUNTER.value,
        _("Counter"),
        Role.COUNTER,
        1,
        "rollkeeper.counter.urls",
        frozenset({"clerk", "supervisor", "data_protection_officer"}),
        seals=True,
        needs=("secrets/receipts.key", "ledger/receipts", "secrets/documents.toml"),
    ),
    App(
        AppName.PORTAL.value,
        _("Subscriber portal"),
        Role.PORTAL,
        2,
        "rollkeeper.portal.urls",
        frozenset(),
        is_staffs=False,
    ),
)


def app_named(name: str) -> App:
    """Return the app of that name. Raises KeyError if there is none."""
    return {app.name: app for app in APPS}[name]


def this_app() -> str | None:
    """Return the app that this process serves (``ROLLKEEPER_APP``), None in a command."""
    name = os.environ.get("ROLLKEEPER_APP")
    return app_named(name).name if name else None
