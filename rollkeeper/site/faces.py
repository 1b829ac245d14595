# SPDX-License-Identifier: EUPL-1.2
"""The web faces: each a process of its own, with a port, a role in the database and addresses of its own.

Separate processes, because a counter that shares memory with a process that may read is no longer write-only; and
separate origins, so that a fault in one page cannot reach into another face.
"""

import os
from dataclasses import dataclass

from rollkeeper.kernel.database import Role


@dataclass(frozen=True, slots=True)
class Face:
    """One way in through the web."""

    name: str
    role: Role
    port_offset: int
    urls: str


FACES = (
    Face("office", Role.OFFICE, 0, "rollkeeper.office.urls"),
    Face("counter", Role.COUNTER, 1, "rollkeeper.counter.urls"),
)


def face_called(name: str) -> Face:
    """Return the face of that name; a KeyError says that there is none."""
    return {face.name: face for face in FACES}[name]


def this_face() -> str | None:
    """Return the face that this process serves (``ROLLKEEPER_FACE``), None in a command."""
    name = os.environ.get("ROLLKEEPER_FACE")
    return face_called(name).name if name else None
