# SPDX-License-Identifier: EUPL-1.2
"""Commands to the network in the state that a test begins with."""

import datetime as dt
from typing import Any
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.provisioning.models import IMMEDIATELY, Command


def make_command(
    kind: str,
    *,
    line_id: UUID | None = None,
    reason: str = "registration",
    at: dt.datetime | None = None,
    **more: Any,
) -> UUID:
    """Put a command into the outbox, for this line or for one that does not exist; return its id."""
    made = Command.objects.create(
        line_id=line_id or new_uuid(), command_id=new_uuid(), kind=kind, reason=reason,
        requested_at=at or clock.now(), **more,
    )  # fmt: skip
    return made.command_id


def change_commands(*, line_id: UUID | None = None, kind: str | None = None, **fields: Any) -> None:
    """Change the commands of a line, of a kind, or all: for example the network's answer, or when they are tried again."""
    which = {"line_id": line_id, "kind": kind}
    Command.objects.filter(**{name: value for name, value in which.items() if value}).update(**fields)


def retry_commands(**which: Any) -> None:
    """Make commands due to be tried again now."""
    Command.objects.filter(**which).update(next_try_at=IMMEDIATELY)
