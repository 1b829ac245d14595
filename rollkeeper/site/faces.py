# SPDX-License-Identifier: EUPL-1.2
"""The web faces: each a process of its own, with a port, a role in the database and addresses of its own.

Separate processes, because a counter that shares memory with a process that may read is no longer write-only; and
separate origins, so that a fault in one page cannot reach into another face.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import Role

SHEET: Final = Path(__file__).parent / "static" / "built" / "rollkeeper.css"
"""The style sheet of all faces."""


class FaceName(StrEnum):
    """The names of the faces: what a command's option and an address may say."""

    OFFICE = "office"
    COUNTER = "counter"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Face:
    """One way in through the web, and the roles of staff that open it."""

    name: str
    title: str | Promise
    role: Role
    port_offset: int
    urls: str
    opens_to: frozenset[StaffRole]
    seals: bool = False
    """Whether it puts people into the vault; it then has the password of the sealer in the store of keys."""
    needs: tuple[str, ...] = ()
    """Further files of the home that it reads, where they are."""
    is_staffs: bool = True
    """Whether staff sign in here; otherwise it is for subscribers, who show a code that came to their line."""


FACES = (
    Face(
        FaceName.OFFICE.value,
        _("Office"),
        Role.OFFICE,
        0,
        "rollkeeper.office.urls",
        frozenset(
            {
                StaffRole.SUPERVISOR,
                StaffRole.CAMPAIGN_MANAGER,
                StaffRole.DATA_PROTECTION_OFFICER,
                StaffRole.AUDITOR,
                StaffRole.ADMINISTRATOR,
            }
        ),
    ),
    Face(
        FaceName.COUNTER.value,
        _("Counter"),
        Role.COUNTER,
        1,
        "rollkeeper.counter.urls",
        frozenset({StaffRole.CLERK, StaffRole.SUPERVISOR, StaffRole.DATA_PROTECTION_OFFICER}),
        seals=True,
        needs=("secrets/receipts.key", "ledger/receipts", "secrets/documents.toml"),
    ),
    Face(
        FaceName.PORTAL.value,
        _("Your own door"),
        Role.PORTAL,
        2,
        "rollkeeper.portal.urls",
        frozenset(),
        is_staffs=False,
    ),
)


def face_called(name: str) -> Face:
    """Return the face of that name; a KeyError says that there is none."""
    return {face.name: face for face in FACES}[name]


def this_face() -> str | None:
    """Return the face that this process serves (``ROLLKEEPER_FACE``), None in a command."""
    name = os.environ.get("ROLLKEEPER_FACE")
    return face_called(name).name if name else None
